import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addVertex, EMPTY_SKETCH } from "../../src/geometry/sketch.ts";
import { Gps } from "../../src/gps/gps.svelte.ts";
import { Desk } from "../../src/main/tablet/desk.svelte.ts";
import { DraftForm } from "../../src/main/tablet/draft.svelte.ts";
import { Ledger } from "../../src/main/tablet/ledger.svelte.ts";
import { Database } from "../../src/store/database.ts";
import { listDrafts, writeDraft } from "../../src/store/drafts.ts";
import { applyPage, chooseLayers } from "../../src/store/features.ts";
import { markOffered } from "../../src/store/outbox.ts";
import { keepDraftPhoto, readPhoto } from "../../src/store/photos.ts";
import { FEATURE, LAYER, POINT } from "../samples.ts";
import { filledDatabase, page, photo } from "../store/stored.ts";

beforeEach(() => void vi.stubGlobal("navigator", {}));
afterEach(() => vi.unstubAllGlobals());

async function openDesk(database?: Awaited<ReturnType<typeof filledDatabase>>) {
  const ledger = new Ledger(database ?? (await filledDatabase()));
  await ledger.load();
  return new Desk(ledger, new Gps());
}

async function editedForm(desk: Desk) {
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  const { form } = desk;
  if (!form) throw new Error("no form opened");
  await form.set("status", "球切れ");
  return form;
}

const answer = async (desk: Desk, testid: string) => {
  const chosen = desk.question?.answers.find((candidate) => candidate.testid === testid);
  desk.question = null;
  await chosen?.run();
};

test("a map can be made before the features are read; they are told of once, when all are there", async () => {
  const ledger = new Ledger(await filledDatabase());
  const heard: [string, boolean][] = [];
  ledger.onChange((key) => heard.push([key, ledger.is_whole]));
  await ledger.loadLayers();
  expect([ledger.layers.length, ledger.features(LAYER.key), ledger.is_whole, heard]).toEqual([1, [], false, []]);
  await ledger.loadFeatures();
  expect(ledger.feature(LAYER.key, FEATURE.feature_id)?.feature_id).toBe(FEATURE.feature_id);
  expect(heard).toEqual([[LAYER.key, true]]);
});

test("saving a form shows the feature as it is now, counts the change and offers to undo it", async () => {
  const desk = await openDesk();
  const { ledger } = desk;
  const heard: (string | null)[] = [];
  ledger.onChange((_key, feature_id) => heard.push(feature_id));
  await editedForm(desk);
  expect(await desk.save()).toBe(true);
  expect(ledger.feature(LAYER.key, FEATURE.feature_id)?.fields.status).toBe("球切れ");
  expect([ledger.n_unsent, ledger.mark(FEATURE.feature_id), desk.panel.kind]).toEqual([1, "unsent", "map"]);
  expect(heard).toEqual([FEATURE.feature_id]);
  await desk.undo();
  expect(ledger.feature(LAYER.key, FEATURE.feature_id)?.fields.status).toBe("点灯");
  expect([ledger.n_unsent, ledger.undoable]).toEqual([0, []]);
});

test("a second tap while a form is saved, checked or divided saves nothing more", async () => {
  const desk = await openDesk();
  const { ledger } = desk;
  await editedForm(desk);
  expect(await Promise.all([desk.save(), desk.save()])).toEqual([true, true]);
  expect(ledger.n_unsent).toBe(1);
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  const { form } = desk;
  if (form) await Promise.all([desk.check(form), desk.check(form)]);
  expect(ledger.n_unsent).toBe(2);
  let n_done = 0;
  const divide = async () => void n_done++;
  await Promise.all([desk.finish(divide), desk.finish(divide)]);
  expect(n_done).toBe(1);
  await desk.finish(divide);
  expect(n_done).toBe(2);
});

test("a number that another feature has is asked about, and saved on the crew's word", async () => {
  const database = await filledDatabase();
  const definition = { ...LAYER, key_fields: ["ledger_number"] };
  await chooseLayers(database, [{ definition, n_features: 1, n_unlocated: 0, extent: null, revision: 57 }]);
  const desk = await openDesk(database);
  desk.recordIn(LAYER.key);
  await desk.place(POINT(137.25, 36.14));
  await desk.form?.set("ledger_number", "A-1");
  expect(await desk.save()).toBe(false);
  expect([desk.question?.text, desk.ledger.n_unsent]).toEqual([expect.stringContaining("「A-1」"), 0]);
  await answer(desk, "twin-save");
  expect([desk.ledger.n_unsent, desk.panel.kind]).toEqual([1, "map"]);
});

test("a shape that reaches out of the area taken along is asked about, by its farthest corner, and once", async () => {
  const database = await filledDatabase();
  const listing = { definition: LAYER, n_features: 1, n_unlocated: 0, revision: 57 };
  const extent: [number, number, number, number] = [137.24, 36.13, 137.26, 36.15];
  await chooseLayers(database, [{ ...listing, extent }], null);
  const desk = await openDesk(database);
  const put = async (...lons: number[]) => {
    desk.question = null;
    desk.recordIn(LAYER.key);
    await desk.place({ type: "MultiPoint", coordinates: lons.map((lon) => [lon, 36.14]) });
    return desk.question;
  };
  expect(await put(137.265)).toBeNull();
  expect(await put(137.25, 137.29)).not.toBeNull();
  await chooseLayers(database, [{ ...listing, extent }], { name: "範囲", bbox: extent });
  await desk.ledger.load();
  expect(await put(137.2605)).toBeNull();
  expect(await put(137.265)).toMatchObject({ text: expect.stringContaining("449 m") });
  await answer(desk, "outside-put");
  await desk.place(POINT(137.264, 36.14));
  expect(desk.question).toBeNull();
  await desk.place(POINT(137.266, 36.14));
  expect(desk.question).not.toBeNull();
});

test("opening, saving and undoing read the one feature, however many others and other changes are stored", async () => {
  const desk = await openDesk();
  const reads = (["getAll", "openCursor", "getAllKeys"] as const).map((name) =>
    vi.spyOn(IDBObjectStore.prototype, name),
  );
  await editedForm(desk);
  await desk.save();
  await desk.undo();
  expect([desk.ledger.n_unsent, reads.map((spy) => spy.mock.calls.length)]).toEqual([0, [0, 0, 0]]);
  vi.restoreAllMocks();
});

test("another window of the crew shows what is saved, taken back and fetched in this one", async () => {
  const database = await filledDatabase();
  const [desk, other] = [await openDesk(database), await openDesk(new Database(database.name))];
  const ends = [desk, other].map(({ ledger }) => ledger.followWindows());
  const shown = () => other.ledger.feature(LAYER.key, FEATURE.feature_id)?.fields.status;
  try {
    await editedForm(desk);
    await desk.save();
    await vi.waitFor(() => expect([shown(), other.ledger.n_unsent]).toEqual(["球切れ", 1]));
    await desk.undo();
    await vi.waitFor(() => expect([shown(), other.ledger.n_unsent]).toEqual(["点灯", 0]));
    await applyPage(database, page([{ type: "feature", ...FEATURE, fields: { status: "撤去" } }]), [LAYER.key]);
    await desk.ledger.load();
    await vi.waitFor(() => expect(shown()).toBe("撤去"));
  } finally {
    for (const end of ends) end();
  }
});

test("steps are taken back and done again one by one, as far as there are any; a new edit ends doing again", async () => {
  const desk = await openDesk();
  const { ledger } = desk;
  const status = () => ledger.feature(LAYER.key, FEATURE.feature_id)?.fields.status;
  for (const value of ["球切れ", "撤去", "球切れ"]) {
    desk.openFeature(LAYER.key, FEATURE.feature_id);
    await desk.form?.set("status", value);
    await desk.save();
  }
  const seen = [];
  for (let n = 0; n < 3; n++) {
    await desk.undo();
    seen.push(status());
  }
  for (let n = 0; n < 3; n++) {
    await desk.redo();
    seen.push(status());
  }
  expect(seen).toEqual(["撤去", "球切れ", "点灯", "球切れ", "撤去", "球切れ"]);
  expect([ledger.n_unsent, ledger.redoable, desk.toast]).toEqual([3, [], "やり直しました: 街路灯「A-1」の変更"]);

  await desk.undo();
  await desk.undo();
  const after = await openDesk(ledger.database);
  expect(after.ledger.redoable.length).toBe(2);
  await after.redo();
  expect([after.ledger.feature(LAYER.key, FEATURE.feature_id)?.fields.status, after.ledger.n_unsent]).toEqual([
    "撤去",
    2,
  ]);
  after.openFeature(LAYER.key, FEATURE.feature_id);
  await after.form?.set("status", "点灯");
  await after.save();
  expect(after.ledger.redoable).toEqual([]);
  expect((await openDesk(ledger.database)).ledger.redoable).toEqual([]);
  await desk.redo();
  expect(desk.toast).toBe("そのあとに保存した記録があるので、やり直せません。");
});

test("what was offered to the server is not undone any more", async () => {
  const desk = await openDesk();
  await editedForm(desk);
  await desk.save();
  await markOffered(
    desk.ledger.database,
    desk.ledger.entries.map(({ sequence }) => sequence),
  );
  await desk.undo();
  expect(desk.ledger.n_unsent).toBe(1);
});

test("every keystroke is kept, and the next start goes on with it", async () => {
  const desk = await openDesk();
  const form = await editedForm(desk);
  await form.place(POINT(137.3, 36.2), { method: "tap", accuracy_m: null, note: null });
  const after = await openDesk(desk.ledger.database);
  await after.resume();
  expect(after.form?.fields.status).toBe("球切れ");
  expect(after.form?.shape).toEqual(POINT(137.3, 36.2));
  await after.save();
  expect(after.ledger.entries[0]?.change).toMatchObject({
    fields: { status: { old: "点灯", new: "球切れ" } },
    geometry: { old: FEATURE.geometry, new: POINT(137.3, 36.2) },
    located: { method: "tap" },
  });
  expect(await listDrafts(after.ledger.database)).toEqual([]);
});

test("a form that is open in another window stays there; one of a layer that is not here does not hide others", async () => {
  const database = await filledDatabase();
  const desk = await openDesk(database);
  await editedForm(desk);
  const lock = `${database.name}.draft.${FEATURE.feature_id}`;
  const request = () => new Promise(() => undefined);
  vi.stubGlobal("navigator", { locks: { request, query: async () => ({ held: [{ name: lock }] }) } });
  const other = await openDesk(database);
  await other.resume();
  expect([other.form, (await listDrafts(database)).length]).toEqual([null, 1]);
  await writeDraft(database, { feature_id: "0", layer: "gone", seen: null, fields: {}, photos: [] });
  vi.stubGlobal("navigator", { locks: { request, query: async () => ({ held: [] }) } });
  await other.resume();
  expect(other.form?.fields.status).toBe("球切れ");
});

test("a form lets its draft go once it is saved or thrown away", async () => {
  const ended: string[] = [];
  const request = async (name: string, held: () => Promise<void>) => {
    await held();
    ended.push(name);
  };
  vi.stubGlobal("navigator", { locks: { request } });
  const desk = await openDesk();
  await editedForm(desk);
  expect(ended).toEqual([]);
  await desk.save();
  await (await editedForm(desk)).discard();
  await vi.waitFor(() => expect(ended).toHaveLength(2));
});

test("a photo that is still being taken in is waited for: it is saved with the form, or thrown away with it", async () => {
  const desk = await openDesk();
  const { database } = desk.ledger;
  for (const [leave, expected] of [
    ["save", "unsent"],
    ["discard", undefined],
  ] as const) {
    desk.openFeature(LAYER.key, FEATURE.feature_id);
    const { form } = desk;
    if (!form) throw new Error("no form opened");
    const sha256 = `hash of ${leave}`;
    const taking = form.wait(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await keepDraftPhoto(database, photo(sha256));
      await form.addPhoto(sha256);
    });
    desk.open("map");
    await answer(desk, `confirm-${leave}`);
    await taking;
    expect((await readPhoto(database, sha256))?.state).toBe(expected);
  }
  expect(desk.ledger.entries.map(({ change }) => change.attachments.length)).toEqual([1]);
});

test("of several points the nearest to the new place moves, and the others stay; a mixture of shapes is left to the office", async () => {
  const desk = await openDesk();
  const points = [
    [137.25, 36.14, 3.5],
    [137.26, 36.14],
  ];
  const layer = { ...LAYER, geometry_type: "MultiPoint" as const };
  const seen = { ...FEATURE, geometry: { type: "MultiPoint" as const, coordinates: points } };
  const form = new DraftForm(desk.ledger.database, layer, { seen });
  desk.choosePlace(form);
  expect(desk.panel.kind).toBe("place");
  await desk.place(POINT(137.2605, 36.1405));
  expect(form.shape).toEqual({ type: "MultiPoint", coordinates: [points[0], [137.2605, 36.1405]] });
  const mixed = { ...FEATURE, geometry: { type: "GeometryCollection" as const, geometries: [POINT(1, 2)] } };
  desk.choosePlace(new DraftForm(desk.ledger.database, { ...LAYER, geometry_type: "Geometry" }, { seen: mixed }));
  expect(desk.panel.kind).toBe("draw");
});

test("leaving a form with entries asks first; each answer does what it says", async () => {
  const desk = await openDesk();
  await editedForm(desk);
  desk.open("list");
  expect(desk.panel.kind).toBe("form");
  await answer(desk, "confirm-cancel");
  expect(desk.form?.is_dirty).toBe(true);
  desk.open("list");
  await answer(desk, "confirm-discard");
  expect([desk.panel.kind, desk.ledger.n_unsent]).toEqual(["list", 0]);
  expect(await listDrafts(desk.ledger.database)).toEqual([]);
  await editedForm(desk);
  desk.open("send");
  await answer(desk, "confirm-save");
  expect([desk.panel.kind, desk.ledger.n_unsent]).toEqual(["send", 1]);
});

test("leaving goes where a screen was opened from, and asks where something would be lost", async () => {
  const desk = await openDesk();
  desk.open("area");
  desk.box = addVertex(EMPTY_SKETCH, [137, 36]);
  desk.leave();
  expect([desk.panel.kind, desk.box]).toEqual(["menu", EMPTY_SKETCH]);
  desk.leave();
  expect(desk.panel.kind).toBe("map");
  await editedForm(desk);
  desk.leave();
  expect([desk.panel.kind, desk.question?.answers.length]).toEqual(["form", 3]);
});

test("a form without entries is left without a question", async () => {
  const desk = await openDesk();
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  desk.open("list");
  expect([desk.question, desk.panel.kind]).toEqual([null, "list"]);
});

const SKETCH = { vertices: [{ place: [137.25, 36.14], accuracy_m: null }], undone: [] };

test("what is drawn is kept corner by corner, opens again, and is thrown away on a person's word only", async () => {
  const desk = await openDesk();
  const { database } = desk.ledger;
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  if (desk.form) desk.reshape("split", desk.form);
  await desk.form?.draw({ tool: "split", sketch: SKETCH, is_walking: false });
  const after = await openDesk(database);
  await after.resume();
  expect([after.panel.kind, after.form?.is_dirty, after.form?.drawn]).toEqual([
    "split",
    false,
    { tool: "split", sketch: SKETCH, is_walking: false },
  ]);
  after.open("list");
  await answer(after, "confirm-cancel");
  expect([after.panel.kind, after.form?.drawn !== null]).toEqual(["split", true]);
  after.open("list");
  await answer(after, "sketch-discard");
  expect([after.panel.kind, after.question, await listDrafts(database)]).toEqual(["list", null, []]);
});

test("giving up what is drawn for a form with entries leaves those to the next question", async () => {
  const desk = await openDesk();
  const form = await editedForm(desk);
  desk.choosePlace(form);
  await form.draw({ tool: "reshape", shape: POINT(137.3, 36.2) });
  desk.open("list");
  await answer(desk, "sketch-discard");
  expect([desk.panel.kind, desk.question?.answers[0]?.testid]).toEqual(["form", "confirm-save"]);
  const [draft] = await listDrafts(desk.ledger.database);
  expect([draft?.fields.status, draft?.drawn]).toEqual(["球切れ", null]);
});

test("steps taken back and put quickly one after the other are kept in their order", async () => {
  const desk = await openDesk();
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  const drawn = { tool: "draw", sketch: SKETCH, is_walking: false } as const;
  await Promise.all([desk.form?.draw(drawn), desk.form?.draw(null), desk.form?.draw(drawn)]);
  expect((await listDrafts(desk.ledger.database))[0]?.drawn).toEqual(drawn);
});

test("a new feature gets its place, then its form; it is not saved before it is right", async () => {
  const desk = await openDesk();
  desk.open("record");
  expect(desk.panel.kind).toBe("place");
  await desk.place(POINT(137.26, 36.15), 4);
  expect(desk.form?.is_new).toBe(true);
  expect(await desk.save()).toBe(false);
  expect(Object.keys(desk.form?.problems ?? {})).toEqual(["ledger_number"]);
  await desk.form?.set("ledger_number", "A-2");
  expect(desk.form?.problems).toEqual({});
  expect(await desk.save()).toBe(true);
  expect(desk.ledger.entries[0]?.change).toMatchObject({
    kind: "insert",
    fields: { ledger_number: { new: "A-2" }, status: { new: "点灯" } },
    located: { method: "gps", accuracy_m: 4 },
  });
  expect(desk.ledger.features(LAYER.key)).toHaveLength(2);
});

test("giving up a place goes back to where one was", async () => {
  const desk = await openDesk();
  desk.open("record");
  desk.leavePlace();
  expect(desk.panel.kind).toBe("map");
  const form = await editedForm(desk);
  desk.choosePlace(form);
  desk.leavePlace();
  expect(desk.form).toBe(form);
});

test("features that are saved together are taken back together", async () => {
  const { ledger } = await openDesk();
  const made = {
    layer: LAYER,
    feature_id: "second",
    seen: null,
    geometry: POINT(137.26, 36.14),
    fields: { status: "点灯" },
    position: null,
    attachments: [],
    is_deletion: false,
  };
  const changed = {
    ...made,
    feature_id: FEATURE.feature_id,
    seen: FEATURE,
    fields: { ...FEATURE.fields, status: "球切れ" },
  };
  await ledger.saveTogether([changed, made]);
  expect([ledger.n_unsent, ledger.undoable.map((group) => group.length)]).toEqual([2, [2]]);
  await ledger.undo();
  await ledger.redo();
  expect([ledger.n_unsent, ledger.undoable.map((group) => group.length)]).toEqual([2, [2]]);
  const after = await openDesk(ledger.database);
  expect(after.ledger.undoable).toEqual(ledger.undoable);
  await after.undo();
  expect([after.ledger.n_unsent, after.ledger.features(LAYER.key).length]).toEqual([0, 1]);
  expect(after.toast).toBe("元に戻しました: 街路灯「A-1」の変更、ほか1件");
});

test("a deletion is asked about, takes the feature off the map and can be undone", async () => {
  const desk = await openDesk();
  const form = await editedForm(desk);
  desk.askDeletion(form);
  expect(desk.question?.text).toContain("A-1");
  await answer(desk, "confirm-delete");
  expect(desk.ledger.features(LAYER.key)).toEqual([]);
  expect(desk.ledger.entries.map(({ change, label }) => [change.kind, label])).toEqual([["delete", "A-1"]]);
  await desk.undo();
  expect(desk.ledger.features(LAYER.key)).toHaveLength(1);
});

test("a storage that fails is told in three parts, and the form stays open", async () => {
  const desk = await openDesk();
  const form = await editedForm(desk);
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(desk.ledger.database, "write").mockRejectedValue(new Error("broken"));
  expect(await desk.save()).toBe(false);
  expect(Object.values(desk.trouble ?? {})).toHaveLength(3);
  expect(desk.form).toBe(form);
  vi.restoreAllMocks();
});
