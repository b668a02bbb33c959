import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";
import type { Lot } from "../model/address.ts";
import type { OutboxEntry } from "../model/change.ts";
import type { Attachment, Feature } from "../model/feature.ts";
import type { Layer } from "../model/layer.ts";
import type { Legend } from "../model/maps.ts";
import type { BasemapPack, ConflictLine, ThemeStyles } from "../model/messages.ts";
import type { Visit } from "../model/visit.ts";
import type { StoredTown } from "./addresses.ts";
import type { Draft } from "./drafts.ts";
import type { FeatureBlock } from "./feature_blocks.ts";

/** A layer on this tablet; a `cursor` is there while a pull of it is under way. */
export interface StoredLayer {
  key: string;
  definition: Layer;
  n_features: number;
  extent: [number, number, number, number] | null;
  revision: number;
  cursor: string | null;
  /** Features of a store that was replaced, or of a pull that was given up, may still be among them. */
  is_stale: boolean;
  /** Pulls from the beginning that were begun. */
  n_pulls?: number;
  /** As the office's map draws it, where it has a style of its own. */
  own_style?: object[];
  own_legend?: Legend | null;
  theme_styles?: ThemeStyles;
  has_paper?: boolean;
}

/** `epoch` tells the store, the area and the pull from the beginning that brought a feature, so that others can go. */
export type StoredFeature = Feature & { epoch: string };

/** "draft": its form is not saved yet. "unsent": the server does not have the bytes. "sent": only the thumbnail is kept. */
export interface StoredPhoto extends Attachment {
  state: "draft" | "unsent" | "sent";
  blob: Blob | null;
  thumbnail: Blob;
}

export interface StoredPack extends BasemapPack {
  is_complete: boolean;
}

/** A step that was taken back, whole, so that it can be done again: also after the app was closed. */
export interface Undone {
  id: number;
  entries: OutboxEntry[];
  photos: StoredPhoto[];
}

export interface Schema extends DBSchema {
  settings: { key: string; value: unknown };
  layers: { key: string; value: StoredLayer };
  /** Features that changed since they came in a block, or came alone. */
  features: { key: [string, string]; value: StoredFeature };
  blocks: {
    key: number;
    value: FeatureBlock;
    indexes: { layer: string; feature_id: string; has_photos: number };
  };
  outbox: { key: number; value: OutboxEntry; indexes: { feature_id: string; change_id: string } };
  photos: { key: string; value: StoredPhoto; indexes: { state: string } };
  drafts: { key: string; value: Draft };
  conflicts: { key: string; value: ConflictLine };
  packs: { key: string; value: StoredPack };
  chunks: { key: [string, number]; value: ArrayBuffer };
  visits: { key: string; value: Visit };
  towns: { key: number; value: StoredTown };
  lots: { key: number; value: Lot[] };
  undone: { key: number; value: Undone };
}

export type StoreName = StoreNames<Schema>;
export type ReadTransaction = IDBPTransaction<Schema, StoreName[], "readonly">;
export type WriteTransaction = IDBPTransaction<Schema, StoreName[], "readwrite">;

const VERSION = 5;

/** The device's storage cannot be used; what was saved before is untouched.
 *
 * "newer": a newer app has taken it over; "refused": people, or a private window, let nothing be kept; "insecure": the
 * address gives the browser no right to.
 */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly kind: "full" | "lost" | "newer" | "refused" | "insecure";

  constructor(kind: StorageError["kind"], cause: unknown) {
    super(`storage ${kind}`, { cause });
    this.kind = kind;
  }
}

/** Makes sure that what is recorded here can be kept.
 *
 * @throws StorageError It cannot ("refused", "insecure").
 */
export function requireStorage(): void {
  if (!globalThis.isSecureContext) throw new StorageError("insecure", null);
  if (!hasStorage()) throw new StorageError("refused", null);
}

function hasStorage(): boolean {
  try {
    return Boolean(globalThis.indexedDB && globalThis.sessionStorage && globalThis.localStorage);
  } catch {
    return false;
  }
}

let onNewer: () => void = () => undefined;

/** Calls back as a newer app, in another window, takes a store over that is open here. */
export function whenNewer(listener: () => void): void {
  onNewer = listener;
}

/** The one door to IndexedDB. A connection that the browser dropped is opened again, once per piece of work. */
export class Database {
  readonly name: string;
  #connection: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(name = "gis-capture") {
    this.name = name;
  }

  read<T>(stores: StoreName[], work: (transaction: ReadTransaction) => Promise<T>): Promise<T> {
    return this.#withConnection(async (connection) => {
      const transaction = connection.transaction(stores, "readonly");
      const [result] = await Promise.all([work(transaction), transaction.done]);
      return result;
    });
  }

  /** Does all of `work` or nothing, and comes back when it is on the disk. `work` may run twice.
   *
   * "relaxed" leaves the moment of writing to the device: for what can be fetched again.
   */
  write<T>(
    stores: StoreName[],
    work: (transaction: WriteTransaction) => Promise<T>,
    durability: "strict" | "relaxed" = "strict",
  ): Promise<T> {
    return this.#withConnection(async (connection) => {
      const transaction = connection.transaction(stores, "readwrite", { durability });
      const done = transaction.done.catch((error) => Promise.reject(transaction.error ?? error));
      done.catch(() => undefined);
      try {
        const result = await work(transaction);
        await done;
        return result;
      } catch (error) {
        if (!transaction.error) abort(transaction);
        throw transaction.error ?? error;
      }
    });
  }

  async close(): Promise<void> {
    const connection = await this.#connection;
    this.#connection = null;
    connection?.close();
  }

  async #withConnection<T>(work: (connection: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#open());
    } catch (error) {
      if (!isConnectionLost(error)) throw inWords(error);
      this.#connection = null;
    }
    try {
      return await work(await this.#open());
    } catch (error) {
      throw inWords(error);
    }
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    const forget = () => {
      this.#connection = null;
    };
    this.#connection ??= openDB<Schema>(this.name, VERSION, {
      upgrade,
      blocking: (_, newer) => {
        void this.close();
        if (newer !== null) onNewer();
      },
      terminated: forget,
    });
    this.#connection.catch(forget);
    return this.#connection;
  }
}

/** Brings the stores to the newest version; what lies in them stays. */
function upgrade(connection: IDBPDatabase<Schema>, old_version: number): void {
  if (old_version < 1) createStores(connection);
  if (old_version < 2) connection.createObjectStore("visits", { keyPath: "feature_id" });
  if (old_version < 3) {
    connection.createObjectStore("towns", { keyPath: "town_id" });
    connection.createObjectStore("lots");
  }
  if (old_version < 4) connection.createObjectStore("undone", { keyPath: "id", autoIncrement: true });
  if (old_version < 5) {
    const blocks = connection.createObjectStore("blocks", { autoIncrement: true });
    blocks.createIndex("layer", "layer");
    blocks.createIndex("feature_id", "feature_ids", { multiEntry: true });
    blocks.createIndex("has_photos", "has_photos");
  }
}

function createStores(connection: IDBPDatabase<Schema>): void {
  connection.createObjectStore("settings");
  connection.createObjectStore("layers", { keyPath: "key" });
  connection.createObjectStore("features", { keyPath: ["layer", "feature_id"] });
  const outbox = connection.createObjectStore("outbox", { keyPath: "sequence", autoIncrement: true });
  outbox.createIndex("feature_id", "change.feature_id");
  outbox.createIndex("change_id", "change.change_id", { unique: true });
  connection.createObjectStore("photos", { keyPath: "sha256" }).createIndex("state", "state");
  connection.createObjectStore("drafts", { keyPath: "feature_id" });
  connection.createObjectStore("conflicts", { keyPath: "conflict_id" });
  connection.createObjectStore("packs", { keyPath: "sha256" });
  connection.createObjectStore("chunks");
}

function abort(transaction: WriteTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It is over already; the error that brought us here is the one to tell.
  }
}

/** Gives an error of the browser as one that can be explained, others as they are. */
export function inWords(error: unknown): unknown {
  if (isConnectionLost(error)) return new StorageError("lost", error);
  const name = error instanceof Error ? error.name : "";
  // In Firefox and Chromium, where people forbade it.
  if (name === "SecurityError" || /denied permission|not allow mutations/.test(String(error)))
    return new StorageError("refused", error);
  if (name === "QuotaExceededError") return new StorageError("full", error);
  return name === "VersionError" ? new StorageError("newer", error) : error;
}

/** WebKit drops connections of pages in the background and says so in several ways. */
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error || error instanceof DOMException)) return false;
  return error.name === "InvalidStateError" || /connection.*(clos|lost)|server lost/i.test(error.message);
}
