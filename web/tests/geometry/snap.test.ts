import { expect, test } from "vitest";
import { snapTo } from "../../src/geometry/snap.ts";
import { POINT } from "../samples.ts";

const ROAD = {
  type: "LineString" as const,
  coordinates: [
    [137, 36],
    [137.001, 36],
  ],
};

test("a vertex in reach is taken exactly, before a side that is nearer", () => {
  expect(snapTo([137.00002, 36.00001], [ROAD], 5)).toEqual([137, 36]);
  expect(snapTo([137.00001, 36], [POINT(137.00002, 36)], 5)).toEqual([137.00002, 36]);
});

test("away from vertices the nearest point on a side is taken", () => {
  const [lon, lat] = snapTo([137.0005, 36.00002], [ROAD], 5) ?? [];
  expect(lon).toBeCloseTo(137.0005, 9);
  expect(lat).toBe(36);
});

test("what is out of reach is left alone", () => {
  expect(snapTo([137.0005, 36.001], [ROAD], 5)).toBeNull();
  expect(snapTo([137, 36], [], 5)).toBeNull();
});
