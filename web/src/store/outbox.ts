import type { OutboxEntry, Receipt } from "../model/change.ts";
import { acknowledge } from "../model/edit.ts";
import { mintUuid } from "../model/identity.ts";
import type { Database, WriteTransaction } from "./database.ts";
import { findFeature, removeFeatures } from "./feature_blocks.ts";
import { noteSent } from "./sent.ts";

/** All changes that have not left this tablet, in the order they were made. */
export async function listOutbox(database: Database): Promise<OutboxEntry[]> {
  return database.read(["outbox"], (transaction) => transaction.objectStore("outbox").getAll());
}

/** Notes that these changes may reach the server from now on: they cannot be taken back here any more. */
export async function markOffered(database: Database, sequences: readonly number[]): Promise<void> {
  await database.write(["outbox"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    for (const sequence of sequences) {
      const entry = await outbox.get(sequence);
      if (entry && !entry.is_offered) await outbox.put({ ...entry, is_offered: true });
    }
  });
}

/** Acts on the server's receipts: applied and merged changes leave, all others stay with the reason. */
export async function applyReceipts(
  database: Database,
  receipts: readonly Receipt[],
  epoch: string,
  now = new Date(),
): Promise<void> {
  await database.write(["outbox", "features", "blocks", "layers", "settings"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const layers = transaction.objectStore("layers");
    const heard: { entry: OutboxEntry; receipt: Receipt }[] = [];
    for (const receipt of receipts) {
      const entry = await outbox.index("change_id").get(receipt.change_id);
      if (!entry) continue;
      heard.push({ entry, receipt });
      const { change } = entry;
      const base = await findFeature(transaction, change.layer, change.feature_id);
      const layer = await layers.get(change.layer);
      const known = acknowledge(base, change, receipt, layer?.revision ?? 0);
      if (known !== base) {
        if (known) await transaction.objectStore("features").put({ ...known, epoch });
        else await removeFeatures(transaction, change.layer, [change.feature_id]);
        // A page that is under way may hold the feature as it was; the pull begins anew.
        if (layer?.cursor) await layers.put({ ...layer, cursor: null, is_stale: layer.is_stale || !layer.revision });
      }
      if (receipt.status === "applied" || receipt.status === "merged") await outbox.delete(entry.sequence);
      else await outbox.put({ ...entry, state: receipt.status, receipt });
    }
    await noteSent(transaction, heard, now);
  });
}

/** Leaves rejected changes of a feature to the office, which has their bodies; returns how many. */
export async function handOver(database: Database, feature_id: string): Promise<number> {
  return database.write(["outbox"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const entries = await outbox.index("feature_id").getAll(feature_id);
    const known_there = entries.filter((entry) => entry.state === "rejected" || entry.state === "held");
    for (const entry of known_there) await outbox.delete(entry.sequence);
    return known_there.length;
  });
}

/** Readies what is not sent yet for a store that was replaced (restored, moved).
 *
 * Revisions of the old store mean nothing there, so changes, and forms that are open, are compared by the values their
 * author saw; as the bodies of changes differ by that, they get new ids. The order and the links between them stay.
 * What was taken back builds on the old ones, and cannot be done again.
 */
export async function rebaseUnsent(transaction: WriteTransaction): Promise<void> {
  await transaction.objectStore("undone").clear();
  const drafts = transaction.objectStore("drafts");
  for (const draft of await drafts.getAll())
    if (draft.seen) await drafts.put({ ...draft, seen: { ...draft.seen, revision: 0 } });
  const outbox = transaction.objectStore("outbox");
  const renamed = new Map<string, string>();
  for (const entry of await outbox.getAll()) {
    if (entry.state !== "unsent" && entry.state !== "held") continue;
    const change_id = mintUuid();
    renamed.set(entry.change.change_id, change_id);
    const after = entry.change.after && (renamed.get(entry.change.after) ?? null);
    const change = { ...entry.change, change_id, after, base_revision: null };
    await outbox.put({ ...entry, change, state: "unsent", is_offered: false, receipt: null });
  }
}
