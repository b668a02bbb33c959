import { afterEach, expect, test, vi } from "vitest";
import { sha256Hex } from "../../src/model/identity.ts";
import { CHUNK_BYTES, listPacks, packReader } from "../../src/store/packs.ts";
import { downloadPacks } from "../../src/sync/basemap.ts";
import { OfflineError } from "../../src/sync/http.ts";
import { newDatabase } from "../store/stored.ts";
import { cut, serve } from "./fake_server.ts";

afterEach(() => vi.unstubAllGlobals());

const BYTES = Uint8Array.from({ length: 2 * CHUNK_BYTES + 300 }, (_, index) => index % 251);

async function offer(bytes = BYTES, told?: string) {
  const sha256 = told ?? (await sha256Hex(bytes.buffer));
  return { name: "base", sha256, size_bytes: bytes.length, url: `/packs/base-${sha256}.pmtiles`, attribution: "市" };
}

function ranges(url: string, bytes = BYTES, options: { n_before_cut?: number; is_whole?: boolean } = {}) {
  let n_left = options.n_before_cut ?? Infinity;
  return serve({
    [url]: ({ headers }) => {
      if (n_left-- <= 0) return cut();
      if (options.is_whole) return new Response(bytes);
      const [first = 0, last = 0] = (headers.get("Range") ?? "").replace("bytes=", "").split("-").map(Number);
      return new Response(bytes.slice(first, last + 1), { status: 206 });
    },
  });
}

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
  expect(ranges(pack.url)).toEqual([]);
  const requests = ranges(pack.url);
  await downloadPacks(database, [pack]);
  await downloadPacks(database, [pack]);
  expect(requests.map(({ headers }) => headers.get("Range"))).toEqual([`bytes=${2 * CHUNK_BYTES}-${BYTES.length - 1}`]);
});

test("a server that knows no ranges is understood", async () => {
  const database = newDatabase();
  const pack = await offer();
  ranges(pack.url, BYTES, { is_whole: true });
  await downloadPacks(database, [pack]);
  expect(await listPacks(database)).toMatchObject([{ is_complete: true }]);
});

test("bytes with another hash are thrown away, and the pack in use stays", async () => {
  const database = newDatabase();
  const pack = await offer();
  ranges(pack.url);
  await downloadPacks(database, [pack]);
  const wrong = await offer(BYTES, "0".repeat(64));
  ranges(wrong.url);
  await expect(downloadPacks(database, [wrong])).rejects.toThrow("hash");
  expect(await listPacks(database)).toMatchObject([{ sha256: pack.sha256, is_complete: true }]);
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
