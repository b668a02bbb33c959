import { expect, test } from "vitest";
import { mergedFields, partFields, templateFields } from "../../src/model/copies.ts";
import { FIELD, LAYER } from "../samples.ts";

const layer = {
  ...LAYER,
  key_fields: ["ledger_number"],
  fields: [
    ...LAYER.fields,
    FIELD({ name: "inspected_on", type: "date" }),
    FIELD({ name: "tag", type: "integer", constraints: { unique: true } }),
  ],
};
const fields = { ledger_number: "A-1", status: "球切れ", inspected_on: "2026-11-20", tag: 7 };

test("a new one like another has neither its number nor what was found on a visit", () => {
  expect(templateFields(layer, fields)).toEqual({ status: "球切れ" });
});

test("a part keeps all values, and a number that says which part it is", () => {
  expect(partFields(layer, fields, 2)).toEqual({ ...fields, ledger_number: "A-1-2", tag: null });
});

test("joining fills what was empty, and overwrites nothing", () => {
  expect(mergedFields({ a: "1", b: null, c: "" }, { a: "2", b: "x", c: "y", d: 3 })).toEqual({
    a: "1",
    b: "x",
    c: "y",
    d: 3,
  });
});
