import { type ZipEntry, zipFiles } from "../model/zip.ts";
import type { Database } from "../store/database.ts";
import { listOutbox } from "../store/outbox.ts";
import { listUnsentPhotos } from "../store/photos.ts";
import { writeMessage } from "./push.ts";

/** Everything that has not left this tablet as one file: the push message and the photos (docs/format.md §3). */
export async function exportOutbox(database: Database): Promise<File> {
  const message = await writeMessage(database, await listOutbox(database));
  const entries: ZipEntry[] = [
    { name: "push.json", bytes: new TextEncoder().encode(JSON.stringify(message, null, 1)) },
  ];
  for (const { sha256, blob } of await listUnsentPhotos(database)) {
    if (blob) entries.push({ name: `attachments/${sha256}`, bytes: new Uint8Array(await blob.arrayBuffer()) });
  }
  const stamp = message.clock_at.replace(/[-:]|\.\d+/g, "");
  return new File([zipFiles(entries)], `gis-capture-outbox_${stamp}.zip`, { type: "application/zip" });
}
