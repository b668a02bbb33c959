import { expect, test, vi } from "vitest";
import { Following } from "../../src/map/following.ts";

const AT = { lon: 137, lat: 36, accuracy_m: 4 };

/** A map of 1000 x 500 pixels, with what is heard from it. */
function makeMap() {
  const heard: Record<string, (event: object) => void> = {};
  const map = {
    on: (name: string, listener: (event: object) => void) => {
      heard[name] = listener;
    },
    isMoving: vi.fn(() => false),
    project: vi.fn(() => ({ x: 500, y: 250 })),
    getContainer: () => ({ clientWidth: 1000, clientHeight: 500 }),
    easeTo: vi.fn(),
  };
  return { map, heard };
}

test("the map moves when the device nears an edge or is beyond it, not while it is well inside or the map moves", () => {
  const { map } = makeMap();
  const following = new Following(map as never, () => undefined);
  following.start();
  following.see(AT);
  map.project.mockReturnValue({ x: 210, y: 390 });
  following.see(AT);
  following.see(null);
  expect(map.easeTo).not.toHaveBeenCalled();
  for (const [n, place] of [
    { x: 190, y: 250 },
    { x: 500, y: 410 },
    { x: -4000, y: 250 },
  ].entries()) {
    map.project.mockReturnValue(place);
    following.see(AT);
    expect(map.easeTo).toHaveBeenCalledTimes(n + 1);
  }
  expect(map.easeTo).toHaveBeenLastCalledWith(expect.objectContaining({ center: [137, 36] }));
  map.isMoving.mockReturnValue(true);
  following.see(AT);
  expect(map.easeTo).toHaveBeenCalledTimes(3);
});

test("a drag or an arrow key ends it, a zoom does not, and each beginning and end is told once", () => {
  const { map, heard } = makeMap();
  map.project.mockReturnValue({ x: 0, y: 0 });
  const told: boolean[] = [];
  const following = new Following(map as never, (is_on) => told.push(is_on));
  following.see(AT);
  expect(map.easeTo).not.toHaveBeenCalled();
  following.start();
  following.start();
  heard.movestart?.({ originalEvent: { type: "wheel" } });
  heard.movestart?.({});
  expect(told).toEqual([true]);
  heard.dragstart?.({});
  following.start();
  heard.movestart?.({ originalEvent: { type: "keydown" } });
  heard.dragstart?.({});
  expect(told).toEqual([true, false, true, false]);
  following.see(AT);
  expect(map.easeTo).not.toHaveBeenCalled();
});
