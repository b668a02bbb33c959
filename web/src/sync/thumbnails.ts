import type { Database } from "../store/database.ts";
import { keepThumbnail, listPhotosAtOffice } from "../store/photos.ts";
import { request, ServerError } from "./http.ts";
import type { Progress } from "./pull.ts";

/** As large as those that the tablet makes of its own photos. */
const EDGE_PX = 256;
const MOST_AT_ONCE = 6;
/** More of them would fill the tablet, and the office's server would be asked all morning. */
const MOST = 3000;

/** Brings small pictures of the photos that the office has; those that are here are not fetched again.
 *
 * @throws OfflineError The line was cut; what came counts.
 */
export async function fetchThumbnails(
  database: Database,
  onProgress: Progress = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = (await listPhotosAtOffice(database)).slice(0, MOST);
  for (let start = 0; start < wanted.length; start += MOST_AT_ONCE) {
    onProgress(start, wanted.length);
    await Promise.all(
      wanted.slice(start, start + MOST_AT_ONCE).map(async (photo) => {
        const thumbnail = await fetchThumbnail(photo.sha256, signal);
        if (thumbnail) await keepThumbnail(database, photo, thumbnail);
      }),
    );
  }
}

/** null = the office does not show it, or can make no picture of it. */
async function fetchThumbnail(sha256: string, signal?: AbortSignal): Promise<Blob | null> {
  try {
    return await (await request(`/attachments/${sha256}/thumbnail?edge=${EDGE_PX}`, signal ? { signal } : {})).blob();
  } catch (error) {
    if (error instanceof ServerError) return null;
    throw error;
  }
}
