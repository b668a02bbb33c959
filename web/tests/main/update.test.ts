import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AppUpdate } from "../../src/main/tablet/update.svelte.ts";

const MINUTE_MS = 60_000;
const register = vi.fn<() => Promise<unknown>>();
const reload = vi.fn();
const listeners = new Map<string, () => void>();
const hear = (name: string, listener: () => void) => void listeners.set(name, listener);
const kept = {
  active: { postMessage: () => undefined },
  addEventListener: () => undefined,
  update: async () => undefined,
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("PROD", true);
  vi.stubGlobal("navigator", { serviceWorker: { register, controller: {}, addEventListener: hear } });
  vi.stubGlobal("addEventListener", hear);
  vi.stubGlobal("location", { reload });
  reload.mockReset();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  register.mockReset().mockRejectedValue(new TypeError("no network"));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("an app that could not be kept is tried again soon, then less and less often, and when the network comes", async () => {
  new AppUpdate().start();
  const after = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms);
    return register.mock.calls.length;
  };
  expect([await after(4_000), await after(2_000), await after(8_000), await after(2_000)]).toEqual([1, 2, 2, 3]);
  const n_before = await after(5 * MINUTE_MS);
  expect(n_before).toBeLessThan(8);
  register.mockResolvedValue(kept);
  listeners.get("online")?.();
  expect(await after(0)).toBe(n_before + 1);
  expect(await after(MINUTE_MS)).toBeLessThanOrEqual(n_before + 2);
});

test("an app that is kept is not asked for again at once where the network is away", async () => {
  register.mockResolvedValueOnce(kept);
  new AppUpdate().start();
  await vi.advanceTimersByTimeAsync(29 * MINUTE_MS);
  expect(register).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
  expect(register).toHaveBeenCalledTimes(2);
});

test("a switch in another window is told and reloads nothing; the window that asked for it reloads", () => {
  const [here, other] = [new AppUpdate(), new AppUpdate()];
  other.start();
  listeners.get("controllerchange")?.();
  expect([other.is_elsewhere, reload.mock.calls.length]).toEqual([true, 0]);
  here.start();
  here.activate();
  listeners.get("controllerchange")?.();
  expect([here.is_elsewhere, reload.mock.calls.length]).toEqual([false, 1]);
});

test("the first version that is kept is no switch; the next one is", () => {
  vi.stubGlobal("navigator", { serviceWorker: { register, controller: null, addEventListener: hear } });
  const update = new AppUpdate();
  update.start();
  listeners.get("controllerchange")?.();
  expect(update.is_elsewhere).toBe(false);
  listeners.get("controllerchange")?.();
  expect(update.is_elsewhere).toBe(true);
});
