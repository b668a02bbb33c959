import { expect, test } from "vitest";
import { Averaging, averageOf, N_FIXES } from "../../src/gps/averaging.svelte.ts";

const fix = (lon: number, accuracy_m: number, second = 0) => ({
  lon,
  lat: 36,
  accuracy_m,
  at: new Date(Date.UTC(2026, 10, 23, 0, 0, second)),
});

test("exact fixes weigh more", () => {
  expect(averageOf([fix(137, 1), fix(137.001, 10)])?.lon).toBeCloseTo(137.00001, 5);
  expect(averageOf([])).toBeNull();
});

test("many fixes of one minute do not promise more than each of them", () => {
  expect(averageOf(Array.from({ length: 10 }, () => fix(137, 8)))?.accuracy_m).toBe(8);
});

test("fixes that lie far apart are told as that inexact, whatever the device says", () => {
  expect(averageOf([fix(137, 3), fix(137.001, 3)])?.accuracy_m).toBeGreaterThan(40);
});

test("a fix counts once, and the tenth is the last", () => {
  const averaging = new Averaging();
  averaging.take(fix(137, 5, 0));
  averaging.take(fix(137, 5, 0));
  expect(averaging.fixes).toHaveLength(1);
  for (let second = 1; second < 20; second++) averaging.take(fix(137, 5, second));
  expect([averaging.fixes.length, averaging.is_done]).toEqual([N_FIXES, true]);
});
