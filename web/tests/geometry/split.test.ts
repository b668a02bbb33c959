import type { Geometry, Polygon, Position } from "geojson";
import { expect, test } from "vitest";
import { mergeShapes } from "../../src/geometry/merge.ts";
import { splitShape } from "../../src/geometry/split.ts";

const SQUARE: Polygon = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
      [0, 0],
    ],
  ],
};
/** A comb: three teeth upwards. */
const COMB: Polygon = {
  type: "Polygon",
  coordinates: [
    [
      [0, 0],
      [10, 0],
      [10, 8],
      [8, 8],
      [8, 2],
      [6, 2],
      [6, 8],
      [4, 8],
      [4, 2],
      [2, 2],
      [2, 8],
      [0, 8],
      [0, 0],
    ],
  ],
};
const areaOf = (geometry: Geometry) => {
  const [ring = [], ...holes] = geometry.type === "Polygon" ? geometry.coordinates : [];
  const one = (line: Position[]) =>
    Math.abs(
      line.slice(1).reduce((sum, [x = 0, y = 0], n) => sum + (line[n]?.[0] ?? 0) * y - x * (line[n]?.[1] ?? 0), 0),
    ) / 2;
  return holes.reduce((sum, hole) => sum - one(hole), one(ring));
};
const areas = (parts: unknown) => (parts as Geometry[]).map((part) => Number(areaOf(part).toFixed(4)));

test("an area is divided along a cut with a bend; together the parts are the whole, the largest comes first", () => {
  const parts = splitShape(SQUARE, [
    [-1, 4],
    [5, 2],
    [11, 4],
  ]);
  expect(areas(parts)).toHaveLength(2);
  expect(areas(parts)[0]).toBeGreaterThan(areas(parts)[1] ?? 0);
  expect(areas(parts).reduce((sum, area) => sum + area)).toBeCloseTo(100, 9);
  expect((parts as Polygon[])[0]?.coordinates[0]).toContainEqual([10, 10]);
});

test("a cut across three teeth gives four parts, whichever way it goes", () => {
  expect(
    areas(
      splitShape(COMB, [
        [-1, 5],
        [11, 5],
      ]),
    ),
  ).toEqual([38, 6, 6, 6]);
  expect(
    areas(
      splitShape(COMB, [
        [11, 5],
        [-1, 5],
      ]),
    ),
  ).toEqual([38, 6, 6, 6]);
});

test("a cut from corner to corner, put onto them exactly, divides and makes no new corner", () => {
  const parts = splitShape(SQUARE, [
    [0, 0],
    [10, 10],
  ]) as Polygon[];
  expect(areas(parts)).toEqual([50, 50]);
  expect(
    parts
      .flatMap(({ coordinates: [ring = []] }) => ring)
      .every((p) => SQUARE.coordinates[0]?.some((q) => String(q) === String(p))),
  ).toBe(true);
});

test("a cut that ends inside, runs beside or along an edge, crosses itself or meets a hole is told", () => {
  expect(
    splitShape(SQUARE, [
      [-1, 5],
      [5, 5],
    ]),
  ).toBe("beside");
  expect(
    splitShape(SQUARE, [
      [-1, 20],
      [11, 20],
    ]),
  ).toBe("beside");
  expect(
    splitShape(SQUARE, [
      [-1, 0],
      [11, 0],
    ]),
  ).toBe("beside");
  expect(
    splitShape(SQUARE, [
      [-1, 5],
      [11, 5],
      [11, 6],
      [5, 2],
    ]),
  ).toBe("crossing");
  const holed: Polygon = {
    type: "Polygon",
    coordinates: [
      ...SQUARE.coordinates,
      [
        [4, 4],
        [6, 4],
        [6, 6],
        [4, 6],
        [4, 4],
      ],
    ],
  };
  expect(
    splitShape(holed, [
      [-1, 5],
      [11, 5],
    ]),
  ).toBe("hole");
  const parts = splitShape(holed, [
    [-1, 2],
    [11, 2],
  ]) as Polygon[];
  expect(areas(parts)).toEqual([76, 20]);
  expect(parts[0]?.coordinates).toHaveLength(2);
});

test("a line is divided where it is crossed, the longest part first", () => {
  const line: Geometry = {
    type: "LineString",
    coordinates: [
      [0, 0],
      [10, 0],
      [10, 10],
    ],
  };
  expect(
    splitShape(line, [
      [4, -1],
      [4, 1],
    ]),
  ).toEqual([
    {
      type: "LineString",
      coordinates: [
        [4, 0],
        [10, 0],
        [10, 10],
      ],
    },
    {
      type: "LineString",
      coordinates: [
        [0, 0],
        [4, 0],
      ],
    },
  ]);
  expect(
    splitShape(line, [
      [9, 1],
      [11, -1],
    ]),
  ).toHaveLength(2);
  expect(
    splitShape(line, [
      [0, -1],
      [0, 1],
    ]),
  ).toBe("beside");
});

test("what was divided is joined to the whole again; what lies apart only in a layer that takes parts", () => {
  const [one, other] = splitShape(SQUARE, [
    [-1, 4],
    [5, 2],
    [11, 4],
  ]) as [Geometry, Geometry];
  const whole = mergeShapes(one, other, "Polygon");
  expect(whole && areaOf(whole)).toBeCloseTo(100, 9);
  const away: Geometry = {
    type: "Polygon",
    coordinates: [
      [
        [20, 0],
        [21, 0],
        [21, 1],
        [20, 0],
      ],
    ],
  };
  expect(mergeShapes(SQUARE, away, "Polygon")).toBeNull();
  expect(mergeShapes(SQUARE, away, "MultiPolygon")?.type).toBe("MultiPolygon");
  expect(mergeShapes(SQUARE, { type: "Point", coordinates: [0, 0] }, "Geometry")).toBeNull();
});

test("lines are joined end to end, whichever way they run", () => {
  const line = (...coordinates: Position[]): Geometry => ({ type: "LineString", coordinates });
  expect(mergeShapes(line([1, 1], [0, 0]), line([2, 0], [1, 1]), "LineString")).toEqual({
    type: "LineString",
    coordinates: expect.arrayContaining([
      [0, 0],
      [1, 1],
      [2, 0],
    ]),
  });
  expect(mergeShapes(line([1, 1], [0, 0]), line([5, 5], [6, 6]), "LineString")).toBeNull();
  expect(mergeShapes(line([1, 1], [0, 0]), line([5, 5], [6, 6]), "MultiLineString")?.type).toBe("MultiLineString");
});
