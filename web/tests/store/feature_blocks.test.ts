import { expect, test } from "vitest";
import type { Database } from "../../src/store/database.ts";
import { applyPage, chooseLayers, listFeatures, readAround, restartPull } from "../../src/store/features.ts";
import { applyReceipts } from "../../src/store/outbox.ts";
import { listPhotosAtOffice } from "../../src/store/photos.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { newDatabase, page, saved } from "./stored.ts";

const KEYS = [LAYER.key];
const listing = { definition: LAYER, n_features: 250, n_unlocated: 0, extent: null, revision: 57 };
const idOf = (number: number) => `f${String(number).padStart(3, "0")}`;
const lines = (numbers: readonly number[], over = {}) =>
  numbers.map((number) => ({ type: "feature" as const, ...FEATURE, feature_id: idOf(number), ...over }));
const ALL = Array.from({ length: 250 }, (_, number) => number);

async function pulledDatabase(): Promise<Database> {
  const database = newDatabase();
  await chooseLayers(database, [listing]);
  await applyPage(database, page(lines(ALL)), KEYS);
  return database;
}

const countRecords = (database: Database, store: "features" | "blocks") =>
  database.read([store], (transaction) => transaction.objectStore(store).count());
const idsHere = async (database: Database) =>
  (await listFeatures(database, LAYER.key)).map(({ feature_id }) => feature_id).sort();
const find = async (database: Database, number: number) => (await readAround(database, LAYER.key, idOf(number))).base;

test("a first pull is written in few records, and each feature is found", async () => {
  const database = await pulledDatabase();
  expect([await countRecords(database, "features"), await countRecords(database, "blocks")]).toEqual([0, 3]);
  expect(await idsHere(database)).toEqual(ALL.map(idOf));
  expect(await find(database, 137)).toEqual({ ...FEATURE, feature_id: idOf(137) });
  expect(await find(database, 999)).toBeNull();
});

test("what changed since stands for what came in a block; what is deleted is nowhere", async () => {
  const database = await pulledDatabase();
  const gone = [140, 141, 249].map((number) => ({
    type: "deletion" as const,
    layer: LAYER.key,
    feature_id: idOf(number),
    revision: 60,
  }));
  await applyPage(database, page([...lines([139], { revision: 60 }), ...gone], { since: 57, revision: 60 }), KEYS);
  expect((await find(database, 139))?.revision).toBe(60);
  expect(await idsHere(database)).toEqual(ALL.filter((number) => ![140, 141, 249].includes(number)).map(idOf));
  expect(await find(database, 141)).toBeNull();
  await applyPage(database, page([{ ...gone[0], feature_id: idOf(139) } as never], { since: 60 }), KEYS);
  expect(await find(database, 139)).toBeNull();
});

test("within a page, what comes after its deletion is there, and what is deleted after it came is not", async () => {
  const database = await pulledDatabase();
  const gone = (number: number) => ({
    type: "deletion" as const,
    layer: LAYER.key,
    feature_id: idOf(number),
    revision: 60,
  });
  await applyPage(database, page([gone(1), ...lines([1, 2], { revision: 61 }), gone(2)]), KEYS);
  expect((await find(database, 1))?.revision).toBe(61);
  expect(await find(database, 2)).toBeNull();
});

test("a pull from the beginning stands for what was there page by page, and leaves nothing twice", async () => {
  const database = await pulledDatabase();
  await applyPage(database, page(lines([7], { revision: 60 }), { since: 57, revision: 60 }), KEYS);
  await restartPull(database);
  await applyPage(database, page(lines(ALL.slice(0, 100), { revision: 70 }), { next: "c2", revision: 70 }), KEYS);
  expect(await listFeatures(database, LAYER.key)).toHaveLength(250);
  expect([(await find(database, 7))?.revision, (await find(database, 200))?.revision]).toEqual([70, FEATURE.revision]);
  await applyPage(database, page(lines(ALL.slice(100, 200), { revision: 70 }), { revision: 70 }), KEYS);
  // What did not come again was deleted meanwhile; a pull from the beginning tells of no deletion before it.
  expect(await listFeatures(database, LAYER.key)).toHaveLength(200);
  expect([await countRecords(database, "features"), await countRecords(database, "blocks")]).toEqual([0, 2]);
});

test("what was deleted at the office between a pull that was given up and the next goes, but for what waits to be sent", async () => {
  const database = newDatabase();
  const listing = { definition: LAYER, n_features: 4, n_unlocated: 0, extent: null, revision: 57 };
  await chooseLayers(database, [listing]);
  await applyPage(database, page(lines([1, 2, 3]), { next: "c2" }), KEYS);
  await saved(database, { feature_id: idOf(3), seen: await find(database, 3) });
  await chooseLayers(database, [listing, { ...listing, definition: { ...LAYER, key: "park" } }]);
  await applyPage(database, page(lines([1, 4]), { revision: 58 }), [...KEYS, "park"]);
  const left = (await listFeatures(database, LAYER.key)).map(({ feature_id }) => feature_id);
  expect(left.sort()).toEqual([1, 3, 4].map(idOf).sort());
});

test("the word of the server on a change stands for what came in a block", async () => {
  const database = await pulledDatabase();
  const { change } = await saved(database, { feature_id: idOf(5), seen: await find(database, 5) });
  const word = { change_id: change.change_id, revision: 60, conflicts: [], problem: null };
  await applyReceipts(database, [{ ...word, status: "applied" }], "e1");
  expect(await find(database, 5)).toMatchObject({ revision: 60, fields: { status: "球切れ" } });
  const removal = await saved(database, { feature_id: idOf(5), seen: await find(database, 5), is_deletion: true });
  await applyReceipts(database, [{ ...word, change_id: removal.change.change_id, status: "applied" }], "e1");
  expect(await find(database, 5)).toBeNull();
});

test("photos are found wherever their feature is kept, but not where it has none any more", async () => {
  const database = await pulledDatabase();
  const attachment = (sha256: string) => ({ sha256, name: "1.jpg", size_bytes: 1, media_type: "image/jpeg" });
  await applyPage(database, page(lines([300, 301], { attachments: [attachment("a")] })), KEYS);
  await applyPage(database, page(lines([10], { attachments: [attachment("b")] }), { since: 57 }), KEYS);
  const shas = async () => (await listPhotosAtOffice(database)).map(({ sha256 }) => sha256).sort();
  expect(await shas()).toEqual(["a", "b"]);
  await applyPage(database, page(lines([300, 301, 10], { attachments: [] }), { since: 57 }), KEYS);
  expect(await shas()).toEqual([]);
});

const MANY = Array.from({ length: 700 }, (_, number) => number);
const copiesOf = (database: Database, number: number) =>
  database.read(["features", "blocks"], async (transaction) => {
    const single = await transaction.objectStore("features").get([LAYER.key, idOf(number)]);
    const blocks = await transaction.objectStore("blocks").index("feature_id").getAll(idOf(number));
    const inBlocks = blocks.flatMap(({ features }) => features).filter(({ feature_id }) => feature_id === idOf(number));
    return [...inBlocks, ...(single ? [single] : [])].map(({ revision }) => revision);
  });

test("many rows that changed at once are written in few records, and no old copy of them is left", async () => {
  const database = await pulledDatabase();
  await applyPage(database, page(lines([7, 8], { revision: 60 }), { since: 57, revision: 60 }), KEYS);
  await applyPage(database, page(lines(MANY, { revision: 70 }), { since: 60, revision: 70 }), KEYS);
  expect([await countRecords(database, "features"), await countRecords(database, "blocks")]).toEqual([0, 7]);
  expect(await idsHere(database)).toEqual(MANY.map(idOf));
  for (const number of [7, 137, 650]) expect(await copiesOf(database, number)).toEqual([70]);
  // What comes alone after that stands for it again.
  await applyPage(database, page(lines([7], { revision: 80 }), { since: 70, revision: 80 }), KEYS);
  expect((await find(database, 7))?.revision).toBe(80);
});

test("what came alone over many days is put together at the end of a pull, once it is much", async () => {
  const database = await pulledDatabase();
  for (const day of [0, 1]) {
    const changed = MANY.filter((number) => number % 4 === day);
    const revision = 60 + day;
    await applyPage(database, page(lines(changed, { revision }), { since: 57 + day, revision }), KEYS);
  }
  expect(await countRecords(database, "features")).toBe(350);
  expect(await copiesOf(database, 4)).toEqual([FEATURE.revision, 60]);
  const last = MANY.filter((number) => number % 4 === 2);
  const { change } = await saved(database, { feature_id: idOf(4), seen: await find(database, 4) });
  await applyPage(database, page(lines(last, { revision: 62 }), { since: 61, revision: 62 }), KEYS);
  expect(await countRecords(database, "features")).toBe(0);
  expect([await copiesOf(database, 4), await copiesOf(database, 6), await copiesOf(database, 7)]).toEqual([
    [60],
    [62],
    [FEATURE.revision],
  ]);
  expect(await idsHere(database)).toEqual(MANY.filter((number) => number % 4 !== 3 || number < 250).map(idOf));
  // They are still of the server's store, and a change that was made before builds on what its author saw.
  expect(change.base_revision).toBe(60);
  const next = await saved(database, { feature_id: idOf(8), seen: await find(database, 8) });
  expect(next.change.base_revision).toBe(60);
});

test("a photo that is gone is not found in an old block while all is pulled anew", async () => {
  const database = newDatabase();
  const attachments = [{ sha256: "a", name: "1.jpg", size_bytes: 1, media_type: "image/jpeg" }];
  await chooseLayers(database, [listing]);
  await applyPage(database, page(lines([1, 2], { attachments })), KEYS);
  await restartPull(database);
  await applyPage(database, page(lines([1, 2]), { next: "c2" }), KEYS);
  expect((await find(database, 1))?.attachments).toEqual([]);
  expect(await listPhotosAtOffice(database)).toEqual([]);
});

test("a layer that is left goes with its blocks", async () => {
  const database = await pulledDatabase();
  await chooseLayers(database, []);
  expect([await countRecords(database, "features"), await countRecords(database, "blocks")]).toEqual([0, 0]);
});
