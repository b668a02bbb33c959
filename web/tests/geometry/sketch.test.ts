import { expect, test } from "vitest";
import {
  addVertex,
  crossesItself,
  EMPTY_SKETCH,
  fillSketch,
  lineCrosses,
  moveVertex,
  placesOf,
  redoVertex,
  sketchAccuracyM,
  sketchShape,
  undoVertex,
  walkOn,
} from "../../src/geometry/sketch.ts";

const CORNERS = [
  [137, 36],
  [137.001, 36],
  [137.001, 36.001],
];
const drawn = CORNERS.reduce((sketch, place) => addVertex(sketch, place), EMPTY_SKETCH);

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
  expect(placesOf(sketch)).toEqual(CORNERS);
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

test("what the device tells of its positions is worth their worst, of a long walk all but one of twenty; a tap tells nothing", () => {
  const walk = (accuracies: (number | null)[]) =>
    accuracies.reduce((sketch, metres, n) => addVertex(sketch, [137 + n / 1000, 36], metres), EMPTY_SKETCH);
  expect(sketchAccuracyM(walk([4, 9.04, 5]))).toBe(9);
  expect(sketchAccuracyM(walk([...Array(19).fill(5), 14]))).toBe(5);
  expect(sketchAccuracyM(walk([...Array(18).fill(5), 14, 14]))).toBe(14);
  expect(sketchAccuracyM(walk([4, null, 5]))).toBeNull();
  expect(sketchAccuracyM(EMPTY_SKETCH)).toBeNull();
});

test("sides that cross are found in areas; neighbours and the closing corner are none; a line may close and cross", () => {
  const bow = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
  ];
  expect(crossesItself({ type: "LineString", coordinates: bow })).toBe(false);
  expect(lineCrosses(bow)).toBe(true);
  expect(lineCrosses(CORNERS)).toBe(false);
  expect(crossesItself({ type: "Polygon", coordinates: [[...bow, [0, 0]]] })).toBe(true);
  expect(crossesItself({ type: "Polygon", coordinates: [[...CORNERS, [137, 36]]] })).toBe(false);
  const back = [
    [0, 0],
    [1, 0],
    [2, 0],
    [0.5, 0],
  ];
  expect(lineCrosses(back)).toBe(true);
  expect(crossesItself({ type: "Point", coordinates: [0, 0] })).toBe(false);
});

test("an area that was filled is one step, keeps its holes, and goes on like any other", () => {
  const ring = [...CORNERS, CORNERS[0] as number[]];
  const hole = ring.map(([x = 0, y = 0]) => [x - 0.0001, y + 0.0001]);
  const area = { type: "Polygon" as const, coordinates: [ring, hole] };
  const before = addVertex(EMPTY_SKETCH, [138, 36]);
  const filled = fillSketch(before, area);
  expect(sketchShape(filled, "Polygon")).toEqual(area);
  expect(undoVertex(filled)).toBe(before);
  const more = addVertex(filled, [137, 36.001]);
  expect(placesOf(undoVertex(more))).toEqual(CORNERS);
  expect(sketchShape(redoVertex(undoVertex(more)), "Polygon")).toEqual({
    type: "Polygon",
    coordinates: [[...CORNERS, [137, 36.001], CORNERS[0]], hole],
  });
});

test("a vertex moves where it is, unless it was taken back meanwhile", () => {
  const [, second] = drawn.vertices;
  if (!second) throw new Error("no vertex");
  expect(placesOf(moveVertex(drawn, second, [137.002, 36]))[1]).toEqual([137.002, 36]);
  const taken = undoVertex(undoVertex(drawn));
  expect(moveVertex(taken, second, [137.002, 36])).toBe(taken);
});

const ring = (x: number, y: number, half: number) =>
  [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
    [-1, -1],
  ].map(([east = 0, north = 0]) => [x + east * half, y + north * half]);

test("a hole that crosses the outline, or lies outside of it, is a crossing; one that touches it in a corner is none", () => {
  const withHole = (hole: number[][]) => crossesItself({ type: "Polygon", coordinates: [ring(0, 0, 10), hole] });
  expect(withHole(ring(0, 0, 2))).toBe(false);
  expect(withHole(ring(9, 0, 2))).toBe(true);
  expect(withHole(ring(20, 0, 2))).toBe(true);
  expect(
    withHole([
      [10, 0],
      [5, 2],
      [5, -2],
      [10, 0],
    ]),
  ).toBe(false);
});

test("a corner that a ledger has twice is no crossing", () => {
  const [first = [], ...others] = ring(0, 0, 10);
  const doubled = [first, first, ...others.flatMap((corner) => [corner, corner])];
  expect(crossesItself({ type: "Polygon", coordinates: [doubled] })).toBe(false);
});

test("a shape of very many corners is looked through at once", () => {
  const n = 50_000;
  const round = Array.from({ length: n + 1 }, (_, at) => {
    const angle = (2 * Math.PI * (at % n)) / n;
    return [Math.cos(angle), Math.sin(angle)];
  });
  const started_ms = performance.now();
  expect(crossesItself({ type: "Polygon", coordinates: [round] })).toBe(false);
  expect(performance.now() - started_ms).toBeLessThan(5000);
});
