import type { BasemapPack } from "../model/messages.ts";
import { Database, type StoredPack } from "./database.ts";

/** The packs lie in a store of their own: all crews of a tablet look at the same ones. */
export const openMaps = () => new Database("gis-capture.maps");

/** Size of the pieces a pack is stored in, and asked for in. */
export const CHUNK_BYTES = 1024 * 1024;
/** Pieces kept in memory while the map reads. */
const N_CACHED = 8;

export async function listPacks(database: Database): Promise<StoredPack[]> {
  return database.read(["packs"], (transaction) => transaction.objectStore("packs").getAll());
}

/** Starts or goes on with a pack. */
export async function beginPack(database: Database, pack: BasemapPack): Promise<void> {
  await database.write(["packs"], async (transaction) => {
    const known = await transaction.objectStore("packs").get(pack.sha256);
    await transaction.objectStore("packs").put({ ...pack, is_complete: known?.is_complete ?? false });
  });
}

/** How many bytes of each pack are here, by its hash. */
export async function sizesHere(database: Database): Promise<Map<string, number>> {
  return database.read(["packs", "chunks"], async (transaction) => {
    const sizes = new Map<string, number>();
    for (const { sha256, size_bytes, is_complete } of await transaction.objectStore("packs").getAll()) {
      const n_chunks = is_complete ? Infinity : await transaction.objectStore("chunks").count(chunksOf(sha256));
      sizes.set(sha256, Math.min(n_chunks * CHUNK_BYTES, size_bytes));
    }
    return sizes;
  });
}

export async function writeChunk(database: Database, sha256: string, index: number, bytes: ArrayBuffer): Promise<void> {
  await database.write(["chunks"], (transaction) => transaction.objectStore("chunks").put(bytes, [sha256, index]));
}

export async function readChunk(database: Database, sha256: string, index: number): Promise<ArrayBuffer | undefined> {
  return database.read(["chunks"], (transaction) => transaction.objectStore("chunks").get([sha256, index]));
}

/** Switches to a whole pack: earlier packs of the same name go only now. */
export async function completePack(database: Database, pack: BasemapPack): Promise<void> {
  await database.write(["packs", "chunks"], async (transaction) => {
    const packs = transaction.objectStore("packs");
    for (const other of await packs.getAll()) {
      if (other.name !== pack.name || other.sha256 === pack.sha256) continue;
      await packs.delete(other.sha256);
      await transaction.objectStore("chunks").delete(chunksOf(other.sha256));
    }
    await packs.put({ ...pack, is_complete: true });
  });
}

async function discardPack(database: Database, sha256: string): Promise<void> {
  await database.write(["packs", "chunks"], async (transaction) => {
    await transaction.objectStore("packs").delete(sha256);
    await transaction.objectStore("chunks").delete(chunksOf(sha256));
  });
}

/** Lets go of all packs but those of these names. */
export async function keepPacks(database: Database, names: readonly string[]): Promise<void> {
  for (const { name, sha256 } of await listPacks(database))
    if (!names.includes(name)) await discardPack(database, sha256);
}

/** Takes packs over from a store that held its own; cut anywhere, it is gone on with. What was not whole goes. */
export async function adoptPacks(from: Database, maps: Database): Promise<void> {
  for (const { is_complete, ...pack } of await listPacks(from)) {
    const known = (await listPacks(maps)).find(({ sha256 }) => sha256 === pack.sha256);
    if (is_complete && !known?.is_complete) await movePack(from, maps, pack);
    await discardPack(from, pack.sha256);
  }
}

/** Moves chunk by chunk, so that a device without room for a second copy can do it, too. */
async function movePack(from: Database, maps: Database, pack: BasemapPack): Promise<void> {
  await beginPack(maps, pack);
  for (let index = 0; index * CHUNK_BYTES < pack.size_bytes; index++) {
    const bytes = await readChunk(from, pack.sha256, index);
    if (!bytes) continue;
    await writeChunk(maps, pack.sha256, index, bytes);
    await from.write(["chunks"], (transaction) => transaction.objectStore("chunks").delete([pack.sha256, index]));
  }
  await completePack(maps, pack);
}

const chunksOf = (sha256: string) => IDBKeyRange.bound([sha256], [sha256, []]);

/** Reads bytes of a stored pack, whatever chunks they lie in. */
export function packReader(database: Database, sha256: string) {
  const cached = new Map<number, Promise<ArrayBuffer>>();

  function chunk(index: number): Promise<ArrayBuffer> {
    const known = cached.get(index);
    const bytes =
      known ??
      readChunk(database, sha256, index).then(
        (found) => found ?? Promise.reject(new Error(`chunk ${index} is missing`)),
      );
    cached.delete(index);
    cached.set(index, bytes);
    bytes.catch(() => cached.delete(index));
    const oldest = cached.keys().next();
    if (cached.size > N_CACHED && !oldest.done) cached.delete(oldest.value);
    return bytes;
  }

  return async (offset: number, n_bytes: number): Promise<ArrayBuffer> => {
    const result = new Uint8Array(n_bytes);
    let filled = 0;
    while (filled < n_bytes) {
      const at = offset + filled;
      const source = new Uint8Array(await chunk(Math.floor(at / CHUNK_BYTES)));
      const piece = source.subarray(at % CHUNK_BYTES, (at % CHUNK_BYTES) + n_bytes - filled);
      if (!piece.length) break;
      result.set(piece, filled);
      filled += piece.length;
    }
    return result.buffer.slice(0, filled);
  };
}
