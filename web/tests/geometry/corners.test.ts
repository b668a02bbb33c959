import type { LineString, Polygon } from "geojson";
import { expect, test } from "vitest";
import { cornersOf, holesOf, outlineOf, withCorner, withHoles, withoutCorner } from "../../src/geometry/corners.ts";

const LINE: LineString = {
  type: "LineString",
  coordinates: [
    [0, 0],
    [1, 0],
    [0, 0],
  ],
};
const SQUARE = [
  [0, 0],
  [9, 0],
  [9, 9],
  [0, 9],
  [0, 0],
];
const HOLE = [
  [2, 2],
  [2, 4],
  [4, 4],
  [2, 2],
];
const AREA: Polygon = { type: "Polygon", coordinates: [SQUARE, HOLE] };

test("the corner at which a ring is closed counts once, and stays closed when it moves", () => {
  expect(cornersOf(AREA)).toEqual([...SQUARE.slice(0, 4), ...HOLE.slice(0, 3)]);
  const moved = withCorner(AREA, 0, [-1, -1]) as Polygon;
  expect(moved.coordinates).toEqual([[[-1, -1], ...SQUARE.slice(1, 4), [-1, -1]], HOLE]);
});

test("the holes of an area are put back into its outline; a line has none", () => {
  expect(outlineOf(AREA)).toEqual({ type: "Polygon", coordinates: [SQUARE] });
  expect(withHoles(outlineOf(withCorner(AREA, 0, [-1, -1])), holesOf(AREA))).toEqual(withCorner(AREA, 0, [-1, -1]));
  expect([holesOf(LINE), outlineOf(LINE), withHoles(LINE, [HOLE])]).toEqual([[], LINE, LINE]);
});

test("each corner moves alone: one after the other, all are where they were sent, in the outer ring and in holes", () => {
  const n_corners = cornersOf(AREA).length;
  for (let index = 0; index < n_corners; index++) {
    const moved = cornersOf(withCorner(AREA, index, [5, 7]));
    expect(moved[index]).toEqual([5, 7]);
    expect(moved.filter((corner, n) => corner !== cornersOf(AREA)[n])).toEqual([[5, 7]]);
  }
});

test("a line that comes back to where it began keeps its other end", () => {
  expect((withCorner(LINE, 0, [0, 1]) as LineString).coordinates).toEqual([
    [0, 1],
    [1, 0],
    [0, 0],
  ]);
});

test("a corner is taken away from its own ring, which stays closed; of a line or a ring enough must be left", () => {
  expect(withoutCorner(AREA, 0)).toEqual({ type: "Polygon", coordinates: [[...SQUARE.slice(1, 4), SQUARE[1]], HOLE] });
  expect(withoutCorner(AREA, 5)).toBeNull();
  expect(withoutCorner(LINE, 2)).toEqual({ type: "LineString", coordinates: LINE.coordinates.slice(0, 2) });
  expect(withoutCorner({ ...LINE, coordinates: LINE.coordinates.slice(0, 2) }, 0)).toBeNull();
});
