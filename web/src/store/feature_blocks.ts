import type { Feature } from "../model/feature.ts";
import type { ReadTransaction, StoredFeature, WriteTransaction } from "./database.ts";

/** So many features a block: of few, each costs as much to write as alone; of many, finding one costs more. */
const BLOCK_LIMIT = 100;

/** More features alone than this are put together into blocks: each is read, and written, dearly. */
const SINGLES_LIMIT = 500;

/** Everything keyed by [key, …]: an empty array sorts after every string. */
const wholeLayer = (key: string) => IDBKeyRange.bound([key], [key, []]);

/** Features as they came from the server at one time; written together, as each alone takes eight times as long.
 *
 * What the store has of a feature alone is newer than any block, and a later block newer than those before it.
 */
export interface FeatureBlock {
  layer: string;
  epoch: string;
  feature_ids: string[];
  features: Feature[];
  /** There only where one of the features has photos: so they are found without reading all. */
  has_photos?: 1;
}

/** The server's store in what is noted of a pull: its epoch, the area, and which pull from the beginning it was. */
export const storeOf = (epoch: string) => epoch.split(" ")[0] ?? "";

export type AnyTransaction = ReadTransaction | WriteTransaction;

const blocksOf = (transaction: AnyTransaction) => (transaction as ReadTransaction).objectStore("blocks");
const singlesOf = (transaction: AnyTransaction) => (transaction as ReadTransaction).objectStore("features");

function makeBlock(layer: string, epoch: string, features: Feature[]): FeatureBlock {
  const has_photos = features.some(({ attachments }) => attachments.length);
  return {
    layer,
    epoch,
    feature_ids: features.map(({ feature_id }) => feature_id),
    features,
    ...(has_photos && { has_photos: 1 as const }),
  };
}

/** All features of a layer. */
export async function readFeatures(transaction: ReadTransaction, layer: string): Promise<Feature[]> {
  const [blocks, singles] = await Promise.all([
    blocksOf(transaction).index("layer").getAll(layer),
    singlesOf(transaction).getAll(wholeLayer(layer)),
  ]);
  return newestOf(blocks, singles);
}

/** The features, of all layers, that have photos.
 *
 * While a pull from the beginning is under way, a later block without any photo may have newer copies: each feature
 * counts only as its newest block has it.
 */
export async function readFeaturesWithPhotos(transaction: ReadTransaction): Promise<Feature[]> {
  const blocks = blocksOf(transaction);
  const [numbers, found, singles] = await Promise.all([
    blocks.index("has_photos").getAllKeys(),
    blocks.index("has_photos").getAll(),
    singlesOf(transaction).getAll(),
  ]);
  const newest = await Promise.all(
    found.map(async (block, place) => {
      const features = await Promise.all(
        block.features.map(async (feature) => {
          if (!feature.attachments.length) return null;
          const holding = await blocks.index("feature_id").getAllKeys(feature.feature_id);
          return holding.at(-1) === numbers[place] ? feature : null;
        }),
      );
      return { ...block, features: features.filter((feature) => feature !== null) };
    }),
  );
  return newestOf(newest, singles).filter(({ attachments }) => attachments.length);
}

export async function findFeature(
  transaction: AnyTransaction,
  layer: string,
  feature_id: string,
): Promise<Feature | null> {
  return (await findStored(transaction, layer, feature_id))?.feature ?? null;
}

/** A feature, with the epoch of the server's store that it came from. */
export async function findStored(
  transaction: AnyTransaction,
  layer: string,
  feature_id: string,
): Promise<{ feature: Feature; store: string } | null> {
  const [single, blocks] = await Promise.all([
    singlesOf(transaction).get([layer, feature_id]),
    blocksOf(transaction).index("feature_id").getAll(feature_id),
  ]);
  const isIt = (feature: Feature) => feature.layer === layer && feature.feature_id === feature_id;
  if (single) return { feature: single, store: storeOf(single.epoch) };
  const inBlocks = blocks.flatMap(({ epoch, features }) =>
    features.filter(isIt).map((feature) => ({ epoch, feature })),
  );
  const found = inBlocks.at(-1);
  return found ? { feature: found.feature, store: storeOf(found.epoch) } : null;
}

/** Keeps many features of one layer in place of what was known of them. */
export async function putBlocks(
  transaction: WriteTransaction,
  layer: string,
  epoch: string,
  features: readonly Feature[],
): Promise<void> {
  const singles = transaction.objectStore("features");
  const [single] = await singles.getAllKeys(wholeLayer(layer), 1);
  // Requests of one transaction are done in the order they were made; waiting for each would take ten times as long.
  const writing: Promise<unknown>[] = [];
  if (single) writing.push(...features.map(({ feature_id }) => singles.delete([layer, feature_id])));
  for (let start = 0; start < features.length; start += BLOCK_LIMIT) {
    const block = makeBlock(layer, epoch, features.slice(start, start + BLOCK_LIMIT));
    writing.push(transaction.objectStore("blocks").add(block));
  }
  await Promise.all(writing);
}

/** Keeps what changed since the first pull: a few features alone, many together in blocks, with no old copy left. */
export async function putChanged(
  transaction: WriteTransaction,
  layer: string,
  epoch: string,
  features: readonly Feature[],
): Promise<void> {
  if (features.length > SINGLES_LIMIT) {
    const feature_ids = features.map(({ feature_id }) => feature_id);
    await removeFeatures(transaction, layer, feature_ids);
    await putBlocks(transaction, layer, epoch, features);
    return;
  }
  const singles = transaction.objectStore("features");
  await Promise.all(features.map((feature) => singles.put({ ...feature, epoch })));
}

/** Puts features that are kept alone together into blocks, once they are many. What is read stays the same. */
export async function gatherSingles(transaction: WriteTransaction, layer: string): Promise<void> {
  const singles = transaction.objectStore("features");
  if ((await singles.count(wholeLayer(layer))) <= SINGLES_LIMIT) return;
  const gathered = new Map<string, Feature[]>();
  for (const { epoch, ...feature } of await singles.getAll(wholeLayer(layer))) {
    if (!gathered.has(epoch)) gathered.set(epoch, []);
    gathered.get(epoch)?.push(feature);
  }
  for (const [epoch, features] of gathered) {
    const feature_ids = features.map(({ feature_id }) => feature_id);
    await removeFeatures(transaction, layer, feature_ids);
    await putBlocks(transaction, layer, epoch, features);
  }
}

export async function removeFeatures(
  transaction: WriteTransaction,
  layer: string,
  feature_ids: readonly string[],
): Promise<void> {
  const blocks = transaction.objectStore("blocks");
  const gone = new Set(feature_ids);
  const found = await Promise.all(
    feature_ids.map(async (feature_id) => {
      await transaction.objectStore("features").delete([layer, feature_id]);
      return blocks.index("feature_id").getAllKeys(feature_id);
    }),
  );
  for (const number of new Set(found.flat())) {
    const block = await blocks.get(number);
    if (block?.layer !== layer) continue;
    const left = block.features.filter(({ feature_id }) => !gone.has(feature_id));
    if (left.length) await blocks.put(makeBlock(layer, block.epoch, left), number);
    else await blocks.delete(number);
  }
}

export async function removeLayer(transaction: WriteTransaction, layer: string): Promise<void> {
  const blocks = transaction.objectStore("blocks");
  await transaction.objectStore("features").delete(wholeLayer(layer));
  const numbers = await blocks.index("layer").getAllKeys(layer);
  await Promise.all(numbers.map((number) => blocks.delete(number)));
}

/** Removes features of a layer that are not to be kept, and what later blocks have newer. */
export async function sweepLayer(
  transaction: WriteTransaction,
  layer: string,
  isKept: (feature_id: string, epoch: string) => boolean,
): Promise<void> {
  const seen = new Set<string>();
  const singles = transaction.objectStore("features");
  for (let cursor = await singles.openCursor(wholeLayer(layer)); cursor; cursor = await cursor.continue()) {
    const { feature_id, epoch } = cursor.value;
    if (isKept(feature_id, epoch)) seen.add(feature_id);
    else await cursor.delete();
  }
  const blocks = transaction.objectStore("blocks").index("layer");
  for (let cursor = await blocks.openCursor(layer, "prev"); cursor; cursor = await cursor.continue()) {
    const { epoch, features } = cursor.value;
    const left = features.filter(({ feature_id }) => isKept(feature_id, epoch) && !seen.has(feature_id));
    for (const { feature_id } of left) seen.add(feature_id);
    if (!left.length) await cursor.delete();
    else if (left.length < features.length) await cursor.update(makeBlock(layer, epoch, left));
  }
}

function newestOf(blocks: readonly FeatureBlock[], singles: readonly StoredFeature[]): Feature[] {
  const newest = new Map<string, Feature>();
  for (const { features } of blocks) for (const feature of features) newest.set(feature.feature_id, feature);
  for (const feature of singles) newest.set(feature.feature_id, feature);
  return [...newest.values()];
}
