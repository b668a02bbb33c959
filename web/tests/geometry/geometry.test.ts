import { expect, test } from "vitest";
import { anchorOf, bboxOf, circleRing, distanceM, isOnEarth } from "../../src/geometry/distance.ts";
import { partsOf } from "../../src/geometry/parts.ts";
import { asLayerType, drawKind, shapeKind } from "../../src/geometry/shape.ts";
import { POINT } from "../samples.ts";

test("one degree of latitude is about 111.2 km, of longitude less by the cosine", () => {
  expect(distanceM([137, 36], [137, 37])).toBeCloseTo(111_195, -1);
  expect(distanceM([137, 60], [138, 60])).toBeCloseTo(111_195 / 2, -2);
  expect(distanceM([137, 36], [137, 36])).toBe(0);
});

test("a ring is closed, and all of it is one radius away", () => {
  const ring = circleRing([137.25, 36.14], 30);
  expect(ring[0]).toEqual(ring.at(-1));
  for (const [lon = 0, lat = 0] of ring) expect(distanceM([137.25, 36.14], [lon, lat])).toBeCloseTo(30, 0);
});

test("the box holds all positions of all geometries; none have none", () => {
  const polygon = {
    type: "Polygon" as const,
    coordinates: [
      [
        [1, 2],
        [3, 2],
        [3, 5],
        [1, 2],
      ],
    ],
  };
  expect(bboxOf([POINT(0, 4), null, polygon])).toEqual([0, 2, 3, 5]);
  expect(bboxOf([null])).toBeNull();
  expect(anchorOf(polygon)).toEqual([2, 3.5]);
  expect(anchorOf(null)).toBeNull();
});

test("coordinates in metres are not on the map of the world", () => {
  expect(isOnEarth(POINT(137, 36))).toBe(true);
  expect(isOnEarth(POINT(-12_345.6, 16_100.2))).toBe(false);
  expect(isOnEarth(null)).toBe(false);
});

test("shapes of layers for several parts are drawn as one and saved as one of several", () => {
  const line = {
    type: "LineString" as const,
    coordinates: [
      [1, 2],
      [3, 4],
    ],
  };
  const saved = asLayerType(line, "MultiLineString");
  expect(saved).toEqual({ type: "MultiLineString", coordinates: [line.coordinates] });
  expect(asLayerType(line, "LineString")).toBe(line);
  expect(partsOf(saved)).toEqual([line]);
  expect(["MultiPolygon", "LineString", "Geometry", "MultiPoint"].map(drawKind)).toEqual([
    "Polygon",
    "LineString",
    "Point",
    "Point",
  ]);
});

test("what is there is corrected as what it is, whatever its layer takes; a mixture is not", () => {
  expect(shapeKind(null, "Geometry")).toBe("Point");
  expect(shapeKind({ type: "Polygon", coordinates: [] }, "Geometry")).toBe("Polygon");
  expect(shapeKind({ type: "MultiPoint", coordinates: [] }, "MultiPoint")).toBe("Point");
  expect(shapeKind({ type: "GeometryCollection", geometries: [] }, "Geometry")).toBeNull();
});
