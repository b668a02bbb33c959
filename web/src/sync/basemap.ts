import { sha256Hex } from "../model/identity.ts";
import type { BasemapPack } from "../model/messages.ts";
import type { Database } from "../store/database.ts";
import { beginPack, CHUNK_BYTES, completePack, discardPack, listPacks, readChunk, writeChunk } from "../store/packs.ts";
import { OfflineError, request, requestJson } from "./http.ts";
import type { Progress } from "./pull.ts";

/** The base map packs the server offers. */
export async function listOfferedPacks(): Promise<BasemapPack[]> {
  return (await requestJson<{ packs: BasemapPack[] }>("/basemap")).packs;
}

/** Brings packs onto the tablet that are not there whole; an earlier download is gone on with. Progress in bytes. */
export async function downloadPacks(
  database: Database,
  packs: readonly BasemapPack[],
  onProgress: Progress = () => undefined,
): Promise<void> {
  const there = new Set((await listPacks(database)).filter((pack) => pack.is_complete).map((pack) => pack.sha256));
  const missing = packs.filter((pack) => !there.has(pack.sha256));
  const n_total = missing.reduce((sum, pack) => sum + pack.size_bytes, 0);
  let n_before = 0;
  for (const pack of missing) {
    await downloadPack(database, pack, (n_done) => onProgress(n_before + n_done, n_total));
    n_before += pack.size_bytes;
  }
}

async function downloadPack(database: Database, pack: BasemapPack, onBytes: (n_bytes: number) => void): Promise<void> {
  const n_chunks = Math.ceil(pack.size_bytes / CHUNK_BYTES);
  for (let index = await beginPack(database, pack); index < n_chunks; index++) {
    const first = index * CHUNK_BYTES;
    const last = Math.min(first + CHUNK_BYTES, pack.size_bytes) - 1;
    const response = await request(pack.url, { headers: { Range: `bytes=${first}-${last}` } });
    const bytes = await response.arrayBuffer().catch((cause) => {
      throw new OfflineError(pack.url, { cause });
    });
    const piece = response.status === 206 ? bytes : bytes.slice(first, last + 1);
    if (piece.byteLength !== last + 1 - first) throw new OfflineError(`${pack.url}: the answer was cut`);
    await writeChunk(database, pack.sha256, index, piece);
    onBytes(last + 1);
  }
  if ((await hashOf(database, pack.sha256, n_chunks)) !== pack.sha256) {
    await discardPack(database, pack.sha256);
    throw new OfflineError(`${pack.url}: the bytes do not have the hash the server told`);
  }
  await completePack(database, pack);
}

async function hashOf(database: Database, sha256: string, n_chunks: number): Promise<string> {
  const chunks: ArrayBuffer[] = [];
  for (let index = 0; index < n_chunks; index++) {
    chunks.push((await readChunk(database, sha256, index)) ?? new ArrayBuffer(0));
  }
  return sha256Hex(await new Blob(chunks).arrayBuffer());
}
