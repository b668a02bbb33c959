import { deleteDB, openDB } from "idb";
import { expect, test, vi } from "vitest";
import { Database, StorageError, whenNewer } from "../../src/store/database.ts";
import { listUndone } from "../../src/store/edits.ts";
import { deviceId, readSetting, writeSetting } from "../../src/store/settings.ts";
import { listVisits } from "../../src/store/visits.ts";
import { newDatabase } from "./stored.ts";

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
