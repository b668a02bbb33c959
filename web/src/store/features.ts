import { boxText, type WorkArea } from "../model/area.ts";
import type { Feature } from "../model/feature.ts";
import type { Layer } from "../model/layer.ts";
import type { ConflictLine, EndLine, HeaderLine, LayerListing, PullLine } from "../model/messages.ts";
import type { Database, ReadTransaction, StoredLayer, StoreName, WriteTransaction } from "./database.ts";
import {
  type AnyTransaction,
  findFeature,
  gatherSingles,
  putBlocks,
  putChanged,
  readFeatures,
  removeFeatures,
  removeLayer,
  storeOf,
  sweepLayer,
} from "./feature_blocks.ts";
import { rebaseUnsent } from "./outbox.ts";

export async function listLayers(database: Database): Promise<StoredLayer[]> {
  return database.read(["layers"], (transaction) => transaction.objectStore("layers").getAll());
}

/** The server's copies of a layer's features, without what this tablet changed. */
export async function listFeatures(database: Database, key: string): Promise<Feature[]> {
  return database.read(["features", "blocks"], (transaction) => readFeatures(transaction, key));
}

/** All that a save, an undo or another window may have changed around one feature, as it was at one moment. */
export async function readAround(database: Database, layer: string, feature_id: string) {
  return database.read(["features", "blocks", "outbox", "visits", "photos"], (transaction) =>
    findAround(transaction, layer, feature_id),
  );
}

export type Around = Awaited<ReturnType<typeof readAround>>;

/** What `readAround` gives, in a transaction that has its stores. */
export async function findAround(transaction: AnyTransaction, layer: string, feature_id: string) {
  const [base, entries, visit, n_unsent_photos] = await Promise.all([
    findFeature(transaction, layer, feature_id),
    (transaction as ReadTransaction).objectStore("outbox").index("feature_id").getAll(feature_id),
    (transaction as ReadTransaction).objectStore("visits").get(feature_id),
    (transaction as ReadTransaction).objectStore("photos").index("state").count("unsent"),
  ]);
  return { layer, feature_id, base, entries, visit, n_unsent_photos };
}

export async function listConflicts(database: Database): Promise<ConflictLine[]> {
  return database.read(["conflicts"], (transaction) => transaction.objectStore("conflicts").getAll());
}

/** Takes layers along, and leaves those behind that are not chosen any more and have nothing to send.
 *
 * With another area, all is pulled anew; what lies outside goes at the end of that pull. The place in a pull under way
 * holds only for the layers it began with; with others it begins again.
 */
export async function chooseLayers(
  database: Database,
  listings: readonly LayerListing[],
  area: WorkArea | null = null,
): Promise<void> {
  await database.write(["layers", "features", "blocks", "outbox", "settings"], async (transaction) => {
    const layers = transaction.objectStore("layers");
    const before = (await transaction.objectStore("settings").get("area")) as WorkArea | null | undefined;
    const is_moved = boxText(before?.bbox) !== boxText(area?.bbox);
    await transaction.objectStore("settings").put(area, "area");
    const chosen = new Set(listings.map((listing) => listing.definition.key));
    const busy = new Set((await transaction.objectStore("outbox").getAll()).map((entry) => entry.change.layer));
    for (const stored of await layers.getAll()) {
      if (chosen.has(stored.key) || busy.has(stored.key)) continue;
      await layers.delete(stored.key);
      await removeLayer(transaction, stored.key);
    }
    const here = new Set((await layers.getAllKeys()).map(String));
    const is_same = !is_moved && here.size === chosen.size && [...chosen].every((key) => here.has(key));
    for (const { definition, n_features, extent, ...rest } of listings) {
      const known = await layers.get(definition.key);
      const revision = is_moved ? 0 : (known?.revision ?? 0);
      const cursor = is_same ? (known?.cursor ?? null) : null;
      const is_stale = known !== undefined && (is_moved || known.is_stale || (!revision && known.cursor !== cursor));
      const state = { revision, cursor, is_stale, n_pulls: known?.n_pulls ?? 0 };
      const { own_style = [], own_legend = null, theme_styles = {}, has_paper = false } = rest;
      const told = { own_style, own_legend, theme_styles, has_paper };
      await layers.put({ key: definition.key, definition, n_features, extent, ...state, ...told });
    }
  });
}

/** Applies one page of a pull in one transaction, with the place to go on from. Applying it twice changes nothing.
 *
 * At the end of a pull from the beginning, features are removed that it did not bring: those of a store that was
 * replaced since, of another area, or deleted since a pull before that was given up. Those with a change to send stay
 * until it is sent.
 */
export async function applyPage(
  database: Database,
  page: { header: HeaderLine; lines: readonly PullLine[]; end: EndLine },
  keys: readonly string[],
  area: WorkArea | null = null,
): Promise<void> {
  const { header, lines, end } = page;
  const is_first = header.since === 0;
  const stores: StoreName[] = ["settings", "layers", "features", "blocks", "conflicts", "outbox"];
  const apply = async (transaction: WriteTransaction) => {
    const layers = transaction.objectStore("layers");
    const marks = new Map<string, string>();
    for (const key of keys) {
      const layer = await layers.get(key);
      if (!layer) continue;
      const n_pulls = (layer.n_pulls ?? 0) + (is_first && layer.cursor === null ? 1 : 0);
      await layers.put({ ...layer, n_pulls });
      marks.set(key, [header.epoch, boxText(area?.bbox), n_pulls].filter(Boolean).join(" "));
    }
    await applyLines(transaction, lines, marks, is_first);
    await transaction.objectStore("settings").put(header.epoch, "epoch");
    for (const [key, mark] of marks) {
      const layer = await layers.get(key);
      if (!layer) continue;
      const is_whole = end.next === null;
      const is_swept = is_whole && is_first && layer.is_stale;
      if (is_swept) await sweepOtherPulls(transaction, key, mark);
      if (is_whole) await gatherSingles(transaction, key);
      const revision = is_whole ? end.revision : layer.revision;
      const is_stale = layer.is_stale && !is_swept;
      await layers.put({ ...layer, revision, cursor: end.next, is_stale });
    }
  };
  await database.write(stores, apply, "relaxed");
}

/** What goes does so before what comes, unless it came before that. */
async function applyLines(
  transaction: WriteTransaction,
  lines: readonly PullLine[],
  marks: ReadonlyMap<string, string>,
  is_first: boolean,
): Promise<void> {
  const coming = new Map<string, Map<string, Feature>>();
  const going = new Map<string, string[]>();
  for (const line of lines) {
    if (line.type === "feature") {
      const { type: _, ...feature } = line;
      const { layer, feature_id, attachments = [] } = feature;
      if (!coming.has(layer)) coming.set(layer, new Map());
      coming.get(layer)?.set(feature_id, { ...feature, attachments });
    } else if (line.type === "deletion" || line.type === "out_of_scope") {
      coming.get(line.layer)?.delete(line.feature_id);
      if (!going.has(line.layer)) going.set(line.layer, []);
      going.get(line.layer)?.push(line.feature_id);
    } else if (line.type === "layer") {
      await updateDefinition(transaction, line.layer);
    } else if (line.type === "conflict") {
      await applyConflict(transaction, line);
    }
  }
  for (const [layer, feature_ids] of going) await removeFeatures(transaction, layer, feature_ids);
  const put = is_first ? putBlocks : putChanged;
  for (const [layer, found] of coming) await put(transaction, layer, marks.get(layer) ?? "", [...found.values()]);
}

async function updateDefinition(transaction: WriteTransaction, definition: Layer): Promise<void> {
  const layer = await transaction.objectStore("layers").get(definition.key);
  if (layer) await transaction.objectStore("layers").put({ ...layer, definition });
}

/** An open conflict is kept for people to see; a closed one lets go of the change that waited for it. */
async function applyConflict(transaction: WriteTransaction, line: ConflictLine): Promise<void> {
  if (line.state === "open") {
    await transaction.objectStore("conflicts").put(line);
    return;
  }
  await transaction.objectStore("conflicts").delete(line.conflict_id);
  const outbox = transaction.objectStore("outbox");
  const entry = await outbox.index("change_id").get(line.change_id);
  if (entry?.state === "conflict") await outbox.delete(entry.sequence);
}

async function sweepOtherPulls(transaction: WriteTransaction, key: string, mark: string): Promise<void> {
  const busy = new Set((await transaction.objectStore("outbox").getAll()).map(({ change }) => change.feature_id));
  await sweepLayer(
    transaction,
    key,
    (feature_id, known) => known === mark || (storeOf(known) === storeOf(mark) && busy.has(feature_id)),
  );
}

/** Readies the tablet for a store that was replaced: all is pulled from the beginning, features stay until it is done,
 * and what is not sent yet names nothing of the old store any more, whatever is cut from now on.
 */
export async function restartPull(database: Database): Promise<void> {
  await database.write(["layers", "settings", "outbox", "undone", "drafts"], async (transaction) => {
    const layers = transaction.objectStore("layers");
    for (const layer of await layers.getAll())
      await layers.put({ ...layer, revision: 0, cursor: null, is_stale: true });
    await transaction.objectStore("settings").delete("epoch");
    await rebaseUnsent(transaction);
  });
}
