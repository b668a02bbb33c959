import { type ZipEntry, zipFiles } from "../model/zip.ts";
import type { Database, StoredPhoto } from "../store/database.ts";
import { listDrafts } from "../store/drafts.ts";
import { listOutbox } from "../store/outbox.ts";
import { listUnsentPhotos, readPhoto } from "../store/photos.ts";
import { writeMessage } from "./push.ts";

const jsonBytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 1));

/** Everything that has not left this tablet as one file: the push message and the photos, and beside them the open
 * forms with theirs, for a person to read (docs/format.md, "Outbox as a file").
 */
export async function exportOutbox(database: Database): Promise<File> {
  const message = await writeMessage(database, await listOutbox(database));
  const drafts = await listDrafts(database);
  const names = [...new Set(drafts.flatMap(({ photos }) => photos))];
  const photos = await Promise.all(names.map((sha256) => readPhoto(database, sha256)));
  const entries = [
    { name: "push.json", bytes: jsonBytes(message) },
    ...(await photoEntries("attachments", await listUnsentPhotos(database))),
    ...(drafts.length ? [{ name: "drafts/drafts.json", bytes: jsonBytes(drafts) }] : []),
    ...(await photoEntries(
      "drafts",
      photos.flatMap((photo) => (photo?.state === "draft" ? [photo] : [])),
    )),
  ];
  const stamp = message.clock_at.replace(/[-:]|\.\d+/g, "");
  return new File([zipFiles(entries)], `gis-capture-outbox_${stamp}.zip`, { type: "application/zip" });
}

async function photoEntries(folder: string, photos: readonly StoredPhoto[]): Promise<ZipEntry[]> {
  const entries: ZipEntry[] = [];
  for (const { sha256, blob } of photos)
    if (blob) entries.push({ name: `${folder}/${sha256}`, bytes: new Uint8Array(await blob.arrayBuffer()) });
  return entries;
}
