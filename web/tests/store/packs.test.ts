import { expect, test } from "vitest";
import { CHUNK_BYTES, packReader, writeChunk } from "../../src/store/packs.ts";
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
