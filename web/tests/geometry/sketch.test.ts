import { expect, test } from "vitest";
import {
  addVertex,
  crossesItself,
  EMPTY_SKETCH,
  redoVertex,
  sketchShape,
  undoVertex,
  walkOn,
} from "../../src/geometry/sketch.ts";

const CORNERS = [
  [137, 36],
  [137.001, 36],
  [137.001, 36.001],
];
const drawn = CORNERS.reduce(addVertex, EMPTY_SKETCH);

test("a shape is there once it has the vertices of its kind", () => {
  expect(sketchShape(addVertex(EMPTY_SKETCH, [137, 36]), "LineString")).toBeNull();
  expect(sketchShape(undoVertex(drawn), "Polygon")).toBeNull();
  expect(sketchShape(drawn, "LineString")).toEqual({ type: "LineString", coordinates: CORNERS });
  expect(sketchShape(drawn, "Polygon")).toEqual({ type: "Polygon", coordinates: [[...CORNERS, CORNERS[0]]] });
});

test("a box is the smallest around all its vertices, and none while they have no width or no height", () => {
  const [west, south, east, north] = [137, 36, 137.001, 36.001];
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  expect(sketchShape(drawn, "Box")).toEqual({ type: "Polygon", coordinates: [ring] });
  expect(sketchShape(undoVertex(drawn), "Box")).toBeNull();
  expect(sketchShape(EMPTY_SKETCH, "Box")).toBeNull();
});

test("every step is taken back and done again; a new vertex ends what could be done again", () => {
  let sketch = drawn;
  for (let n = 0; n < 5; n++) sketch = undoVertex(sketch);
  expect(sketch.vertices).toEqual([]);
  for (let n = 0; n < 5; n++) sketch = redoVertex(sketch);
  expect(sketch.vertices).toEqual(CORNERS);
  expect(redoVertex(addVertex(undoVertex(sketch), [138, 36])).vertices).toHaveLength(3);
});

test("the same place twice is one vertex", () => {
  expect(addVertex(drawn, [137.001, 36.001])).toBe(drawn);
});

test("a walk takes fixes that are exact and some steps apart", () => {
  const start = walkOn(EMPTY_SKETCH, { lon: 137, lat: 36, accuracy_m: 4 }, 15);
  expect(start.vertices).toHaveLength(1);
  expect(walkOn(start, { lon: 137.00001, lat: 36, accuracy_m: 4 }, 15)).toBe(start);
  expect(walkOn(start, { lon: 137.001, lat: 36, accuracy_m: 40 }, 15)).toBe(start);
  expect(walkOn(start, { lon: 137.001, lat: 36, accuracy_m: 4 }, 15).vertices).toHaveLength(2);
});

test("sides that cross are found in lines and areas; neighbours and the closing corner are none", () => {
  const bow = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
  ];
  expect(crossesItself({ type: "LineString", coordinates: bow })).toBe(true);
  expect(crossesItself({ type: "Polygon", coordinates: [[...bow, [0, 0]]] })).toBe(true);
  expect(crossesItself({ type: "Polygon", coordinates: [[...CORNERS, [137, 36]]] })).toBe(false);
  expect(
    crossesItself({
      type: "LineString",
      coordinates: [
        [0, 0],
        [1, 0],
        [2, 0],
        [0.5, 0],
      ],
    }),
  ).toBe(true);
  expect(crossesItself({ type: "Point", coordinates: [0, 0] })).toBe(false);
});
