import { expect, test } from "vitest";
import { countRound, localDay, roundState, type Visit, visitedFields, visitField } from "../../src/model/visit.ts";
import { FEATURE, FIELD, LAYER } from "../samples.ts";

const INSPECTED = FIELD({ name: "inspected_on", type: "date" });
const DATED = { ...LAYER, fields: [...LAYER.fields, INSPECTED] };
const NOW = new Date(2026, 10, 23, 9, 30);
const TODAY = localDay(NOW);
const VISIT: Visit = {
  feature_id: FEATURE.feature_id,
  layer: LAYER.key,
  at: NOW.toISOString(),
  change_id: "c",
  kind: "checked",
};

test("the date of the last visit is found by its name, and only where it is a date", () => {
  expect(visitField(DATED)).toBe(INSPECTED);
  expect(visitField(LAYER)).toBeNull();
  expect(visitField({ ...LAYER, fields: [FIELD({ name: "inspected_on", type: "text" })] })).toBeNull();
});

test("a visit writes the day here, or the instant, and nothing where the layer has no place for it", () => {
  expect(visitedFields(DATED, FEATURE.fields, NOW)).toEqual({ ...FEATURE.fields, inspected_on: "2026-11-23" });
  const timed = { ...LAYER, fields: [FIELD({ name: "checked_at", type: "datetime" })] };
  expect(visitedFields(timed, {}, NOW).checked_at).toBe(NOW.toISOString().replace(".000Z", "Z"));
  expect(visitedFields(LAYER, FEATURE.fields, NOW)).toEqual(FEATURE.fields);
});

test("today's round knows what this tablet visited and what another crew did, not what was visited yesterday", () => {
  const seen = { ...FEATURE, fields: { ...FEATURE.fields, inspected_on: TODAY } };
  expect(roundState(DATED, FEATURE, undefined, TODAY)).toBe("left");
  expect(roundState(DATED, seen, undefined, TODAY)).toBe("seen");
  expect(roundState(DATED, seen, { ...VISIT, kind: "changed" }, TODAY)).toBe("changed");
  expect(roundState(LAYER, FEATURE, VISIT, TODAY)).toBe("checked");
  expect(roundState(DATED, seen, VISIT, "2026-11-24")).toBe("left");
});

test("all features of a round are counted once", () => {
  expect(countRound(["left", "seen", "checked", "changed", "left"])).toEqual({
    n_total: 5,
    n_left: 2,
    n_checked: 2,
    n_changed: 1,
  });
});
