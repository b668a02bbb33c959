import { expect, test } from "vitest";
import { makeChange } from "../../src/model/edit.ts";
import {
  countRound,
  localDay,
  roundState,
  type Visit,
  visitedFields,
  visitField,
  visitOf,
} from "../../src/model/visit.ts";
import { FEATURE, FIELD, LAYER, NATURE, POINT } from "../samples.ts";
import { wishOf } from "../store/stored.ts";

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

test("a round of several days knows what this tablet visited and what another crew did, not what was before it", () => {
  const dated = (day: string) => ({ ...FEATURE, fields: { ...FEATURE.fields, inspected_on: day } });
  const [two_days_ago, today] = [new Date(2026, 10, 21, 8), new Date(2026, 10, 23, 0)].map((at) => ({
    at: at.toISOString(),
    day: localDay(at),
  }));
  if (!two_days_ago || !today) throw new Error("two instants");
  expect(roundState(DATED, FEATURE, undefined, today)).toBe("left");
  expect(roundState(DATED, dated(TODAY), undefined, today)).toBe("seen");
  expect(roundState(DATED, dated(TODAY), { ...VISIT, kind: "changed" }, today)).toBe("changed");
  expect(roundState(LAYER, FEATURE, VISIT, today)).toBe("checked");
  expect(roundState(DATED, dated("2026-11-22"), undefined, two_days_ago)).toBe("seen");
  expect(roundState(DATED, dated("2026-11-20"), undefined, two_days_ago)).toBe("left");
  const yesterday = { ...VISIT, at: new Date(2026, 10, 22, 9).toISOString() };
  expect(roundState(DATED, dated("2026-11-22"), yesterday, two_days_ago)).toBe("checked");
  expect(roundState(DATED, dated("2026-11-22"), yesterday, today)).toBe("left");
});

test("what this tablet visited earlier on the day of a new round is left again", () => {
  const noon = { at: new Date(2026, 10, 23, 12).toISOString(), day: TODAY };
  const seen = { ...FEATURE, fields: { ...FEATURE.fields, inspected_on: TODAY } };
  expect(roundState(DATED, seen, VISIT, noon)).toBe("left");
  expect(roundState(DATED, seen, undefined, noon)).toBe("seen");
});

test("all features of a round are counted once", () => {
  expect(countRound(["left", "seen", "checked", "changed", "left"])).toEqual({
    n_total: 5,
    n_left: 2,
    n_checked: 2,
    n_changed: 1,
  });
});

test("a visit tells whether it put the place of something right; a new thing had none", () => {
  const found = { geometry: POINT(137.2, 36.1), located: { method: "gps", accuracy_m: 4, note: null } };
  const isPlaced = (over: Parameters<typeof wishOf>[0]) => {
    const change = makeChange(wishOf(over), null, NATURE);
    return change && visitOf(change)?.is_placed;
  };
  expect(isPlaced(found)).toBe(true);
  expect(isPlaced({ ...found, geometry: FEATURE.geometry })).toBe(true);
  expect(isPlaced({ ...found, seen: null })).toBeUndefined();
  expect(isPlaced({ fields: { status: "球切れ" } })).toBeUndefined();
});
