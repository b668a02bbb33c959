import { expect, test } from "vitest";
import { degreesMinutes, meshCode, parsePlace, planePlace } from "../../src/geometry/readout.ts";

test("a place is told as surveyors write it: X to the north, in the zone in use or the nearest one", () => {
  const { zone, x_m, y_m } = planePlace([137.2526, 36.1461], null);
  expect([zone, Math.round(x_m), Math.round(y_m)]).toEqual([7, 16213, 7733]);
  expect(planePlace([137.2526, 36.1461], 6).zone).toBe(6);
});

test("the code of the cell is that of the standard", () => {
  expect(meshCode([139.7671, 35.6812])).toBe("53394611");
  expect(meshCode([137.2526, 36.1461])).toBe("54371270");
});

test("seconds are rounded, and carried over", () => {
  expect(degreesMinutes(36.1461)).toBe("36°08′46.0″");
  expect(degreesMinutes(35.9999999)).toBe("36°00′00.0″");
});

test.each([
  ["36.1461, 137.2526", [137.2526, 36.1461]],
  ["137.2526 36.1461", [137.2526, 36.1461]],
  ["３６．１４６１、１３７．２５２６", [137.2526, 36.1461]],
  ["北緯36度8分45.96秒 東経137度15分9.36秒", [137.2526, 36.1461]],
  ["36°08′45.96″N 137°15′09.36″E", [137.2526, 36.1461]],
])("%s is a place", (text, place) => {
  const [lon = 0, lat = 0] = parsePlace(text) ?? [];
  expect([lon.toFixed(6), lat.toFixed(6)]).toEqual([place[0]?.toFixed(6), place[1]?.toFixed(6)]);
});

test.each(["7系 X=16213.4 Y=7732.9", "第７系　Ｘ＝１６，２１３．４　Ｙ＝７，７３２．９", "X 16213.4m, Y 7732.9m"])(
  "%s is a place in plane rectangular coordinates",
  (text) => {
    const [lon = 0, lat = 0] = parsePlace(text, 7) ?? [];
    expect([lon.toFixed(4), lat.toFixed(4)]).toEqual(["137.2526", "36.1461"]);
  },
);

test("X and Y without a zone are no place where none is in use; west and south of the origin are negative", () => {
  expect(parsePlace("X=16213.4 Y=7732.9")).toBeNull();
  expect(parsePlace("20系 X=1 Y=1")).toBeNull();
  const [lon = 0, lat = 0] = parsePlace("7系 X=−16213.4 Y=-7732.9") ?? [];
  expect([lon < 137.1667, lat < 36]).toEqual([true, true]);
});

test("the code of a grid cell is the middle of it", () => {
  const place = parsePlace("5437-12-70") ?? [0, 0];
  expect([meshCode(place), place]).toEqual(["54371270", parsePlace("54371270")]);
  expect(parsePlace("99999999")).toBeNull();
});

test.each(["A-10", "36.1", "10 20", "1-2-3", "さくら 12", "36.1461 137.2526 5"])("%s is none", (text) =>
  expect(parsePlace(text)).toBeNull(),
);
