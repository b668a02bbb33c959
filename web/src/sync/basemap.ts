import { sha256Hex } from "../model/identity.ts";
import type { BasemapPack, OnlineTiles } from "../model/messages.ts";
import type { Database } from "../store/database.ts";
import { beginPack, CHUNK_BYTES, completePack, listPacks, readChunk, writeChunk } from "../store/packs.ts";
import { OfflineError, request, requestJson } from "./http.ts";
import type { Progress } from "./pull.ts";

/** What the server offers to lie under the layers: packs, and tiles of the internet where the office lets people see them. */
export const listOfferedPacks = () => requestJson<{ packs: BasemapPack[]; online?: OnlineTiles | null }>("/basemap");

/** Brings packs onto the tablet that are not there whole; an earlier download is gone on with. Progress in bytes.
 *
 * @throws OfflineError The line was cut, or a piece came with other bytes than the server has.
 */
export async function downloadPacks(
  database: Database,
  packs: readonly BasemapPack[],
  onProgress: Progress = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const there = new Set((await listPacks(database)).filter((pack) => pack.is_complete).map((pack) => pack.sha256));
  const missing = packs.filter((pack) => !there.has(pack.sha256));
  const n_total = missing.reduce((sum, pack) => sum + pack.size_bytes, 0);
  let n_before = 0;
  for (const pack of missing) {
    await downloadPack(database, pack, (n_done) => onProgress(n_before + n_done, n_total), signal);
    n_before += pack.size_bytes;
  }
}

async function downloadPack(
  database: Database,
  pack: BasemapPack,
  onBytes: (n_bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { chunks } = await requestJson<{ chunks: string[] }>(`${pack.url}/chunks`, { signal });
  await beginPack(database, pack);
  for (const [index, sha256] of chunks.entries()) {
    signal?.throwIfAborted();
    const known = await readChunk(database, pack.sha256, index);
    if (!known || (await sha256Hex(known)) !== sha256) {
      const bytes = await fetchChunk(pack, index, signal);
      if ((await sha256Hex(bytes)) !== sha256) {
        throw new OfflineError(`${pack.url}: piece ${index} does not have the hash the server told`);
      }
      await writeChunk(database, pack.sha256, index, bytes);
    }
    onBytes(Math.min((index + 1) * CHUNK_BYTES, pack.size_bytes));
  }
  await completePack(database, pack);
}

async function fetchChunk(pack: BasemapPack, index: number, signal?: AbortSignal): Promise<ArrayBuffer> {
  const first = index * CHUNK_BYTES;
  const last = Math.min(first + CHUNK_BYTES, pack.size_bytes) - 1;
  // What the store keeps needs no second place in the browser's cache, least of all where it came with wrong bytes.
  const how: RequestInit = { headers: { Range: `bytes=${first}-${last}` }, cache: "no-store", signal };
  const response = await request(pack.url, how);
  const bytes = await response.arrayBuffer().catch((cause) => {
    throw new OfflineError(pack.url, { cause });
  });
  return response.status === 206 ? bytes : bytes.slice(first, last + 1);
}
