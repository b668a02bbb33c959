import type { Position } from "geojson";
import { afterEach, expect, test } from "vitest";
import { type DatumShift, shiftBack, shiftForward } from "../../src/geometry/datum_shift.ts";
import {
  datumAccuracyM,
  inDegrees,
  inLayer,
  isPlaceable,
  planeZone,
  useShifts,
  wantsShift,
} from "../../src/geometry/projection.ts";
import { POINT } from "../samples.ts";

/** What the office answers for a place in Takayama, and what PROJ says of that place. */
const SHIFT: DatumShift = {
  crs: "EPSG:30167",
  west: 137.2375,
  south: 36.141666666666666,
  step: [1 / 80, 1 / 120],
  n_columns: 3,
  n_rows: 2,
  shifts: [
    -0.003034074, 0.003120578, -0.003035169, 0.003120895, -0.003036264, 0.003121212, -0.003034394, 0.003119623,
    -0.00303549, 0.003119939, -0.003036586, 0.003120256,
  ],
  accuracy_m: 9.06,
};
const TOKYO: Position = [7615.4113322435305, 15834.089408574688];
const JGD2011: Position = [137.24826468, 36.14582081];
const far = (a: Position, b: Position) => Math.hypot((a[0] ?? 0) - (b[0] ?? 0), (a[1] ?? 0) - (b[1] ?? 0));

afterEach(() => useShifts([]));

test("a layer in the Tokyo Datum is drawn where PROJ puts it, and what was not moved comes back to the last digit", () => {
  useShifts([SHIFT]);
  const kept = POINT(TOKYO[0] ?? 0, TOKYO[1] ?? 0);
  const shown = inDegrees(kept, "EPSG:30167");
  if (shown?.type !== "Point") throw new Error("nothing is drawn");
  expect(far(shown.coordinates, JGD2011)).toBeLessThan(2e-8);
  expect(inLayer(shown, "EPSG:30167", kept)).toEqual(kept);
  const made = inLayer(POINT(JGD2011[0] ?? 0, JGD2011[1] ?? 0), "EPSG:30167", null);
  expect(made.type === "Point" && far(made.coordinates, TOKYO)).toBeLessThan(0.002);
  expect([isPlaceable("EPSG:30167"), datumAccuracyM("EPSG:30167"), planeZone("EPSG:30167")]).toEqual([true, 9.06, 7]);
});

test("there and back is the same place, also at the edge of the grid and beyond it", () => {
  for (const place of [
    [137.2401, 36.1377],
    [137.2625, 36.1416],
    [137.3, 36.2],
    [137, 36],
  ]) {
    expect(far(shiftBack(shiftForward(place, SHIFT), SHIFT), place)).toBeLessThan(1e-12);
  }
});

test("without a shift the Tokyo Datum is not drawn 400 m off: it is not drawn; JGD2000 is drawn as it is", () => {
  expect(isPlaceable("EPSG:30167")).toBe(false);
  expect(isPlaceable("EPSG:4301")).toBe(false);
  expect(isPlaceable("EPSG:2449")).toBe(true);
  expect(["EPSG:30167", "EPSG:4301", "EPSG:3094", "EPSG:2449", "EPSG:4612"].every(wantsShift)).toBe(true);
  expect(["EPSG:6675", "EPSG:6668", "EPSG:4326", "EPSG:32653", "EPSG:3857"].some(wantsShift)).toBe(false);
});
