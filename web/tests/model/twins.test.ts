import { expect, test } from "vitest";
import { findTwin } from "../../src/model/twins.ts";
import { FEATURE, FIELD, LAYER } from "../samples.ts";

const layer = {
  ...LAYER,
  key_fields: ["district", "ledger_number"],
  fields: [...LAYER.fields, FIELD({ name: "district" }), FIELD({ name: "plate", constraints: { unique: true } })],
};
const known = { ...FEATURE, fields: { district: "東", ledger_number: "A-1", plate: "P1" } };
const twinOf = (fields: Record<string, string | null>, seen: typeof known | null = null) =>
  findTwin(layer, [known], { feature_id: seen?.feature_id ?? "new", fields, seen });

test("a unique value that another feature has is told, with whose it is", () => {
  expect(twinOf({ plate: "P1" })).toMatchObject({ field: { name: "plate" }, twin: known });
  expect(twinOf({ plate: "P2" })).toBeNull();
  expect(twinOf({ plate: null, ledger_number: null })).toBeNull();
});

test("fields that are the key together are compared together", () => {
  expect(twinOf({ district: "東", ledger_number: "A-1" })).toMatchObject({ field: { name: "ledger_number" } });
  expect(twinOf({ district: "西", ledger_number: "A-1" })).toBeNull();
});

test("a feature is no twin of itself, and values that it came with are not asked about", () => {
  expect(twinOf({ ...known.fields, ledger_number: "A-1" }, known)).toBeNull();
  const other = { ...known, feature_id: "other" };
  expect(findTwin(layer, [known, other], { feature_id: "other", fields: known.fields, seen: other })).toBeNull();
});
