import { expect, test, vi } from "vitest";
import { discardDraft, listDrafts, writeDraft } from "../../src/store/drafts.ts";
import {
  listUndone,
  redoChanges,
  removeUnsentPhoto,
  saveEdit,
  saveEdits,
  undoChange,
  undoChanges,
} from "../../src/store/edits.ts";
import { applyReceipts, handOver, listOutbox, markOffered } from "../../src/store/outbox.ts";
import { discardLostPhotos, keepDraftPhoto, listUnsentPhotos, readPhoto } from "../../src/store/photos.ts";
import { listVisits } from "../../src/store/visits.ts";
import { FEATURE, POINT } from "../samples.ts";
import { filledDatabase, photo, saved, wishOf } from "./stored.ts";

const attachment = (sha256: string) => {
  const { blob: _blob, thumbnail: _thumbnail, ...rest } = photo(sha256);
  return rest;
};
const draft = { feature_id: FEATURE.feature_id, layer: FEATURE.layer, seen: FEATURE, fields: {}, photos: ["aa"] };
const problem = { code: "not_in_domain", message: { ja: "だめ", en: "no" } };

test("saving puts the change in the outbox, releases its photos and ends the draft, all at once", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  await writeDraft(database, draft);
  expect(await listUnsentPhotos(database)).toEqual([]);
  const entry = await saved(database, { attachments: [attachment("aa")] });
  expect(await listOutbox(database)).toEqual([entry]);
  expect((await listUnsentPhotos(database)).map(({ sha256 }) => sha256)).toEqual(["aa"]);
  expect(await listDrafts(database)).toEqual([]);
});

test("the bytes of a photo come back from the store as they were", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa", new Blob([new Uint8Array([1, 2, 255])], { type: "image/jpeg" })));
  const stored = (await readPhoto(database, "aa"))?.blob;
  expect(new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(new Uint8Array([1, 2, 255]));
});

test("a second change of a feature names the first as its predecessor; another feature's does not", async () => {
  const database = await filledDatabase();
  const first = await saved(database);
  const second = await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  const other = await saved(database, { feature_id: "other", seen: null, geometry: POINT(1, 2) });
  expect(second.change.after).toBe(first.change.change_id);
  expect(other.change.after).toBeNull();
  expect(second.sequence).toBeGreaterThan(first.sequence);
});

test("a form of a new feature that another window has saved just so is not saved again; what differs is", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  const made = { feature_id: "made", seen: null, geometry: POINT(1, 2), attachments: [attachment("aa")] };
  const first = await saved(database, made);
  await writeDraft(database, { ...draft, feature_id: "made", seen: null });
  expect(await saveEdit(database, wishOf(made))).toBeNull();
  expect([await listOutbox(database), await listDrafts(database)]).toEqual([[first], []]);
  expect((await listUnsentPhotos(database)).map(({ sha256 }) => sha256)).toEqual(["aa"]);
  const second = await saved(database, { ...made, fields: { status: "撤去" } });
  expect(second.change.after).toBe(first.change.change_id);
});

test("saving what was seen makes no change, and ends the draft", async () => {
  const database = await filledDatabase();
  await writeDraft(database, draft);
  expect(await saveEdit(database, wishOf({ fields: FEATURE.fields }))).toBeNull();
  expect(await listOutbox(database)).toEqual([]);
  expect(await listDrafts(database)).toEqual([]);
});

test("undo takes the newest change back with its photos", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  const { change } = await saved(database, { attachments: [attachment("aa")] });
  expect(await undoChange(database, change.change_id)).not.toBeNull();
  expect(await listOutbox(database)).toEqual([]);
  expect(await readPhoto(database, "aa")).toBeUndefined();
});

test("a photo is taken off before it is sent, and a change that brought nothing else goes with it", async () => {
  const database = await filledDatabase();
  for (const sha256 of ["aa", "bb"]) await keepDraftPhoto(database, photo(sha256));
  await saved(database, { attachments: [attachment("aa")] });
  const only_photo = await saved(database, { fields: FEATURE.fields, attachments: [attachment("bb")] });
  await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  expect(await removeUnsentPhoto(database, FEATURE.feature_id, "aa")).toBe(true);
  expect(await removeUnsentPhoto(database, FEATURE.feature_id, "bb")).toBe(true);
  const [first, second] = (await listOutbox(database)).map(({ change }) => change);
  expect([first?.fields.status?.new, first?.attachments, second?.fields.status?.new]).toEqual(["球切れ", [], "撤去"]);
  expect([second?.after, only_photo.change.after]).toEqual([first?.change_id, first?.change_id]);
  expect([await readPhoto(database, "aa"), await readPhoto(database, "bb")]).toEqual([undefined, undefined]);
});

test("a photo that the server may have seen stays, and so does one that another change names", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  const { sequence } = await saved(database, { attachments: [attachment("aa")] });
  await saved(database, { feature_id: "other", seen: null, attachments: [attachment("aa")] });
  await markOffered(database, [sequence]);
  expect(await removeUnsentPhoto(database, FEATURE.feature_id, "aa")).toBe(false);
  expect(await removeUnsentPhoto(database, "other", "aa")).toBe(true);
  expect((await readPhoto(database, "aa"))?.state).toBe("unsent");
  expect((await listOutbox(database)).map(({ change }) => change.attachments.length)).toEqual([1, 0]);
});

test("what was undone is done again as it was: its place in the order, its photo, its visit", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  const entry = await saved(database, { attachments: [attachment("aa")] });
  await saved(database, { feature_id: "other", seen: null, fields: { ledger_number: "B-1" } });
  const [before, visits] = [await listOutbox(database), await listVisits(database)];
  const undone = await undoChanges(database, [entry.change.change_id]);
  if (!undone) throw new Error("it was not undone");
  expect(await listUndone(database)).toEqual([undone]);
  expect(await redoChanges(database, undone)).toBe(true);
  expect(await listUndone(database)).toEqual([]);
  expect(await redoChanges(database, undone)).toBe(false);
  expect(await listOutbox(database)).toEqual(before);
  expect(await listVisits(database)).toEqual(visits);
  expect(await readPhoto(database, "aa")).toMatchObject({ state: "unsent" });
});

test("removing a photo ends redo: what was taken back may build on the change that went with it", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  await saved(database, { fields: FEATURE.fields, attachments: [attachment("aa")] });
  const text = await saved(database);
  const undone = await undoChange(database, text.change.change_id);
  if (!undone) throw new Error("it was not undone");
  expect(await removeUnsentPhoto(database, FEATURE.feature_id, "no such photo")).toBe(false);
  expect(await listUndone(database)).toEqual([undone]);
  expect(await removeUnsentPhoto(database, FEATURE.feature_id, "aa")).toBe(true);
  expect(await listUndone(database)).toEqual([]);
  expect(await redoChanges(database, undone)).toBe(false);
  expect(await listOutbox(database)).toEqual([]);
});

test("undo refuses what the server may have, and what another change builds on", async () => {
  const database = await filledDatabase();
  const first = await saved(database);
  const second = await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  expect(await undoChange(database, first.change.change_id)).toBeNull();
  await markOffered(database, [second.sequence]);
  expect(await undoChange(database, second.change.change_id)).toBeNull();
  expect(await listOutbox(database)).toHaveLength(2);
});

test("mending replaces a rejected change and its successors by one change against the server's copy", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  const first = await saved(database, { attachments: [attachment("aa")] });
  const second = await saved(database, { fields: { ledger_number: "B-2", status: "球切れ" } });
  const verdict = { revision: null, conflicts: [], problem };
  await applyReceipts(
    database,
    [
      { ...verdict, change_id: first.change.change_id, status: "rejected" },
      { ...verdict, change_id: second.change.change_id, status: "held" },
    ],
    "e1",
  );
  const mended = await saved(database, { fields: { ledger_number: "B-2", status: "撤去" } });
  expect(await listOutbox(database)).toEqual([mended]);
  expect(mended.change).toMatchObject({
    kind: "update",
    after: null,
    base_revision: 41,
    fields: { status: { old: "点灯", new: "撤去" }, ledger_number: { old: "A-1", new: "B-2" } },
    attachments: [attachment("aa")],
  });
});

test("a change is mended too that the office keeps for one that was left to it", async () => {
  const database = await filledDatabase();
  const first = await saved(database);
  const second = await saved(database, { fields: { ledger_number: "B-2", status: "球切れ" } });
  const verdict = { revision: null, conflicts: [], problem };
  await applyReceipts(database, [{ ...verdict, change_id: first.change.change_id, status: "rejected" }], "e1");
  await handOver(database, FEATURE.feature_id);
  await applyReceipts(database, [{ ...verdict, change_id: second.change.change_id, status: "held" }], "e1");
  const mended = await saved(database, { fields: { ledger_number: "B-2", status: "撤去" } });
  expect(await listOutbox(database)).toEqual([mended]);
  expect(mended.change).toMatchObject({ after: null, base_revision: 41, fields: { status: { new: "撤去" } } });
});

test("a new feature that the office refused and its crew deletes asks nothing more of the office", async () => {
  const database = await filledDatabase();
  const made = await saved(database, { feature_id: "new", seen: null, geometry: POINT(1, 2) });
  const verdict = { revision: null, conflicts: [], problem };
  await applyReceipts(database, [{ ...verdict, change_id: made.change.change_id, status: "rejected" }], "e1");
  const seen = { ...FEATURE, feature_id: "new", revision: 0 };
  expect(await saveEdit(database, wishOf({ feature_id: "new", seen, is_deletion: true }))).toBeNull();
  expect(await listOutbox(database)).toEqual([]);
});

test("a failing save leaves nothing behind", async () => {
  const database = await filledDatabase();
  await writeDraft(database, draft);
  const broken = wishOf({ attachments: [{ ...attachment("aa"), name: (() => 1) as unknown as string }] });
  await expect(saveEdit(database, broken)).rejects.toThrow();
  expect(await listOutbox(database)).toEqual([]);
  expect(await listDrafts(database)).toHaveLength(1);
});

/** Lets the store refuse from the n-th write on, as death does; gives how many were asked for. */
function dyingAt(n_deadly: number) {
  let n_writes = 0;
  const store = IDBObjectStore.prototype;
  const spies = (["put", "add", "delete", "clear"] as const).map((name) => {
    const original = store[name] as (...given: unknown[]) => IDBRequest;
    return vi.spyOn(store, name).mockImplementation(function (this: IDBObjectStore, ...given: unknown[]) {
      if (++n_writes >= n_deadly) throw new Error("died");
      return original.apply(this, given) as never;
    });
  });
  return () => {
    for (const spy of spies) spy.mockRestore();
    return n_writes;
  };
}

const split = () => [
  ...["p2", "p3"].map((feature_id) => wishOf({ feature_id, seen: null, geometry: POINT(1, 2) })),
  wishOf({ geometry: POINT(3, 4) }),
];
const merge = () => [wishOf({ geometry: POINT(3, 4) }), wishOf({ feature_id: "other", is_deletion: true })];

for (const [name, wishes] of [
  ["dividing", split],
  ["joining", merge],
] as const) {
  test(`${name} that dies at any of its writes leaves all as it was: no part alone, the draft, what can be done again`, async () => {
    const begin = async () => {
      const database = await filledDatabase();
      const { change } = await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
      await undoChange(database, change.change_id);
      await writeDraft(database, draft);
      return database;
    };
    const whole = await begin();
    const stop = dyingAt(Number.POSITIVE_INFINITY);
    await saveEdits(whole, wishes());
    const n_writes = stop();
    expect(n_writes).toBeGreaterThan(2 * wishes().length);
    expect(await listOutbox(whole)).toHaveLength(wishes().length);
    for (let deadly = 1; deadly <= n_writes; deadly++) {
      const database = await begin();
      const end = dyingAt(deadly);
      await expect(saveEdits(database, wishes())).rejects.toThrow("died");
      end();
      const left = [await listOutbox(database), await listDrafts(database), await listUndone(database)];
      expect(left.map(({ length }) => length)).toEqual([0, 1, 1]);
    }
  });
}

test("photos of a form whose draft was never written go, those of drafts and changes stay", async () => {
  const database = await filledDatabase();
  for (const sha256 of ["aa", "bb", "cc"]) await keepDraftPhoto(database, photo(sha256));
  await saved(database, { attachments: [attachment("bb")] });
  await writeDraft(database, draft);
  await discardLostPhotos(database);
  const there = await Promise.all(["aa", "bb", "cc"].map((sha256) => readPhoto(database, sha256)));
  expect(there.map((found) => found?.state)).toEqual(["draft", "unsent", undefined]);
});

test("throwing a draft away takes its photos along, but none that was saved", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  await keepDraftPhoto(database, photo("bb"));
  await saved(database, { attachments: [attachment("bb")] });
  await writeDraft(database, { ...draft, photos: ["aa", "bb"] });
  await discardDraft(database, FEATURE.feature_id);
  expect(await readPhoto(database, "aa")).toBeUndefined();
  expect(await readPhoto(database, "bb")).toMatchObject({ state: "unsent" });
});

test("a visit is a change of its own, also where no value differs, and is noted with it", async () => {
  const database = await filledDatabase();
  const { change } = await saved(database, { fields: FEATURE.fields, visit_note: "変わりなし" });
  expect(change).toMatchObject({ kind: "update", fields: {}, is_visit: true, note: "変わりなし" });
  expect(await listVisits(database)).toMatchObject([{ feature_id: FEATURE.feature_id, kind: "checked" }]);
});

test("what was changed today stays changed on the round; undo brings back what was there before", async () => {
  const database = await filledDatabase();
  await saved(database);
  const { change } = await saved(database, { fields: FEATURE.fields, visit_note: "変わりなし" });
  expect(await listVisits(database)).toMatchObject([{ kind: "changed" }]);
  await undoChange(database, change.change_id);
  expect(await listVisits(database)).toMatchObject([{ kind: "changed" }]);
  await undoChange(database, (await listOutbox(database))[0]?.change.change_id ?? "");
  expect(await listVisits(database)).toEqual([]);
});

test("a place that was put right today stays so when something else of the feature is saved", async () => {
  const database = await filledDatabase();
  await saved(database, { geometry: POINT(137.1, 36.1) });
  await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  expect(await listVisits(database)).toMatchObject([{ kind: "changed", is_placed: true }]);
});

test("wishes that belong together are saved and taken back together, or not at all", async () => {
  const database = await filledDatabase();
  const part = { ...wishOf(), feature_id: "part", seen: null, geometry: POINT(1, 2), label: "A-1-2" };
  const whole = { ...wishOf({ fields: { ...FEATURE.fields, status: "撤去" } }), label: "A-1" };
  const together = (await saveEdits(database, [part, whole])).map((entry) => entry?.change.change_id ?? "");
  expect(await listOutbox(database)).toHaveLength(2);
  const broken = { ...whole, layer: { ...whole.layer, key: Symbol("no key") as unknown as string } };
  await expect(saveEdits(database, [{ ...part, feature_id: "third" }, broken])).rejects.toThrow();
  expect(await listOutbox(database)).toHaveLength(2);
  await markOffered(database, [1]);
  expect(await undoChanges(database, together)).toBeNull();
  expect(await listOutbox(database)).toHaveLength(2);
});
