import { expect, test, vi } from "vitest";
import { fitWhenStill } from "../../src/map/fitting.ts";

test("a map on its way somewhere takes its new size when it has arrived, and at once where it stands", async () => {
  let is_moving = true;
  const listeners: (() => void)[] = [];
  const redraw = vi.fn();
  const resize = vi.fn(() => ({ redraw }));
  const map = { isMoving: () => is_moving, once: (_: string, heard: () => void) => listeners.push(heard), resize };
  const fitted = fitWhenStill(map as never);
  expect([resize.mock.calls.length, listeners.length]).toEqual([0, 1]);
  is_moving = false;
  listeners[0]?.();
  expect(resize).not.toHaveBeenCalled();
  await fitted;
  expect([resize.mock.calls.length, redraw.mock.calls.length]).toEqual([1, 1]);
  await fitWhenStill(map as never);
  expect(resize).toHaveBeenCalledTimes(2);
});
