import { expect, test } from "vitest";
import {
  applyPage,
  chooseLayers,
  listConflicts,
  listFeatures,
  listLayers,
  restartPull,
} from "../../src/store/features.ts";
import { applyReceipts, listOutbox } from "../../src/store/outbox.ts";
import { readSetting } from "../../src/store/settings.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { filledDatabase, page, saved } from "./stored.ts";

const KEYS = [LAYER.key];
const other = { ...FEATURE, feature_id: "other" };
const ids = (features: { feature_id: string }[]) => features.map(({ feature_id }) => feature_id);
const conflict = (change_id: string, state: string) => ({
  type: "conflict" as const,
  conflict_id: "k1",
  layer: LAYER.key,
  feature_id: FEATURE.feature_id,
  change_id,
  kind: "update",
  state,
  revision: 60,
  fields: [],
  geometry: null,
});

test("applying a page twice changes nothing", async () => {
  const database = await filledDatabase();
  const lines = [{ type: "feature" as const, ...other }];
  await applyPage(database, page(lines), KEYS);
  const once = await listFeatures(database, LAYER.key);
  await applyPage(database, page(lines), KEYS);
  expect(await listFeatures(database, LAYER.key)).toEqual(once);
  expect(await readSetting(database, "epoch")).toBe("e1");
});

test("a page that is not the last keeps the place to go on from, and the revision only comes with the last", async () => {
  const database = await filledDatabase();
  await applyPage(database, page([], { since: 57, revision: 70, next: "c2" }), KEYS);
  expect(await listLayers(database)).toMatchObject([{ revision: 57, cursor: "c2" }]);
  await applyPage(database, page([], { since: 57, revision: 70 }), KEYS);
  expect(await listLayers(database)).toMatchObject([{ revision: 70, cursor: null }]);
});

test("deletions and features that left the area go; new definitions replace old ones", async () => {
  const database = await filledDatabase();
  await applyPage(
    database,
    page(
      [
        { type: "feature", ...other },
        { type: "deletion", layer: LAYER.key, feature_id: FEATURE.feature_id, revision: 58 },
        { type: "out_of_scope", layer: LAYER.key, feature_id: "other", revision: 59 },
        { type: "layer", layer: { ...LAYER, definition_version: 4 } },
      ],
      { since: 57 },
    ),
    KEYS,
  );
  expect(await listFeatures(database, LAYER.key)).toEqual([]);
  expect((await listLayers(database))[0]?.definition.definition_version).toBe(4);
});

test("after a pull from the beginning, what a replaced store does not have is gone; a later pull removes nothing", async () => {
  const database = await filledDatabase();
  await restartPull(database);
  await applyPage(database, page([{ type: "feature", ...other }], { epoch: "e2", next: "c2" }), KEYS);
  expect(ids(await listFeatures(database, LAYER.key))).toEqual([FEATURE.feature_id, "other"]);
  await applyPage(database, page([], { epoch: "e2" }), KEYS);
  expect(ids(await listFeatures(database, LAYER.key))).toEqual(["other"]);
  await applyPage(database, page([], { epoch: "e2", since: 57 }), KEYS);
  expect(ids(await listFeatures(database, LAYER.key))).toEqual(["other"]);
});

test("a conflict is kept while it is open; closing it lets go of the change that waited", async () => {
  const database = await filledDatabase();
  const { change } = await saved(database);
  const word = { change_id: change.change_id, revision: 60, conflicts: ["status"], problem: null };
  await applyReceipts(database, [{ ...word, status: "conflict" }], "e1");
  await applyPage(database, page([conflict(change.change_id, "open")], { since: 57 }), KEYS);
  expect(await listConflicts(database)).toHaveLength(1);
  expect(await listOutbox(database)).toHaveLength(1);
  await applyPage(database, page([conflict(change.change_id, "closed")], { since: 57 }), KEYS);
  expect(await listConflicts(database)).toEqual([]);
  expect(await listOutbox(database)).toEqual([]);
});

test("a layer that is not chosen any more goes, unless something of it waits to be sent", async () => {
  const database = await filledDatabase();
  await saved(database);
  await chooseLayers(database, []);
  expect(await listLayers(database)).toHaveLength(1);
  const idle = await filledDatabase();
  await chooseLayers(idle, []);
  expect(await listLayers(idle)).toEqual([]);
  expect(await listFeatures(idle, LAYER.key)).toEqual([]);
});

test("the place in a pull under way is kept for the same layers, and forgotten with others", async () => {
  const listing = { definition: LAYER, n_features: 9, n_unlocated: 0, extent: null, revision: 80 };
  const database = await filledDatabase();
  await applyPage(database, page([], { since: 57, next: "c2" }), KEYS);
  await chooseLayers(database, [listing]);
  expect(await listLayers(database)).toMatchObject([{ cursor: "c2" }]);
  await chooseLayers(database, [listing, { ...listing, definition: { ...LAYER, key: "park" } }]);
  expect((await listLayers(database)).map(({ cursor }) => cursor)).toEqual([null, null]);
});

test("choosing a layer again keeps how far it was pulled", async () => {
  const database = await filledDatabase();
  await chooseLayers(database, [{ definition: LAYER, n_features: 9, n_unlocated: 0, extent: null, revision: 80 }]);
  expect(await listLayers(database)).toMatchObject([{ revision: 57, n_features: 9 }]);
});

test("a layer brings along how the office draws it, in single themes too", async () => {
  const database = await filledDatabase();
  const listing = { definition: LAYER, n_features: 9, n_unlocated: 0, extent: null, revision: 80 };
  const own_legend = { layer: LAYER.key, title: LAYER.title, kind: "point" as const, entries: [] };
  const styles = { own_style: [{ id: "lamp" }], own_legend, theme_styles: { night: [{ id: "dim" }] } };
  await chooseLayers(database, [{ ...listing, ...styles }]);
  expect(await listLayers(database)).toMatchObject([styles]);
  await chooseLayers(database, [listing]);
  expect(await listLayers(database)).toMatchObject([{ own_style: [], own_legend: null, theme_styles: {} }]);
});

test("with another area all is pulled anew: what lies outside goes at its end, but not what has a change to send", async () => {
  const database = await filledDatabase();
  const listing = { definition: LAYER, n_features: 3, n_unlocated: 0, extent: null, revision: 57 };
  const third = { ...FEATURE, feature_id: "third" };
  await applyPage(database, page([other, third].map((one) => ({ type: "feature" as const, ...one }))), KEYS);
  await saved(database, {});
  const area = { name: "花里町", bbox: [137, 36, 137.1, 36.1] as const };

  await chooseLayers(database, [listing], area);
  expect(await listLayers(database)).toMatchObject([{ revision: 0, cursor: null, is_stale: true }]);
  expect(await listFeatures(database, LAYER.key)).toHaveLength(3);
  await applyPage(database, page([{ type: "feature", ...other }]), KEYS, area);
  expect(ids(await listFeatures(database, LAYER.key))).toEqual([FEATURE.feature_id, "other"]);

  // The same area again pulls only what changed; a wider one brings back what was left out.
  await chooseLayers(database, [listing], area);
  expect(await listLayers(database)).toMatchObject([{ revision: 57, is_stale: false }]);
  await chooseLayers(database, [listing], null);
  const all = [FEATURE, other, third].map((one) => ({ type: "feature" as const, ...one }));
  await applyPage(database, page(all), KEYS, null);
  expect(await listFeatures(database, LAYER.key)).toHaveLength(3);
});
