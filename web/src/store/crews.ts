import { deleteDB } from "idb";
import { mintUuid } from "../model/identity.ts";
import { Database } from "./database.ts";
import { listDrafts } from "./drafts.ts";
import { listOutbox } from "./outbox.ts";
import { listUnsentPhotos } from "./photos.ts";
import { readSetting } from "./settings.ts";

/** Held by every window of a crew for as long as it is open. */
export const windowLock = (store: string) => `${store}.window`;

/** A crew of this tablet. Each has a store of its own, so that none can touch what another has not sent. */
export interface Crew {
  store: string;
  author: string;
  n_unsent: number;
  n_photos: number;
  /** Changes that the office did not take, and the crew has not decided about. */
  n_rejected: number;
  has_draft: boolean;
}

/** The store of a tablet with one crew. */
export const FIRST_STORE = "gis-capture";
const STORE_NAME = /^gis-capture(-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$/;

export const newStore = () => `${FIRST_STORE}-${mintUuid()}`;

/** The crews that gave their name on this tablet, and what each has still to send. The stores are the only list. */
export async function listCrews(): Promise<Crew[]> {
  const stores = (await indexedDB.databases()).map(({ name = "" }) => name).filter((name) => STORE_NAME.test(name));
  const crews = await Promise.all(stores.map(readCrew));
  return crews.filter(({ author }) => author).sort((a, b) => a.author.localeCompare(b.author, "ja"));
}

async function readCrew(store: string): Promise<Crew> {
  const database = new Database(store);
  try {
    const author = (await readSetting(database, "author")) ?? "";
    const states = (await listOutbox(database)).map(({ state }) => state);
    const count = (wanted: string) => states.filter((state) => state === wanted).length;
    const n_photos = (await listUnsentPhotos(database)).length;
    const has_draft = (await listDrafts(database)).length > 0;
    return { store, author, n_unsent: count("unsent"), n_photos, n_rejected: count("rejected"), has_draft };
  } finally {
    await database.close();
  }
}

/** Whether all of a crew's work is at the office; only then its store can go. */
export const isAllSent = ({ n_unsent, n_photos, n_rejected, has_draft }: Crew) =>
  !(n_unsent + n_photos + n_rejected) && !has_draft;

/** Removes a crew with its store, unless something of it is only here, or a window works with it.
 *
 * @returns Why it stayed; null = it is gone.
 */
export async function removeCrew(store: string): Promise<"unsent" | "open" | null> {
  return navigator.locks.request(windowLock(store), { ifAvailable: true }, async (lock) => {
    if (!lock) return "open";
    if (!isAllSent(await readCrew(store))) return "unsent";
    await deleteDB(store);
    return null;
  });
}
