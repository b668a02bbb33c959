import type { MultiLineString, MultiPolygon, Position } from "geojson";
import { expect, test } from "vitest";
import { partAt, partsOf, withPart } from "../../src/geometry/parts.ts";

const square = (west: number, size: number): Position[] => [
  [west, 36],
  [west + size, 36],
  [west + size, 36 + size],
  [west, 36 + size],
  [west, 36],
];
const yard = square(137.004, 0.002);
const lots: MultiPolygon = {
  type: "MultiPolygon",
  coordinates: [[square(137, 0.01), yard], [square(137.02, 0.01)], [yard]],
};
const roads: MultiLineString = {
  type: "MultiLineString",
  coordinates: [
    [
      [137, 36],
      [137.01, 36],
    ],
    [
      [137, 36.004],
      [137.01, 36.004],
    ],
  ],
};

test("the part around a place is found, also in the yard of another, else the nearest", () => {
  const parts = partsOf(lots);
  expect(parts.map(({ type }) => type)).toEqual(["Polygon", "Polygon", "Polygon"]);
  expect(partAt(parts, [137.001, 36.001])).toBe(0);
  expect(partAt(parts, [137.005, 36.001])).toBe(2);
  expect(partAt(parts, [137.018, 36.005])).toBe(1);
  expect(partAt(partsOf(roads), [137.005, 36.0025])).toBe(1);
});

test("one part is replaced, and the others are the same", () => {
  const moved = { type: "Polygon" as const, coordinates: [square(137.03, 0.001)] };
  expect(withPart(lots, 1, moved)).toEqual({
    type: "MultiPolygon",
    coordinates: [lots.coordinates[0], moved.coordinates, lots.coordinates[2]],
  });
  const single = { type: "Polygon" as const, coordinates: [yard] };
  expect(withPart(single, 0, moved)).toBe(moved);
  expect(partsOf({ type: "GeometryCollection", geometries: [single] })).toEqual([]);
  expect(partsOf(null)).toEqual([]);
});
