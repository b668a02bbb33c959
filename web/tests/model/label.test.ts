import { expect, test } from "vitest";
import { featureLabel, valueText } from "../../src/model/label.ts";
import { FIELD, LAYER } from "../samples.ts";

const layer = {
  ...LAYER,
  label: "{ledger_number} {kind}",
  fields: [
    FIELD({ name: "ledger_number" }),
    FIELD({
      name: "kind",
      domain: { allows_other: true, codes: [{ code: "1", title: { ja: "水銀灯", en: "Mercury" } }] },
    }),
  ],
};

test("a label fills its template with the titles of codes, in the chosen language", () => {
  expect(featureLabel(layer, { ledger_number: "A-1", kind: "1" }, "ja")).toBe("A-1 水銀灯");
  expect(featureLabel(layer, { ledger_number: "A-1", kind: "1" }, "en")).toBe("A-1 Mercury");
});

test("what has no value leaves no gap", () => {
  expect(featureLabel(layer, { kind: "LED" }, "ja")).toBe("LED");
  expect(featureLabel(layer, {}, "ja")).toBe("");
});

test("values are shown with their unit, and yes and no in words", () => {
  expect(valueText(FIELD({ name: "power", type: "integer", unit: "W" }), 40, "ja")).toBe("40 W");
  expect(valueText(FIELD({ name: "works", type: "boolean" }), false, "ja")).toBe("いいえ");
  expect(valueText(FIELD({ name: "works", type: "boolean" }), true, "en")).toBe("Yes");
  expect(valueText(FIELD({ name: "works", type: "boolean" }), null, "ja")).toBe("");
});
