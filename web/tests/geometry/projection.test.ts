import { readFileSync } from "node:fs";
import type { Geometry, MultiPolygon, Polygon, Position } from "geojson";
import { expect, test } from "vitest";
import { distanceM } from "../../src/geometry/distance.ts";
import {
  inDegrees,
  inLayer,
  isPlaceable,
  planeZone,
  projectPlace,
  roundDegrees,
} from "../../src/geometry/projection.ts";
import { POINT } from "../samples.ts";

const golden: { crs: string; lon_lat: [number, number]; x_y: [number, number] }[] = JSON.parse(
  readFileSync("../sample_data/exchange/projections.json", "utf8"),
);
const PLANE = "EPSG:6675";
/** Corners as a survey has them: millimetres, with heights; the last two are one place on the map. */
const RING: Position[] = [
  [-24511.123, -91023.457, 12.5],
  [-24451.1234567891, -91023.4],
  [-24451.1, -90963.4],
  [-24511.0, -90963.4],
  [-24511.00001, -90963.40001],
  [-24511.123, -91023.457, 12.5],
];
const LOT: Polygon = { type: "Polygon", coordinates: [RING] };
const far = (a: Position, b: Position) => Math.hypot((a[0] ?? 0) - (b[0] ?? 0), (a[1] ?? 0) - (b[1] ?? 0));

test.each(golden)("$crs agrees with PROJ to a millimetre, both ways", ({ crs, lon_lat, x_y }) => {
  expect(far(projectPlace(lon_lat, crs) ?? [], x_y)).toBeLessThan(0.001);
  const back = inDegrees(POINT(...x_y), crs);
  expect(back?.type === "Point" && distanceM(back.coordinates as [number, number], lon_lat)).toBeLessThan(0.001);
});

test("every corner that was not moved comes back to the last digit; the moved one is where it was put", () => {
  const shown = roundDegrees(inDegrees(LOT, PLANE) as Geometry) as Polygon;
  expect(JSON.stringify(inLayer(shown, PLANE, LOT))).toBe(JSON.stringify(LOT));
  const moved = structuredClone(shown);
  const corner = moved.coordinates[0]?.[2] ?? [];
  corner[0] = (corner[0] ?? 0) + 0.0001;
  const kept = inLayer(moved, PLANE, LOT) as Polygon;
  expect(kept.coordinates[0]?.toSpliced(2, 1)).toEqual(RING.toSpliced(2, 1));
  expect(far(kept.coordinates[0]?.[2] ?? [], [-24451.1 + 9.1, -90963.4])).toBeLessThan(0.1);
});

test("a layer in degrees keeps all digits of what was not moved, too", () => {
  const lot: Polygon = {
    type: "Polygon",
    coordinates: [
      [
        [137.1234567890123, 36],
        [137.2, 36],
        [137.2, 36.1],
        [137.1234567890123, 36],
      ],
    ],
  };
  expect(inDegrees(lot, "EPSG:6668")).toBe(lot);
  expect(inLayer(roundDegrees(lot), "EPSG:6668", lot)).toEqual(lot);
});

test("shapes of several parts are shown part by part", () => {
  const lots: MultiPolygon = { type: "MultiPolygon", coordinates: [[RING], [RING]] };
  const shown = inDegrees(lots, PLANE);
  expect(inDegrees(lots, PLANE)).toBe(shown);
  expect(inLayer(shown as Geometry, PLANE, lots)).toEqual(lots);
});

test("where the tablet does not know the CRS nothing is shown, and no place can be made", () => {
  expect(isPlaceable("EPSG:30167")).toBe(false);
  expect(inDegrees(LOT, "EPSG:30167")).toBeNull();
  expect(() => inLayer(POINT(137, 36), "EPSG:30167", null)).toThrow("EPSG:30167");
  expect([planeZone(PLANE), planeZone("EPSG:2449"), planeZone("EPSG:6668")]).toEqual([7, 7, null]);
});
