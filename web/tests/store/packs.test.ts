import { expect, test } from "vitest";
import {
  adoptPacks,
  beginPack,
  CHUNK_BYTES,
  completePack,
  keepPacks,
  listPacks,
  packReader,
  readChunk,
  sizesHere,
  writeChunk,
} from "../../src/store/packs.ts";
import { newDatabase } from "./stored.ts";

const SIZE = 2 * CHUNK_BYTES + 500;
const byteAt = (offset: number) => (offset * 7 + Math.floor(offset / CHUNK_BYTES)) % 251;

test("bytes are read as if the pack were whole: within a chunk, over its edge, past the end", async () => {
  const database = newDatabase();
  for (let index = 0; index < 3; index++) {
    const first = index * CHUNK_BYTES;
    const chunk = Uint8Array.from({ length: Math.min(CHUNK_BYTES, SIZE - first) }, (_, at) => byteAt(first + at));
    await writeChunk(database, "aa", index, chunk.buffer);
  }
  const read = packReader(database, "aa");
  for (const [offset, n_bytes, n_expected] of [
    [10, 20, 20],
    [CHUNK_BYTES - 5, 10, 10],
    [CHUNK_BYTES - 1, CHUNK_BYTES + 2, CHUNK_BYTES + 2],
    [SIZE - 4, 100, 4],
  ] as const) {
    const bytes = new Uint8Array(await read(offset, n_bytes));
    expect(bytes.length).toBe(n_expected);
    expect([bytes[0], bytes.at(-1)]).toEqual([byteAt(offset), byteAt(offset + n_expected - 1)]);
  }
});

test("a chunk that is missing is an error, not silence", async () => {
  await expect(packReader(newDatabase(), "aa")(0, 10)).rejects.toThrow("chunk 0");
});

const PACK = { name: "base", sha256: "aa", size_bytes: SIZE, url: "/packs/base-aa.pmtiles", attribution: "" };

async function withPack(is_complete: boolean) {
  const database = newDatabase();
  await beginPack(database, PACK);
  for (let index = 0; index < 3; index++) await writeChunk(database, "aa", index, new Uint8Array([index]).buffer);
  if (is_complete) await completePack(database, PACK);
  return database;
}

test("the packs of a crew's store go over to the store of all crews, also after a cut; none lies in two places", async () => {
  const [from, maps] = [await withPack(true), newDatabase()];
  // The first chunk went over before the tab was killed.
  await beginPack(maps, PACK);
  await writeChunk(maps, "aa", 0, new Uint8Array([0]).buffer);
  await from.write(["chunks"], (transaction) => transaction.objectStore("chunks").delete(["aa", 0]));

  await adoptPacks(from, maps);
  expect(await listPacks(maps)).toMatchObject([{ ...PACK, is_complete: true }]);
  for (let index = 0; index < 3; index++) {
    expect(new Uint8Array((await readChunk(maps, "aa", index)) ?? new ArrayBuffer(0))).toEqual(new Uint8Array([index]));
    expect(await readChunk(from, "aa", index)).toBeUndefined();
  }
  expect(await listPacks(from)).toEqual([]);

  await adoptPacks(await withPack(true), maps);
  expect(await listPacks(maps)).toHaveLength(1);
});

test("a pack that was not whole is not taken over: it is downloaded anew", async () => {
  const [from, maps] = [await withPack(false), newDatabase()];
  await adoptPacks(from, maps);
  expect([await listPacks(from), await listPacks(maps)]).toEqual([[], []]);
});

test("how much of a pack is here is told: pieces of one that was cut, all of a whole one", async () => {
  expect(await sizesHere(await withPack(true))).toEqual(new Map([["aa", SIZE]]));
  const cut = await withPack(false);
  await cut.write(["chunks"], (transaction) => transaction.objectStore("chunks").delete(["aa", 2]));
  expect(await sizesHere(cut)).toEqual(new Map([["aa", 2 * CHUNK_BYTES]]));
});

test("a pack that is not wanted or not offered any more gives its room back", async () => {
  const maps = await withPack(true);
  await keepPacks(maps, ["base"]);
  expect(await listPacks(maps)).toHaveLength(1);
  await keepPacks(maps, []);
  expect(await listPacks(maps)).toEqual([]);
  expect(await readChunk(maps, "aa", 1)).toBeUndefined();
});
