import type { Change, OutboxEntry } from "../model/change.ts";
import { hasUnsentPhoto, isEmpty, isRefused, makeChange, viewFeature, type Wish } from "../model/edit.ts";
import type { Feature } from "../model/feature.ts";
import { NATURE, type Nature } from "../model/identity.ts";
import { localDay, visitOf } from "../model/visit.ts";
import type { Database, StoredPhoto, Undone, WriteTransaction } from "./database.ts";
import { findStored } from "./feature_blocks.ts";
import { findAround } from "./features.ts";

/** What a person wants, and the feature's label for lists. */
type LabelledWish = Wish & { label: string };

/** Saves a wish in one transaction: the change in the outbox, its photos set to be sent, its draft gone.
 *
 * Returns the new entry, or null where nothing differs.
 */
export async function saveEdit(database: Database, wish: LabelledWish, nature: Nature = NATURE) {
  const [entry] = await saveEdits(database, [wish], nature);
  return entry ?? null;
}

/** Saves several wishes in one transaction, all or none; returns their entries, null where nothing differs.
 *
 * What was taken back before cannot be done again after that.
 */
export async function saveEdits(database: Database, wishes: readonly LabelledWish[], nature: Nature = NATURE) {
  return (await saveAndLook(database, wishes, nature)).entries;
}

/** Saves as `saveEdits` does, and tells what is known of each feature then: asking anew would show in how long it takes. */
export async function saveAndLook(database: Database, wishes: readonly LabelledWish[], nature: Nature = NATURE) {
  return database.write(
    ["features", "blocks", "settings", "outbox", "photos", "drafts", "visits", "undone"],
    async (transaction) => {
      const entries: (OutboxEntry | null)[] = [];
      for (const wish of wishes) {
        const first_id = entries.find((entry) => entry)?.change.change_id;
        entries.push(await saveOne(transaction, wish, nature, first_id));
      }
      const clearing = entries.some(Boolean) && transaction.objectStore("undone").clear();
      const around = await Promise.all(
        wishes.map(({ layer, feature_id }) => findAround(transaction, layer.key, feature_id)),
      );
      await clearing;
      return { entries, around };
    },
  );
}

/** A change that the server refused is mended by this: it and its successors are replaced by one change
 * against the server's copy; by none, where a feature goes that the server never had.
 */
async function saveOne(
  transaction: WriteTransaction,
  wish: LabelledWish,
  nature: Nature,
  first_id?: string,
): Promise<OutboxEntry | null> {
  const outbox = transaction.objectStore("outbox");
  // Requests of a transaction are done in the order they are made; waiting for each would show in how long a save takes.
  const [entries, stored, epoch] = await Promise.all([
    outbox.index("feature_id").getAll(wish.feature_id),
    findStored(transaction, wish.layer.key, wish.feature_id),
    transaction.objectStore("settings").get("epoch"),
  ]);
  const base = stored?.feature ?? null;
  const is_mending = entries.some((entry) => isRefused(entry, entries));
  const pending = entries.filter((entry) => entry.state === "unsent" || entry.state === "held");
  const previous = is_mending ? null : (pending.at(-1)?.change ?? null);
  const replaced = is_mending ? entries.filter((entry) => entry.state !== "conflict") : [];
  const seen = is_mending ? base : wish.seen;
  // What is of a store that was replaced, or was pulled anew meanwhile, is compared by its values alone.
  const is_current = stored?.store === epoch && base?.revision === seen?.revision;
  const is_gone = is_mending && !base && wish.is_deletion;
  const made = makeChange(
    {
      ...wish,
      seen: seen && (is_current ? seen : { ...seen, revision: 0 }),
      geometry: wish.geometry === undefined && is_mending ? wish.seen?.geometry : wish.geometry,
      attachments: [...replaced.flatMap((entry) => entry.change.attachments), ...wish.attachments],
    },
    previous,
    nature,
  );
  const change = is_gone || isSaved(wish, viewFeature(base, entries), nature) ? null : made;
  const removeOld = async () => {
    for (const { sequence } of replaced) await outbox.delete(sequence);
    await transaction.objectStore("drafts").delete(wish.feature_id);
  };
  if (!change) {
    await removeOld();
    return null;
  }
  const entry = {
    change,
    state: "unsent",
    is_offered: false,
    receipt: null,
    label: wish.label,
    first_id: first_id ?? change.change_id,
  } satisfies Omit<OutboxEntry, "sequence">;
  const add = async () => outbox.add(entry as OutboxEntry);
  const [sequence] = await Promise.all([
    add(),
    removeOld(),
    setPhotosToSend(transaction, change.attachments),
    noteVisit(transaction, change),
  ]);
  return { ...entry, sequence };
}

/** Whether another window with the same form has made this feature already, just so. */
function isSaved(wish: Wish, known: Feature | null, nature: Nature): boolean {
  if (wish.seen || !known) return false;
  const here = new Set(known.attachments.map(({ sha256 }) => sha256));
  const attachments = wish.attachments.filter(({ sha256 }) => !here.has(sha256));
  return makeChange({ ...wish, seen: known, located: undefined, attachments }, null, nature) === null;
}

/** Notes the visit that a change stands for.
 *
 * Who changed something today, or put its place right, does not only look at it later.
 */
async function noteVisit(transaction: WriteTransaction, change: Change): Promise<void> {
  const visits = transaction.objectStore("visits");
  const visit = visitOf(change);
  if (!visit) return visits.delete(change.feature_id);
  const known = await visits.get(change.feature_id);
  const today = known && localDay(new Date(known.at)) === localDay(new Date(visit.at)) ? known : null;
  await visits.put({
    ...visit,
    ...(today?.kind === "changed" && { kind: today.kind }),
    ...(today?.is_placed && { is_placed: today.is_placed }),
  });
}

/** Takes the newest change of a feature back, as long as the server cannot have seen it; else does nothing. */
export const undoChange = (database: Database, change_id: string) => undoChanges(database, [change_id]);

/** Takes changes that were saved together back, all of them or, where one cannot be, none: then gives null. */
export async function undoChanges(database: Database, change_ids: readonly string[]): Promise<Undone | null> {
  return database.write(["outbox", "photos", "visits", "undone"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const chosen = await Promise.all(change_ids.map((change_id) => outbox.index("change_id").get(change_id)));
    const entries: OutboxEntry[] = [];
    for (const entry of chosen) {
      if (!entry || entry.is_offered) return null;
      const others = await outbox.index("feature_id").getAll(entry.change.feature_id);
      if (others.some((other) => other.sequence > entry.sequence)) return null;
      entries.push(entry);
    }
    const photos: StoredPhoto[] = [];
    for (const entry of entries) photos.push(...(await undoOne(transaction, entry)));
    if (!entries.length) return null;
    const undone = { entries, photos } satisfies Omit<Undone, "id">;
    return { ...undone, id: await transaction.objectStore("undone").add(undone as Undone) };
  });
}

/** All that was taken back and can be done again, the newest last. */
export async function listUndone(database: Database): Promise<Undone[]> {
  return database.read(["undone"], (transaction) => transaction.objectStore("undone").getAll());
}

/** Does what was taken back again; the changes stand in the outbox where they stood.
 *
 * False where it cannot be any more: another window saved something, or did it again.
 */
export async function redoChanges(database: Database, { id, entries, photos }: Undone): Promise<boolean> {
  return database.write(["outbox", "photos", "visits", "undone"], async (transaction) => {
    const undone = transaction.objectStore("undone");
    if (!(await undone.get(id))) return false;
    await undone.delete(id);
    for (const photo of photos) await transaction.objectStore("photos").put(photo);
    for (const entry of entries) {
      await transaction.objectStore("outbox").put(entry);
      await noteVisit(transaction, entry.change);
    }
    return true;
  });
}

/** Takes a photo off a feature, out of every change that the server cannot have seen; false where none of them has it.
 *
 * A change that says nothing else goes with it. What was taken back before cannot be done again after that: it may
 * build on the change that went.
 */
export async function removeUnsentPhoto(database: Database, feature_id: string, sha256: string): Promise<boolean> {
  return database.write(["outbox", "photos", "visits", "undone"], async (transaction) => {
    const outbox = transaction.objectStore("outbox");
    const entries = await outbox.index("feature_id").getAll(feature_id);
    const holding = entries.filter((entry) => hasUnsentPhoto(entry, sha256));
    for (const { sequence } of holding) await removeFrom(transaction, sequence, sha256);
    if (holding.length) await transaction.objectStore("undone").clear();
    const named = (await outbox.getAll()).flatMap(({ change }) => change.attachments.map((one) => one.sha256));
    const photo = await transaction.objectStore("photos").get(sha256);
    if (holding.length && photo?.state === "unsent" && !named.includes(sha256))
      await transaction.objectStore("photos").delete(sha256);
    return holding.length > 0;
  });
}

async function removeFrom(transaction: WriteTransaction, sequence: number, sha256: string): Promise<void> {
  const outbox = transaction.objectStore("outbox");
  const entry = await outbox.get(sequence);
  if (!entry) return;
  const change = { ...entry.change, attachments: entry.change.attachments.filter((one) => one.sha256 !== sha256) };
  if (!isEmpty(change)) return void (await outbox.put({ ...entry, change }));
  await outbox.delete(sequence);
  const left = await outbox.index("feature_id").getAll(change.feature_id);
  for (const next of left.filter((other) => other.change.after === change.change_id))
    await outbox.put({ ...next, change: { ...next.change, after: change.after } });
  await transaction.objectStore("visits").delete(change.feature_id);
  const last = left.at(-1);
  if (last) await noteVisit(transaction, last.change);
}

/** Returns the photos that went with the change. */
async function undoOne(transaction: WriteTransaction, entry: OutboxEntry): Promise<StoredPhoto[]> {
  const outbox = transaction.objectStore("outbox");
  const entries = await outbox.index("feature_id").getAll(entry.change.feature_id);
  await outbox.delete(entry.sequence);
  await transaction.objectStore("visits").delete(entry.change.feature_id);
  const before = entries.filter((other) => other.sequence < entry.sequence).at(-1);
  if (before) await noteVisit(transaction, before.change);
  if (!entry.change.attachments.length) return [];
  const kept = new Set((await outbox.getAll()).flatMap(({ change }) => change.attachments.map((one) => one.sha256)));
  const gone: StoredPhoto[] = [];
  for (const { sha256 } of entry.change.attachments) {
    const photo = await transaction.objectStore("photos").get(sha256);
    if (photo?.state !== "unsent" || kept.has(sha256)) continue;
    await transaction.objectStore("photos").delete(sha256);
    gone.push(photo);
  }
  return gone;
}

async function setPhotosToSend(transaction: WriteTransaction, attachments: { sha256: string }[]): Promise<void> {
  const photos = transaction.objectStore("photos");
  for (const { sha256 } of attachments) {
    const photo = await photos.get(sha256);
    if (photo?.state === "draft") await photos.put({ ...photo, state: "unsent" });
  }
}
