import type { Attachment } from "../model/feature.ts";
import type { Database, StoredPhoto } from "./database.ts";
import { readFeaturesWithPhotos } from "./feature_blocks.ts";

/** Keeps a photo of an open form; it is sent once the form is saved. */
export async function keepDraftPhoto(database: Database, photo: Omit<StoredPhoto, "state">): Promise<void> {
  await database.write(["photos"], async (transaction) => {
    const known = await transaction.objectStore("photos").get(photo.sha256);
    if (!known) await transaction.objectStore("photos").put({ ...photo, state: "draft" });
  });
}

/** Throws away a photo that its form lets go of before it was saved. */
export async function discardDraftPhoto(database: Database, sha256: string): Promise<void> {
  await database.write(["photos"], async (transaction) => {
    const photo = await transaction.objectStore("photos").get(sha256);
    if (photo?.state === "draft") await transaction.objectStore("photos").delete(sha256);
  });
}

/** Throws away photos of forms whose draft was never written: the tab was killed in between. */
export async function discardLostPhotos(database: Database): Promise<void> {
  await database.write(["photos", "drafts"], async (transaction) => {
    const photos = transaction.objectStore("photos");
    const named = new Set((await transaction.objectStore("drafts").getAll()).flatMap((draft) => draft.photos));
    for (const sha256 of await photos.index("state").getAllKeys("draft")) {
      if (!named.has(sha256)) await photos.delete(sha256);
    }
  });
}

export async function readPhoto(database: Database, sha256: string): Promise<StoredPhoto | undefined> {
  return database.read(["photos"], (transaction) => transaction.objectStore("photos").get(sha256));
}

/** Photos whose bytes the server may not have yet. */
export async function listUnsentPhotos(database: Database): Promise<StoredPhoto[]> {
  return database.read(["photos"], (transaction) => transaction.objectStore("photos").index("state").getAll("unsent"));
}

/** After the server has the bytes and their hash was right, the thumbnail is enough here. */
export async function markPhotoSent(database: Database, sha256: string): Promise<void> {
  await database.write(["photos"], async (transaction) => {
    const photo = await transaction.objectStore("photos").get(sha256);
    if (photo) await transaction.objectStore("photos").put({ ...photo, state: "sent", blob: null });
  });
}

/** Photos of the features on this tablet of which it has no picture. */
export async function listPhotosAtOffice(database: Database): Promise<Attachment[]> {
  return database.read(["features", "blocks", "photos"], async (transaction) => {
    const here = new Set(await transaction.objectStore("photos").getAllKeys());
    const named = new Map<string, Attachment>();
    for (const { attachments } of await readFeaturesWithPhotos(transaction))
      for (const photo of attachments) if (!here.has(photo.sha256)) named.set(photo.sha256, photo);
    return [...named.values()];
  });
}

/** Keeps a small picture of a photo that the office has. */
export async function keepThumbnail(database: Database, photo: Attachment, thumbnail: Blob): Promise<void> {
  await database.write(
    ["photos"],
    async (transaction) => {
      const known = await transaction.objectStore("photos").get(photo.sha256);
      if (!known) await transaction.objectStore("photos").put({ ...photo, state: "sent", blob: null, thumbnail });
    },
    "relaxed",
  );
}
