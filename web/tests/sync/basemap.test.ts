import { afterEach, expect, test, vi } from "vitest";
import { sha256Hex } from "../../src/model/identity.ts";
import { CHUNK_BYTES, listPacks, packReader, sizesHere, writeChunk } from "../../src/store/packs.ts";
import { downloadPacks } from "../../src/sync/basemap.ts";
import { OfflineError } from "../../src/sync/http.ts";
import { newDatabase } from "../store/stored.ts";
import { cut, json, serve } from "./fake_server.ts";

afterEach(() => vi.unstubAllGlobals());

const BYTES = Uint8Array.from({ length: 2 * CHUNK_BYTES + 300 }, (_, index) => index % 251);

async function offer(bytes = BYTES) {
  const sha256 = await sha256Hex(bytes.buffer);
  return { name: "base", sha256, size_bytes: bytes.length, url: `/packs/base-${sha256}.pmtiles`, attribution: "市" };
}

interface Line {
  n_before_cut?: number;
  is_whole?: boolean;
  /** What the line makes of the bytes of a piece. */
  bend?: (piece: Uint8Array<ArrayBuffer>, first: number) => Uint8Array<ArrayBuffer>;
  onPiece?: () => void;
}

/** Serves a pack and the hashes of its pieces; gives the requests for pieces. */
function ranges(url: string, bytes = BYTES, { n_before_cut = Infinity, is_whole, bend, onPiece }: Line = {}) {
  const pieces: Request[] = [];
  let n_left = n_before_cut;
  serve({
    [`${url}/chunks`]: async () => {
      const starts = [0, CHUNK_BYTES, 2 * CHUNK_BYTES];
      const chunks = starts.map((first) => sha256Hex(bytes.slice(first, first + CHUNK_BYTES).buffer));
      return json({ chunk_bytes: CHUNK_BYTES, chunks: await Promise.all(chunks) });
    },
    [url]: (request) => {
      pieces.push(request);
      if (n_left-- <= 0) return cut();
      onPiece?.();
      if (is_whole) return new Response(bytes);
      const [first = 0, last = 0] = (request.headers.get("Range") ?? "").replace("bytes=", "").split("-").map(Number);
      const piece = bytes.slice(first, last + 1);
      return new Response(bend?.(piece, first) ?? piece, { status: 206 });
    },
  });
  return pieces;
}
const rangesOf = (requests: readonly Request[]) => requests.map(({ headers }) => headers.get("Range"));
const RANGES = [0, 1, 2].map(
  (index) => `bytes=${index * CHUNK_BYTES}-${Math.min((index + 1) * CHUNK_BYTES, BYTES.length) - 1}`,
);

test("a pack is fetched in pieces, checked by its hash and then usable", async () => {
  const database = newDatabase();
  const pack = await offer();
  const requests = ranges(pack.url);
  const progress: number[] = [];
  await downloadPacks(database, [pack], (n_done) => progress.push(n_done));
  expect(requests).toHaveLength(3);
  expect(progress.at(-1)).toBe(BYTES.length);
  expect(await listPacks(database)).toMatchObject([{ sha256: pack.sha256, is_complete: true }]);
  expect(new Uint8Array(await packReader(database, pack.sha256)(CHUNK_BYTES, 3))).toEqual(
    BYTES.slice(CHUNK_BYTES, CHUNK_BYTES + 3),
  );
});

test("a download that was cut goes on; what is whole is not fetched again", async () => {
  const database = newDatabase();
  const pack = await offer();
  ranges(pack.url, BYTES, { n_before_cut: 2 });
  await expect(downloadPacks(database, [pack])).rejects.toBeInstanceOf(OfflineError);
  expect(await listPacks(database)).toMatchObject([{ is_complete: false }]);
  const requests = ranges(pack.url);
  await downloadPacks(database, [pack]);
  await downloadPacks(database, [pack]);
  expect(rangesOf(requests)).toEqual(RANGES.slice(2));
});

test("a server that knows no ranges is understood", async () => {
  const database = newDatabase();
  const pack = await offer();
  ranges(pack.url, BYTES, { is_whole: true });
  await downloadPacks(database, [pack]);
  expect(await listPacks(database)).toMatchObject([{ is_complete: true }]);
});

test("a download that was stopped goes on with the next piece, and tells how far it is", async () => {
  const database = newDatabase();
  const pack = await offer();
  const stop = new AbortController();
  ranges(pack.url, BYTES, { onPiece: () => stop.abort() });
  await expect(downloadPacks(database, [pack], undefined, stop.signal)).rejects.toThrow("abort");
  expect(await listPacks(database)).toMatchObject([{ is_complete: false }]);
  const there = (await sizesHere(database)).get(pack.sha256) ?? 0;
  const requests = ranges(pack.url);
  const progress: number[] = [];
  await downloadPacks(database, [pack], (n_done) => progress.push(n_done));
  expect(rangesOf(requests)).toEqual(RANGES.slice(there / CHUNK_BYTES));
  expect(progress.at(-1)).toBe(BYTES.length);
});

test("one wrong byte costs one piece, whether it came over the line or out of the store", async () => {
  const database = newDatabase();
  const pack = await offer();
  const bend: Line["bend"] = (piece, first) => (first === CHUNK_BYTES ? piece.fill(1, 7, 8) : piece);
  ranges(pack.url, BYTES, { bend });
  await expect(downloadPacks(database, [pack])).rejects.toThrow("hash");
  await writeChunk(database, pack.sha256, 0, BYTES.slice(1, CHUNK_BYTES + 1).buffer);
  await writeChunk(database, pack.sha256, 2, BYTES.slice(2 * CHUNK_BYTES).buffer);
  const requests = ranges(pack.url);
  await downloadPacks(database, [pack]);
  expect(rangesOf(requests)).toEqual(RANGES.slice(0, 2));
  expect(await listPacks(database)).toMatchObject([{ is_complete: true }]);
  const whole = new Uint8Array(await packReader(database, pack.sha256)(0, BYTES.length));
  expect(await sha256Hex(whole.buffer)).toBe(pack.sha256);
});

test("bytes with another hash never take the place of the pack in use", async () => {
  const database = newDatabase();
  const pack = await offer();
  ranges(pack.url);
  await downloadPacks(database, [pack]);
  const newer = await offer(Uint8Array.from(BYTES, (byte) => 250 - byte));
  ranges(newer.url, BYTES, { bend: (piece) => piece.fill(3) });
  await expect(downloadPacks(database, [newer])).rejects.toThrow("hash");
  expect(await listPacks(database)).toContainEqual({ ...pack, is_complete: true });
});

test("a new version replaces the old one only when it is whole", async () => {
  const database = newDatabase();
  const old = await offer();
  ranges(old.url);
  await downloadPacks(database, [old]);
  const newer = Uint8Array.from(BYTES, (byte) => 250 - byte);
  const pack = await offer(newer);
  ranges(pack.url, newer, { n_before_cut: 1 });
  await expect(downloadPacks(database, [pack])).rejects.toBeInstanceOf(OfflineError);
  expect((await listPacks(database)).find(({ is_complete }) => is_complete)?.sha256).toBe(old.sha256);
  ranges(pack.url, newer);
  await downloadPacks(database, [pack]);
  expect((await listPacks(database)).map(({ sha256 }) => sha256)).toEqual([pack.sha256]);
});
