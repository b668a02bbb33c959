import { mintUuid } from "../model/identity.ts";
import { Database } from "./database.ts";
import { listDrafts } from "./drafts.ts";
import { listOutbox } from "./outbox.ts";
import { listUnsentPhotos } from "./photos.ts";
import { readSetting } from "./settings.ts";

/** A crew of this tablet. Each has a store of its own, so that none can touch what another has not sent. */
export interface Crew {
  store: string;
  author: string;
  n_unsent: number;
  n_photos: number;
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
    const n_unsent = (await listOutbox(database)).filter(({ state }) => state === "unsent").length;
    const n_photos = (await listUnsentPhotos(database)).length;
    return { store, author, n_unsent, n_photos, has_draft: (await listDrafts(database)).length > 0 };
  } finally {
    await database.close();
  }
}
