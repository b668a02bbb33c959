import { expect, test } from "vitest";
import { applyChange, makeChange } from "../../src/model/edit.ts";
import type { PositionQuality } from "../../src/model/feature.ts";
import { confirmedBy, needsConfirming, poorRadiusM } from "../../src/model/position.ts";
import { FEATURE, LAYER, NATURE, POINT } from "../samples.ts";

const placed = (method: string, accuracy_m: number | null, geometry = FEATURE.geometry) => ({
  geometry,
  position: { method, accuracy_m, note: null },
});
const HERE = { lon: 137.25, lat: 36.14, accuracy_m: 4 };
const CONFIRMED: PositionQuality = { method: "confirmed", accuracy_m: 4, note: "現地で確認" };

test("what was placed by an address, or roughly, is to be confirmed until somebody was there", () => {
  expect(needsConfirming(placed("address", null))).toBe(true);
  expect(needsConfirming(placed("mesh", 500))).toBe(true);
  expect(needsConfirming(placed("coordinates", 1))).toBe(false);
  expect(
    needsConfirming({
      ...placed("coordinates", 1),
      position: { method: "coordinates", accuracy_m: 1, note: "（確認：区域の外です）" },
    }),
  ).toBe(true);
  expect(needsConfirming(placed("gps", 35))).toBe(false);
  expect(needsConfirming(placed("confirmed", null))).toBe(false);
  expect(needsConfirming(placed("address", 300, null))).toBe(false);
});

test("a ring is drawn where a position is poor, whoever found it", () => {
  expect(poorRadiusM(placed("gps", 35))).toBe(35);
  expect(poorRadiusM(placed("gps", 4))).toBeNull();
  expect(poorRadiusM(placed("address", null))).toBeNull();
});

test.each(["測地系の記載がありません", "Xを北として読みました"])(
  "what is open of a whole ledger is no crew's question: neither a ring nor a task at each place: %s",
  (doubt) => {
    const position = { method: "coordinates", accuracy_m: 450, note: `経度「137」（台帳全体で確認：${doubt}）` };
    expect(needsConfirming({ ...placed("coordinates", 450), position })).toBe(false);
    expect(poorRadiusM({ ...placed("coordinates", 450), position })).toBeNull();
    expect(needsConfirming({ ...placed("address", 450), position: { ...position, method: "address" } })).toBe(true);
    const note = `${position.note}（確認：区域の外です）`;
    expect(needsConfirming({ ...placed("coordinates", 450), position: { ...position, note } })).toBe(true);
  },
);

test("only who stands nearby vouches for metres", () => {
  expect(confirmedBy(HERE, 12, "n")).toEqual({ method: "confirmed", accuracy_m: 4, note: "n" });
  expect(confirmedBy(HERE, 900, "n").accuracy_m).toBeNull();
  expect(confirmedBy(null, null, "n").accuracy_m).toBeNull();
});

test("a place that is right as it is makes a change that says how it was found, and moves nothing", () => {
  const seen = { ...FEATURE, position: { method: "address", accuracy_m: 300, note: null } };
  const wish = { layer: LAYER, feature_id: seen.feature_id, seen, fields: seen.fields, attachments: [] };
  const change = makeChange(
    { ...wish, geometry: seen.geometry, located: CONFIRMED, is_deletion: false, position: null },
    null,
    NATURE,
  );
  if (!change) throw new Error("no change");
  expect(change.geometry).toEqual({ old: seen.geometry, new: seen.geometry });
  expect(change.located).toEqual(CONFIRMED);
  expect(applyChange(seen, change)).toEqual({ ...seen, position: CONFIRMED });
});

test("a feature that was moved is no longer where its address put it", () => {
  const seen = { ...FEATURE, position: { method: "address", accuracy_m: 300, note: null } };
  const wish = { layer: LAYER, feature_id: seen.feature_id, seen, fields: seen.fields, attachments: [] };
  const change = makeChange(
    { ...wish, geometry: POINT(137.3, 36.2), is_deletion: false, position: null },
    null,
    NATURE,
  );
  const moved = change && applyChange(seen, change);
  expect(moved && needsConfirming(moved)).toBe(false);
});
