import type { OutboxEntry, Receipt } from "../model/change.ts";
import type { PushMessage, ReceiptsMessage } from "../model/messages.ts";
import type { Database } from "../store/database.ts";
import { restartPull } from "../store/features.ts";
import { applyReceipts, listOutbox, markOffered } from "../store/outbox.ts";
import { deviceId, readSetting, writeSetting } from "../store/settings.ts";
import { OfflineError, request } from "./http.ts";
import { isEpochChanged, type Progress, pullAll } from "./pull.ts";

/** Changes a call: a lost answer costs little, and progress is seen. The protocol allows 1,000. */
const BATCH = 100;

/** A change that was sent, with the server's word on it. */
export interface Sent {
  entry: OutboxEntry;
  receipt: Receipt;
}

/** Sends what waits in the outbox, oldest first, and acts on each receipt before the next call.
 *
 * Held changes are sent again: their receipt may have changed. Safe to cut and repeat at any point.
 */
export async function pushAll(database: Database, onProgress: Progress = () => undefined): Promise<Sent[]> {
  try {
    return await pushWaiting(database, onProgress);
  } catch (error) {
    if (!isEpochChanged(error)) throw error;
    await restartPull(database);
    await pullAll(database);
    return await pushWaiting(database, onProgress);
  }
}

async function pushWaiting(database: Database, onProgress: Progress): Promise<Sent[]> {
  const waiting = (await listOutbox(database)).filter((entry) => entry.state === "unsent" || entry.state === "held");
  const sent: Sent[] = [];
  for (let start = 0; start < waiting.length; start += BATCH) {
    onProgress(start, waiting.length);
    const batch = waiting.slice(start, start + BATCH);
    await markOffered(
      database,
      batch.map((entry) => entry.sequence),
    );
    const answer = await pushBatch(database, batch);
    await applyReceipts(database, answer.receipts, answer.epoch);
    const receipts = new Map(answer.receipts.map((receipt) => [receipt.change_id, receipt]));
    for (const entry of batch) {
      const receipt = receipts.get(entry.change.change_id);
      if (receipt) sent.push({ entry, receipt });
    }
  }
  onProgress(waiting.length, waiting.length);
  return sent;
}

/** The message that sends these changes. */
export async function writeMessage(database: Database, entries: readonly OutboxEntry[]): Promise<PushMessage> {
  const author = await readSetting(database, "author");
  const person = await readSetting(database, "person");
  const epoch = await readSetting(database, "epoch");
  return {
    format: "gis-capture.push/v1",
    device_id: await deviceId(database),
    ...(author && { author }),
    ...(person && { person }),
    ...(epoch && { epoch }),
    clock_at: new Date().toISOString(),
    changes: entries.map((entry) => entry.change),
  };
}

async function pushBatch(database: Database, batch: OutboxEntry[]): Promise<ReceiptsMessage> {
  const message = await writeMessage(database, batch);
  const response = await request("/sync/push", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" },
    body: await compress(JSON.stringify(message)),
  });
  const answer = (await response.json().catch((cause) => {
    throw new OfflineError("/sync/push", { cause });
  })) as ReceiptsMessage;
  if (!message.epoch) await writeSetting(database, "epoch", answer.epoch);
  return answer;
}

function compress(text: string): Promise<Blob> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(stream).blob();
}
