import { expect, test } from "vitest";
import {
  checkForm,
  checkValue,
  choicesOf,
  formatLocalTime,
  formSections,
  initialFields,
  isScannable,
  isShown,
  parseInput,
} from "../../src/form/rules.ts";
import type { Field } from "../../src/model/layer.ts";
import { FIELD, LAYER } from "../samples.ts";

const names = (layer = LAYER, fields = {}) =>
  formSections(layer, fields).map(({ key, fields: shown }) => [key, shown.map(({ name }) => name)]);

test("fields stand in the order of their sections; what no section names comes last", () => {
  const sections = [{ key: "state", title: { ja: "状態", en: "State" }, fields: ["status", "gone"] }];
  expect(names({ ...LAYER, sections })).toEqual([
    ["state", ["status"]],
    ["_others", ["ledger_number"]],
  ]);
});

test("a field with a condition is shown only where it holds", () => {
  const field = FIELD({ name: "cause", visible_when: { field: "status", values: ["球切れ", null] } });
  expect(isShown(LAYER, field, { status: "球切れ" })).toBe(true);
  expect(isShown(LAYER, field, { status: "点灯" })).toBe(false);
  expect(isShown(LAYER, field, {})).toBe(true);
});

test("a field whose condition looks at a field that is hidden is hidden with it, and not asked for", () => {
  const broken = FIELD({ name: "broken", type: "boolean" });
  const kind = FIELD({ name: "kind", visible_when: { field: "broken", values: [true] } });
  const other = FIELD({
    name: "other",
    visible_when: { field: "kind", values: ["その他"] },
    constraints: { required: true },
  });
  const layer = { ...LAYER, fields: [broken, kind, other] };
  expect(isShown(layer, other, { broken: true, kind: "その他" })).toBe(true);
  expect(isShown(layer, other, { broken: false, kind: "その他" })).toBe(false);
  expect(checkForm(layer, { broken: false, kind: "その他" }, null)).toEqual({});
  const circle = [{ ...broken, visible_when: { field: "kind", values: [true] } }, kind];
  expect(isShown({ ...LAYER, fields: circle }, kind, { broken: true, kind: true })).toBe(true);
});

test("personal data is not asked for where it was not sent", () => {
  const owner = FIELD({ name: "owner", personal: true });
  expect(isShown(LAYER, owner, {})).toBe(false);
  expect(isShown(LAYER, owner, { owner: null })).toBe(true);
});

test("numbers are read as clerks type them; what is no number stays as it was typed", () => {
  const integer = FIELD({ name: "power", type: "integer" });
  const real = FIELD({ name: "height", type: "real" });
  expect(parseInput(integer, "１５０")).toBe(150);
  expect(parseInput(integer, "1,200")).toBe(1200);
  expect(parseInput(real, " 4．5 ")).toBe(4.5);
  expect(parseInput(real, "−１．５")).toBe(-1.5);
  expect(parseInput(real, "")).toBeNull();
  expect(parseInput(integer, "約150")).toBe("約150");
});

test("text is stored as it was typed, also full-width; nothing is null", () => {
  expect(parseInput(FIELD({ name: "note" }), "ＡＢ １")).toBe("ＡＢ １");
  expect(parseInput(FIELD({ name: "note" }), "")).toBeNull();
});

test("booleans and instants come from what their controls give, and go back", () => {
  expect(parseInput(FIELD({ name: "works", type: "boolean" }), "false")).toBe(false);
  expect(parseInput(FIELD({ name: "works", type: "boolean" }), "")).toBeNull();
  const value = parseInput(FIELD({ name: "seen_at", type: "datetime" }), "2026-11-23T11:10");
  expect(value).toMatch(/^2026-11-\d\dT\d\d:\d\d:00Z$/);
  expect(formatLocalTime(String(value))).toBe("2026-11-23T11:10");
});

test("each constraint is told by its own words", () => {
  const check = (over: Parameters<typeof FIELD>[0], value: Parameters<typeof checkValue>[1]) =>
    checkValue(FIELD(over), value)?.key ?? null;
  expect(check({ name: "a", constraints: { required: true } }, null)).toBe("problem_required");
  expect(check({ name: "a", constraints: { required: true } }, false)).toBeNull();
  expect(check({ name: "a", type: "integer" }, "約150")).toBe("problem_number");
  expect(check({ name: "a", type: "integer" }, 1.5)).toBe("problem_integer");
  expect(check({ name: "a", type: "real", constraints: { minimum: 0, maximum: 9 } }, -1)).toBe("problem_minimum");
  expect(check({ name: "a", type: "real", constraints: { minimum: 0, maximum: 9 } }, 10)).toBe("problem_maximum");
  expect(check({ name: "a", type: "date", constraints: { minimum: "2000-01-01" } }, "1999-12-31")).toBe(
    "problem_minimum",
  );
  expect(check({ name: "a", constraints: { max_length: 2 } }, "𠮷野")).toBeNull();
  expect(check({ name: "a", constraints: { max_length: 2 } }, "吉野家")).toBe("problem_length");
  expect(check({ name: "a", constraints: { pattern: "[A-Z]-\\d+" } }, "A-1")).toBeNull();
  expect(check({ name: "a", constraints: { pattern: "[A-Z]-\\d+" } }, "xA-1")).toBe("problem_pattern");
});

test("a pattern this browser cannot read checks nothing", () => {
  expect(checkValue(FIELD({ name: "a", constraints: { pattern: "(?P<x>a" } }), "zzz")).toBeNull();
});

test("a domain takes only its codes, unless it is a suggestion", () => {
  const codes = [{ code: "LED", title: { ja: "LED", en: "LED" } }];
  const strict = FIELD({ name: "kind", domain: { allows_other: false, codes } });
  expect(checkValue(strict, "水銀灯")?.key).toBe("problem_choice");
  expect(checkValue({ ...strict, domain: { allows_other: true, codes } }, "水銀灯")).toBeNull();
  expect(
    choicesOf(FIELD({ name: "n", type: "integer", constraints: { enum: [1, 2] } }))?.map(({ code }) => code),
  ).toEqual(["1", "2"]);
});

test("what came from the ledger as it is does not stop a crew; what they touch must be right", () => {
  const seen = { ledger_number: null, status: "点滅" };
  expect(checkForm(LAYER, seen, seen)).toEqual({});
  expect(Object.keys(checkForm(LAYER, { ...seen, status: "暗い" }, seen))).toEqual(["status"]);
  expect(Object.keys(checkForm(LAYER, {}, null))).toEqual(["ledger_number"]);
});

test("fields that are hidden or cannot be changed are not checked", () => {
  const required = { required: true };
  const layer = {
    ...LAYER,
    fields: [
      FIELD({ name: "a", constraints: required, read_only: true }),
      FIELD({ name: "b", constraints: required, relation: "park", read_only: true }),
      FIELD({ name: "c", constraints: required, visible_when: { field: "a", values: ["x"] } }),
    ],
  };
  expect(checkForm(layer, {}, null)).toEqual({});
});

test("what may stand on a thing as a code can be read from it", () => {
  const layer = { ...LAYER, key_fields: ["ledger_number"] };
  const can = (over: Partial<Field>) => isScannable(layer, FIELD({ name: "x", ...over }));
  expect(can({ name: "ledger_number" })).toBe(true);
  expect(can({ title: { ja: "製造番号", en: "Made as" } })).toBe(true);
  expect(can({ name: "serial" })).toBe(true);
  expect(can({ title: { ja: "電話番号", en: "Telephone" } })).toBe(false);
  expect(can({ name: "serial", type: "integer" })).toBe(false);
});

test("a new row asks what it belongs to, where its layer wants that", () => {
  const layer = { ...LAYER, fields: [FIELD({ name: "park", constraints: { required: true }, relation: "park" })] };
  expect(checkForm(layer, {}, null)).toEqual({ park: { key: "problem_required" } });
  expect(checkForm(layer, { park: "01939a00-0000-7000-8000-000000000001" }, null)).toEqual({});
});

test("a new feature begins with the defaults of its layer", () => {
  expect(initialFields(LAYER)).toEqual({ status: "点灯" });
});
