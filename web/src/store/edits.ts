import type { Change, OutboxEntry } from "../model/change.ts";
import { makeChange, type Wish } from "../model/edit.ts";
import { NATURE, type Nature } from "../model/identity.ts";
import { localDay, visitOf } from "../model/visit.ts";
import type { Database, WriteTransaction } from "./database.ts";

/** Saves a wish in one transaction: the change in the outbox, its photos set to be sent, its draft gone.
 *
 * A change that the server rejected is mended by this: it and its successors are replaced by one change
 * against the server's copy. Returns the new entry, or null where nothing differs.
 */
export async function saveEdit(database: Database, wish: Wish & { label: string }, nature: Nature = NATURE) {
  return database.write(["features", "outbox", "photos", "drafts", "visits"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const entries = await outbox.index("feature_id").getAll(wish.feature_id);
    const base = (await transaction.objectStore("features").get([wish.layer.key, wish.feature_id])) ?? null;
    const is_mending = entries.some((entry) => entry.state === "rejected");
    const pending = entries.filter((entry) => entry.state === "unsent" || entry.state === "held");
    const previous = is_mending ? null : (pending.at(-1)?.change ?? null);
    const replaced = is_mending ? entries.filter((entry) => entry.state !== "conflict") : [];
    const change = makeChange(
      {
        ...wish,
        seen: is_mending ? base : wish.seen,
        geometry: wish.geometry === undefined && is_mending ? wish.seen?.geometry : wish.geometry,
        attachments: [...replaced.flatMap((entry) => entry.change.attachments), ...wish.attachments],
      },
      previous,
      nature,
    );
    for (const entry of replaced) await outbox.delete(entry.sequence);
    await transaction.objectStore("drafts").delete(wish.feature_id);
    if (!change) return null;
    await setPhotosToSend(transaction, change.attachments);
    const entry = {
      change,
      state: "unsent",
      is_offered: false,
      receipt: null,
      label: wish.label,
    } satisfies Omit<OutboxEntry, "sequence">;
    const sequence = await outbox.add(entry as OutboxEntry);
    await noteVisit(transaction, change);
    return { ...entry, sequence } as OutboxEntry;
  });
}

/** Notes the visit that a change stands for; who changed something today does not only look at it later. */
async function noteVisit(transaction: WriteTransaction, change: Change): Promise<void> {
  const visits = transaction.objectStore("visits");
  const visit = visitOf(change);
  if (!visit) return visits.delete(change.feature_id);
  const known = await visits.get(change.feature_id);
  const is_changed = known?.kind === "changed" && localDay(new Date(known.at)) === localDay(new Date(visit.at));
  await visits.put(is_changed ? { ...visit, kind: "changed" } : visit);
}

/** Takes the newest change of a feature back, as long as the server cannot have seen it; else does nothing. */
export async function undoChange(database: Database, change_id: string): Promise<boolean> {
  return database.write(["outbox", "photos", "visits"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const entry = await outbox.index("change_id").get(change_id);
    if (!entry || entry.is_offered) return false;
    const entries = await outbox.index("feature_id").getAll(entry.change.feature_id);
    if (entries.some((other) => other.sequence > entry.sequence)) return false;
    await outbox.delete(entry.sequence);
    await transaction.objectStore("visits").delete(entry.change.feature_id);
    const before = entries.filter((other) => other.sequence < entry.sequence).at(-1);
    if (before) await noteVisit(transaction, before.change);
    const kept = new Set((await outbox.getAll()).flatMap(({ change }) => change.attachments.map((one) => one.sha256)));
    for (const { sha256 } of entry.change.attachments) {
      const photo = await transaction.objectStore("photos").get(sha256);
      if (photo?.state === "unsent" && !kept.has(sha256)) await transaction.objectStore("photos").delete(sha256);
    }
    return true;
  });
}

async function setPhotosToSend(transaction: WriteTransaction, attachments: { sha256: string }[]): Promise<void> {
  const photos = transaction.objectStore("photos");
  for (const { sha256 } of attachments) {
    const photo = await photos.get(sha256);
    if (photo?.state === "draft") await photos.put({ ...photo, state: "unsent" });
  }
}
