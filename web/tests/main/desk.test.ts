import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Gps } from "../../src/gps/gps.svelte.ts";
import { Desk } from "../../src/main/tablet/desk.svelte.ts";
import { Ledger } from "../../src/main/tablet/ledger.svelte.ts";
import { listDrafts } from "../../src/store/drafts.ts";
import { markOffered } from "../../src/store/outbox.ts";
import { keepDraftPhoto, readPhoto } from "../../src/store/photos.ts";
import { FEATURE, LAYER, POINT } from "../samples.ts";
import { filledDatabase, photo } from "../store/stored.ts";

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

test("a form without entries is left without a question", async () => {
  const desk = await openDesk();
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  desk.open("list");
  expect([desk.question, desk.panel.kind]).toEqual([null, "list"]);
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
