import { expect, test } from "vitest";
import { geodesicM, lineLengthM, ringAreaM2 } from "../../src/geometry/geodesic.ts";

// By PROJ 9 on GRS 80.
test("lengths are those of the ellipsoid, near and far", () => {
  expect(geodesicM([137.25, 36.14], [137.26, 36.15])).toBeCloseTo(1428.712664, 5);
  expect(geodesicM([130, 30], [145, 44])).toBeCloseTo(2041788.88457, 3);
  expect(geodesicM([137.25, 36.14], [137.25, 36.14])).toBe(0);
  expect(
    lineLengthM([
      [137.25, 36.14],
      [137.26, 36.15],
      [137.25, 36.14],
    ]),
  ).toBeCloseTo(2 * 1428.712664, 5);
});

test("areas are those of the ellipsoid, whichever way round the ring goes, closed or not", () => {
  const lot = [
    [137.25, 36.143],
    [137.253, 36.1428],
    [137.2533, 36.1452],
    [137.2504, 36.1455],
  ];
  expect(ringAreaM2(lot) / 73051.09193).toBeCloseTo(1, 6);
  expect(ringAreaM2([...lot, lot[0] ?? []].toReversed())).toBeCloseTo(ringAreaM2(lot), 6);
  const town = [
    [137.2, 36.1],
    [137.3, 36.1],
    [137.3, 36.2],
    [137.2, 36.2],
  ];
  expect(ringAreaM2(town) / 99857416.41).toBeCloseTo(1, 4);
});
