import { deleteDB, openDB } from "idb";
import { afterEach, expect, test, vi } from "vitest";
import { Database, requireStorage, StorageError, whenNewer } from "../../src/store/database.ts";
import { listUndone } from "../../src/store/edits.ts";
import { applyPage, listFeatures, listLayers, restartPull } from "../../src/store/features.ts";
import { deviceId, readSetting, writeSetting } from "../../src/store/settings.ts";
import { listVisits } from "../../src/store/visits.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { newDatabase, page, saved } from "./stored.ts";

afterEach(() => vi.unstubAllGlobals());

const lost = () => new DOMException("Connection to Indexed Database server lost.", "UnknownError");

test("work on a connection that the browser dropped is done on a new one", async () => {
  const database = newDatabase();
  await writeSetting(database, "author", "1班");
  const work = vi.fn().mockRejectedValueOnce(lost()).mockResolvedValueOnce("done");
  expect(await database.read(["settings"], work)).toBe("done");
  expect(work).toHaveBeenCalledTimes(2);
  expect(await readSetting(database, "author")).toBe("1班");
});

test("a store that stays lost is told as such; other errors are passed on as they are", async () => {
  const database = newDatabase();
  await expect(database.read(["settings"], () => Promise.reject(lost()))).rejects.toMatchObject({ kind: "lost" });
  await expect(database.read(["settings"], () => Promise.reject(new RangeError("mine")))).rejects.toThrow(RangeError);
});

test("a full device is told as such", async () => {
  const full = new DOMException("full", "QuotaExceededError");
  const writing = newDatabase().write(["settings"], () => Promise.reject(full));
  await expect(writing).rejects.toBeInstanceOf(StorageError);
  await expect(writing).rejects.toMatchObject({ kind: "full" });
});

test("a browser that lets nothing be kept, and an address that may not, are told as such", async () => {
  const denied = new DOMException("The user denied permission to access the database.", "UnknownError");
  const writing = newDatabase().write(["settings"], () => Promise.reject(denied));
  await expect(writing).rejects.toMatchObject({ kind: "refused" });
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("sessionStorage", {});
  vi.stubGlobal("localStorage", {});
  expect(requireStorage).not.toThrow();
  vi.stubGlobal("localStorage", undefined);
  expect(requireStorage).toThrow(expect.objectContaining({ kind: "refused" }));
  vi.stubGlobal("isSecureContext", false);
  expect(requireStorage).toThrow(expect.objectContaining({ kind: "insecure" }));
});

test("a write is all or nothing", async () => {
  const database = newDatabase();
  const broken = database.write(["settings"], async (transaction) => {
    await transaction.objectStore("settings").put("half", "author");
    throw new Error("broken in the middle");
  });
  await expect(broken).rejects.toThrow("broken in the middle");
  expect(await readSetting(database, "author")).toBeUndefined();
});

test("the tablet keeps its id, also when two callers ask at once", async () => {
  const database = newDatabase();
  const [first, second] = await Promise.all([deviceId(database), deviceId(database)]);
  expect(second).toBe(first);
  await database.close();
  expect(await deviceId(database)).toBe(first);
});

test("a store of the first version is brought on, and keeps what lies in it", async () => {
  const name = `test-${crypto.randomUUID()}`;
  const old = await openDB(name, 1, { upgrade: (connection) => void connection.createObjectStore("settings") });
  await old.put("settings", "1班", "author");
  old.close();
  const database = new Database(name);
  expect(await readSetting(database, "author")).toBe("1班");
  expect(await listVisits(database)).toEqual([]);
  expect(await listUndone(database)).toEqual([]);
});

/** A store as version 4 left it in the middle of a first pull: each feature alone, the place to go on from noted. */
async function halfPulledBefore(): Promise<string> {
  const name = `test-${crypto.randomUUID()}`;
  const old = await openDB(name, 4, {
    upgrade: (connection) => {
      for (const store of ["settings", "chunks", "lots"]) connection.createObjectStore(store);
      for (const [store, keyPath] of [
        ["layers", "key"],
        ["drafts", "feature_id"],
        ["conflicts", "conflict_id"],
        ["packs", "sha256"],
        ["visits", "feature_id"],
        ["towns", "town_id"],
      ] as const)
        connection.createObjectStore(store, { keyPath });
      connection.createObjectStore("features", { keyPath: ["layer", "feature_id"] });
      const outbox = connection.createObjectStore("outbox", { keyPath: "sequence", autoIncrement: true });
      outbox.createIndex("feature_id", "change.feature_id");
      outbox.createIndex("change_id", "change.change_id", { unique: true });
      connection.createObjectStore("photos", { keyPath: "sha256" }).createIndex("state", "state");
      connection.createObjectStore("undone", { keyPath: "id", autoIncrement: true });
    },
  });
  const layer = { key: LAYER.key, definition: LAYER, n_features: 3, extent: null, own_style: [], has_paper: false };
  await old.put("layers", { ...layer, revision: 0, cursor: "c2", is_stale: false });
  for (const feature_id of ["a", "b"]) await old.put("features", { ...FEATURE, feature_id, epoch: "e1" });
  await old.put("settings", "e1", "epoch");
  old.close();
  return name;
}

test("a store with features and a half-done pull is brought on: the pull goes on from its place, and nothing is twice or lost", async () => {
  const database = new Database(await halfPulledBefore());
  const { change } = await saved(database, { feature_id: "a", seen: { ...FEATURE, feature_id: "a" } });
  expect(change.base_revision).toBe(FEATURE.revision);
  expect(await listLayers(database)).toMatchObject([{ revision: 0, cursor: "c2" }]);
  const lines = ["b", "c"].map((feature_id) => ({
    type: "feature" as const,
    ...FEATURE,
    feature_id,
    revision: FEATURE.revision + 1,
  }));
  await applyPage(database, page(lines), [LAYER.key]);
  expect(await listLayers(database)).toMatchObject([{ revision: 57, cursor: null }]);
  const there = (await listFeatures(database, LAYER.key)).map(({ feature_id, revision }) => [feature_id, revision]);
  expect(there.sort()).toEqual([
    ["a", 41],
    ["b", 42],
    ["c", 42],
  ]);
  await applyPage(
    database,
    page([{ type: "deletion", layer: LAYER.key, feature_id: "b", revision: 60 }], { since: 57, revision: 60 }),
    [LAYER.key],
  );
  expect(await listFeatures(database, LAYER.key)).toHaveLength(2);
  // Pulled anew, what came before the upgrade and does not come again goes as well; what waits to be sent stays.
  await restartPull(database);
  await applyPage(database, page(lines.slice(1)), [LAYER.key]);
  const left = (await listFeatures(database, LAYER.key)).map(({ feature_id }) => feature_id);
  expect(left.sort()).toEqual(["a", "c"]);
});

test("a store that a newer app takes over is let go of, is told at once, and at each piece of work", async () => {
  const told = vi.fn();
  whenNewer(told);
  const database = newDatabase();
  await writeSetting(database, "author", "1班");
  const newer = await openDB(database.name, 1000);
  expect(told).toHaveBeenCalledTimes(1);
  await expect(writeSetting(database, "author", "2班")).rejects.toMatchObject({ kind: "newer" });
  await expect(readSetting(new Database(database.name), "author")).rejects.toMatchObject({ kind: "newer" });
  expect(await newer.get("settings", "author")).toBe("1班");
  newer.close();
});

test("a store that is removed is let go of without a word", async () => {
  const told = vi.fn();
  whenNewer(told);
  const database = newDatabase();
  await writeSetting(database, "author", "1班");
  await deleteDB(database.name);
  expect(told).not.toHaveBeenCalled();
});
