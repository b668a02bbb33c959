import type { Database } from "../store/database.ts";
import { listUnsentPhotos } from "../store/photos.ts";
import { writeSetting } from "../store/settings.ts";
import { type PhotosSent, sendPhotos } from "./attachments.ts";
import { pullAll } from "./pull.ts";
import { pushAll, type Sent } from "./push.ts";

/** Where a sending stands, for the screen. */
export interface Step {
  step: "changes" | "photos" | "pull";
  n_done: number;
  n_total: number;
}

export interface DayReport extends PhotosSent {
  sent: Sent[];
  n_photos: number;
}

/** Does work that writes what comes from the server, once no other of its kind goes on in any window. */
export async function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request("gis-capture.sync", work);
}

/** Sends changes, then photos, then fetches what others did. One at a time, also over several tabs.
 *
 * `onSent` hears of the receipts as soon as they are there, so that a later cut hides none.
 */
export async function sendAll(
  database: Database,
  onStep: (step: Step) => void,
  onSent: (sent: Sent[]) => void,
): Promise<DayReport> {
  return oneAtATime(async () => {
    const progress = (step: Step["step"]) => (n_done: number, n_total: number) => onStep({ step, n_done, n_total });
    const sent = await pushAll(database, progress("changes"));
    onSent(sent);
    const n_photos = (await listUnsentPhotos(database)).length;
    const photos = await sendPhotos(database, progress("photos"));
    await pullAll(database, progress("pull"));
    await writeSetting(database, "last_sync_at", new Date().toISOString());
    return { sent, n_photos, ...photos };
  });
}

/** Asks whether the office's server answers; a network without it counts as none. */
export async function isServerReachable(): Promise<boolean> {
  if (!navigator.onLine) return false;
  const response = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(5000) }).catch(() => null);
  return response?.ok ?? false;
}
