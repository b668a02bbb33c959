import type { OutboxEntry, Receipt, SentLine } from "../model/change.ts";
import type { Database, WriteTransaction } from "./database.ts";
import { readSetting } from "./settings.ts";

const KEPT_MS = 7 * 24 * 3600_000;

/** Notes the server's word on changes, in place of an earlier word; what is older than a week is forgotten. */
export async function noteSent(
  transaction: WriteTransaction,
  heard: readonly { entry: OutboxEntry; receipt: Receipt }[],
  now: Date,
): Promise<void> {
  const settings = transaction.objectStore("settings");
  const known = ((await settings.get("sent")) ?? []) as SentLine[];
  const since = new Date(now.getTime() - KEPT_MS).toISOString();
  const renewed = new Set(heard.map(({ receipt }) => receipt.change_id));
  const kept = known.filter(({ change_id, at }) => at > since && !renewed.has(change_id));
  const lines = heard.map(({ entry: { change, label }, receipt }) => ({
    ...receipt,
    at: now.toISOString(),
    layer: change.layer,
    label,
    photos: change.attachments.map(({ sha256 }) => sha256),
  }));
  await settings.put([...kept, ...lines], "sent");
}

/** What was sent in the last days, the newest last. */
export async function listSent(database: Database): Promise<SentLine[]> {
  return (await readSetting(database, "sent")) ?? [];
}
