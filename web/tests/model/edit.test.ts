import { expect, test } from "vitest";
import type { Receipt, ReceiptStatus } from "../../src/model/change.ts";
import { acknowledge, applyChange, diffFields, makeChange, viewFeature, type Wish } from "../../src/model/edit.ts";
import { entryOf, FEATURE, LAYER, NATURE, POINT } from "../samples.ts";

const wish = (over: Partial<Wish> = {}): Wish => ({
  layer: LAYER,
  feature_id: FEATURE.feature_id,
  seen: FEATURE,
  fields: { ...FEATURE.fields },
  attachments: [],
  is_deletion: false,
  position: null,
  ...over,
});
const make = (over: Partial<Wish> = {}) => makeChange(wish(over), null, NATURE);
const receipt = (status: ReceiptStatus, over: Partial<Receipt> = {}): Receipt => ({
  change_id: "c",
  status,
  revision: 50,
  conflicts: [],
  problem: null,
  ...over,
});

test("only differing fields are edits, and an absent field is the same as null", () => {
  expect(diffFields({ a: 1, b: "x", c: null }, { a: 1, b: "y" })).toEqual({ b: { old: "x", new: "y" } });
});

test("a wish that changes nothing makes no change; an empty new feature does", () => {
  expect(make()).toBeNull();
  expect(make({ geometry: FEATURE.geometry })).toBeNull();
  expect(make({ seen: null, fields: {} })?.kind).toBe("insert");
});

test("an update carries what was seen, what is meant, and the revision it was seen at", () => {
  const change = make({ fields: { ...FEATURE.fields, status: "球切れ" }, geometry: POINT(137.3, 36.2) });
  expect(change).toMatchObject({
    kind: "update",
    layer: "street_light",
    base_revision: 41,
    definition_version: 3,
    fields: { status: { old: "点灯", new: "球切れ" } },
    geometry: { old: FEATURE.geometry, new: POINT(137.3, 36.2) },
    made_at: "2026-11-23T02:10:00.000Z",
  });
});

test("how a place was found travels only with a new place", () => {
  const located = { method: "gps", accuracy_m: 4, note: null };
  expect(make({ geometry: POINT(1, 2), located })?.located).toEqual(located);
  expect(make({ fields: { status: "撤去" }, located })).not.toHaveProperty("located");
});

test("a new feature has no base revision, whatever its number says", () => {
  expect(makeChange(wish({ seen: null }), null, NATURE)?.base_revision).toBeNull();
});

test("a change that builds on an unsent one keeps its base, even when a pull brought a newer copy", () => {
  const first = make({ fields: { status: "球切れ" } });
  const seen = { ...FEATURE, revision: 70 };
  const second = makeChange(wish({ seen, fields: { ...FEATURE.fields, status: "撤去" } }), first, NATURE);
  expect(second).toMatchObject({ after: first?.change_id, base_revision: 41 });
});

test("a photo that is there already is not added again", () => {
  const photo = { sha256: "ab", name: "p.jpg", size_bytes: 3, media_type: "image/jpeg" };
  const change = make({ attachments: [photo] });
  const once = change && applyChange(FEATURE, change);
  expect(once && change && applyChange(once, change)?.attachments).toEqual([photo]);
});

test("the author's view has all own changes on top but those the office has to decide", () => {
  const first = make({ fields: { ...FEATURE.fields, status: "球切れ" } });
  const second = make({ fields: { ...FEATURE.fields, ledger_number: "A-9" } });
  if (!first || !second) throw new Error("no change");
  const entries = [entryOf(first, "conflict"), entryOf(second, "rejected")];
  expect(viewFeature(FEATURE, entries)?.fields).toEqual({ status: "点灯", ledger_number: "A-9" });
});

test("an update of a feature that is gone shows nothing; a delete takes it away", () => {
  const update = make({ fields: { status: "球切れ" } });
  const removal = make({ is_deletion: true });
  if (!update || !removal) throw new Error("no change");
  expect(viewFeature(null, [entryOf(update)])).toBeNull();
  expect(viewFeature(FEATURE, [entryOf(removal)])).toBeNull();
});

test("receipts: applied takes the revision, merged keeps the one that was seen, the rest leave the copy alone", () => {
  const change = make({ fields: { ...FEATURE.fields, status: "球切れ" } });
  if (!change) throw new Error("no change");
  expect(acknowledge(FEATURE, change, receipt("applied"), 41)).toMatchObject({
    revision: 50,
    fields: { status: "球切れ" },
  });
  expect(acknowledge(FEATURE, change, receipt("merged"), 41)).toMatchObject({
    revision: 41,
    fields: { status: "球切れ" },
  });
  expect(acknowledge(FEATURE, change, receipt("held"), 41)).toBe(FEATURE);
  expect(acknowledge(FEATURE, change, receipt("rejected"), 41)).toBe(FEATURE);
  expect(acknowledge(FEATURE, change, receipt("conflict", { conflicts: ["status"] }), 41)).toBe(FEATURE);
});

test("a receipt that comes after a pull as new, or a newer copy, brings no old values back", () => {
  const change = make({ fields: { ...FEATURE.fields, status: "球切れ" } });
  if (!change) throw new Error("no change");
  const newer = { ...FEATURE, revision: 60, fields: { ...FEATURE.fields, status: "撤去" } };
  expect(acknowledge(newer, change, receipt("applied"), 41)).toBe(newer);
  expect(acknowledge(FEATURE, change, receipt("applied"), 50)).toBe(FEATURE);
  expect(acknowledge(null, change, receipt("applied"), 55)).toBeNull();
});

test("a deletion the office has to decide leaves the feature in place", () => {
  const removal = make({ is_deletion: true });
  expect(removal && acknowledge(FEATURE, removal, receipt("conflict"), 41)).toBe(FEATURE);
});
