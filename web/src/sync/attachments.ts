import type { Database, StoredPhoto } from "../store/database.ts";
import { listUnsentPhotos, markPhotoSent } from "../store/photos.ts";
import { OfflineError, request, ServerError } from "./http.ts";
import type { Progress } from "./pull.ts";

/** Bytes a request; what a cut line costs at most. */
const PIECE_BYTES = 512 * 1024;

export interface PhotosSent {
  n_sent: number;
  /** What the server said of photos it did not take; they stay here and are tried again next time. */
  refusals: ServerError[];
}

/** Sends the bytes of photos the server does not have whole, going on where an earlier upload was cut.
 *
 * @throws OfflineError The line was cut; what was sent counts.
 */
export async function sendPhotos(database: Database, onProgress: Progress = () => undefined): Promise<PhotosSent> {
  const photos = await listUnsentPhotos(database);
  const result: PhotosSent = { n_sent: 0, refusals: [] };
  for (const photo of photos) {
    onProgress(result.n_sent, photos.length);
    try {
      await sendPhoto(photo);
      await markPhotoSent(database, photo.sha256);
      result.n_sent++;
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      result.refusals.push(error);
    }
  }
  onProgress(result.n_sent, photos.length);
  return result;
}

async function sendPhoto({ sha256, blob, media_type }: StoredPhoto): Promise<void> {
  if (!blob) return;
  const path = `/attachments/${sha256}`;
  let offset = await knownOffset(path, blob.size);
  for (let n_restarts = 0; offset < blob.size; ) {
    const end = Math.min(offset + PIECE_BYTES, blob.size);
    const headers = { "Content-Type": media_type, "Content-Range": `bytes ${offset}-${end - 1}/${blob.size}` };
    try {
      const response = await request(path, { method: "PUT", headers, body: blob.slice(offset, end) });
      const now = response.status === 202 ? Number(response.headers.get("Upload-Offset") ?? end) : blob.size;
      if (now <= offset && n_restarts++) throw new OfflineError(`${path}: the server does not take the bytes`);
      offset = now;
    } catch (error) {
      // What lies there is not the beginning of our photo: the server drops it, and we begin anew, once.
      if (!(error instanceof ServerError) || error.status !== 422 || n_restarts++) throw error;
      offset = 0;
    }
  }
}

/** A picture that the server has; null where it gives none. Asked for as all else is, which an element of the page cannot. */
export const readPicture = (path: string): Promise<Blob | null> =>
  request(path)
    .then((response) => response.blob())
    .catch(() => null);

/** How many bytes the server has; all of them where the photo is whole. */
async function knownOffset(path: string, size_bytes: number): Promise<number> {
  const response = await fetch(path, { method: "HEAD" }).catch((cause) => {
    throw new OfflineError(path, { cause });
  });
  const offset = Number(response.headers.get("Upload-Offset") ?? 0);
  // All bytes may be there and not be looked at, where the server was stopped between the two.
  return response.ok ? size_bytes : offset < size_bytes ? offset : 0;
}
