import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AppUpdate } from "../../src/main/tablet/update.svelte.ts";

const MINUTE_MS = 60_000;
const register = vi.fn<() => Promise<unknown>>();
const kept = {
  active: { postMessage: () => undefined },
  addEventListener: () => undefined,
  update: async () => undefined,
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("PROD", true);
  vi.stubGlobal("navigator", { serviceWorker: { register, controller: {} } });
  vi.stubGlobal("addEventListener", (name: string, listener: () => void) => void listeners.set(name, listener));
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  register.mockReset().mockRejectedValue(new TypeError("no network"));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
const listeners = new Map<string, () => void>();

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
