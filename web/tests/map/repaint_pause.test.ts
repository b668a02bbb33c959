import type { Map as MapLibreMap } from "maplibre-gl";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pauseRepaintsInTaps } from "../../src/map/repaint_pause.ts";

const FRAME_MS = 16;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (step: () => void) => setTimeout(step, FRAME_MS));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function standingMap({ isMoving = false } = {}) {
  const element = new EventTarget();
  const draw = vi.fn();
  const map = { triggerRepaint: draw, getCanvasContainer: () => element, isMoving: () => isMoving };
  pauseRepaintsInTaps(map as unknown as MapLibreMap);
  const touch = (type: string, clientX = 100) =>
    element.dispatchEvent(Object.assign(new Event(type), { clientX, clientY: 100 }));
  return { map, draw, touch };
}

test("a map is drawn after a tap only when the answer to it is on the screen", async () => {
  const { map, draw, touch } = standingMap();
  touch("pointerdown");
  map.triggerRepaint();
  touch("pointerup");
  map.triggerRepaint();
  await vi.advanceTimersByTimeAsync(FRAME_MS);
  expect(draw).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2 * FRAME_MS);
  expect(draw).toHaveBeenCalledTimes(1);
  map.triggerRepaint();
  expect(draw).toHaveBeenCalledTimes(2);
});

test("nothing is drawn after a tap that changed nothing", async () => {
  const { draw, touch } = standingMap();
  touch("pointerdown");
  touch("pointerup");
  await vi.advanceTimersByTimeAsync(1000);
  expect(draw).not.toHaveBeenCalled();
});

test("a map follows a finger that drags it", () => {
  const { map, draw, touch } = standingMap();
  touch("pointerdown");
  map.triggerRepaint();
  touch("pointermove", 102);
  expect(draw).not.toHaveBeenCalled();
  touch("pointermove", 104);
  map.triggerRepaint();
  expect(draw).toHaveBeenCalledTimes(2);
});

test.each(["pointerdown", "pointercancel"])(
  "a second finger, or a touch that the browser takes, lets the map be drawn: %s",
  (type) => {
    const { map, draw, touch } = standingMap();
    touch("pointerdown");
    map.triggerRepaint();
    touch(type);
    map.triggerRepaint();
    expect(draw).toHaveBeenCalledTimes(2);
  },
);

test("a finger that stays lets the map be drawn", async () => {
  const { map, draw, touch } = standingMap();
  touch("pointerdown");
  map.triggerRepaint();
  await vi.advanceTimersByTimeAsync(500);
  map.triggerRepaint();
  expect(draw).toHaveBeenCalledTimes(2);
});

test("a map on its way to somewhere goes on under a finger", () => {
  const { map, draw, touch } = standingMap({ isMoving: true });
  touch("pointerdown");
  map.triggerRepaint();
  expect(draw).toHaveBeenCalledTimes(1);
});
