import { anchorOf, distanceM, isOnEarth } from "../../geometry/distance.ts";
import { inDegrees } from "../../geometry/projection.ts";
import { isOwn } from "../../model/copies.ts";
import type { Feature } from "../../model/feature.ts";
import { foldText } from "../../model/fold.ts";
import type { Field, Layer } from "../../model/layer.ts";
import { findWord, foldNumber, numberRank } from "../../model/ledger_number.ts";

export interface Row {
  layer: Layer;
  feature: Feature;
  /** null: the feature has no place, or nothing is known to measure from. */
  distance_m: number | null;
}

/** The first of what was found, and how many there are. */
export interface Found {
  rows: Row[];
  n_found: number;
}

/** What is asked of the ledger. */
export interface Search {
  query: string;
  /** Where distances are measured from; null = from nowhere. */
  from: readonly [number, number] | null;
  label: (row: Row) => string;
  is_wanted?: (layer: Layer, feature: Feature) => boolean;
  /** So many rows are wanted. */
  n_rows: number;
}

/** What of a feature is searched, folded. */
interface Index {
  numbers: string[];
  /** The values that the label shows, then all others. */
  text: string;
  n_label_letters: number;
  anchor: [number, number] | null;
}

/** A word of a query, as it stands in texts, and as a number. */
interface Word {
  text: string;
  number: string;
}

/** "A-2" before "A-10". */
const BY_NAME = new Intl.Collator("ja", { numeric: true });
const indexes = new WeakMap<Feature, Index>();

/** Walks all features for those with every word of a query, and may pause after each.
 *
 * The ledger number that was asked for comes first, then numbers that begin like it, then labels, then all other
 * values; among these the nearest, and last, by label, what has no place.
 */
export function* walkRows(
  source: { layer: Layer; features: Feature[] }[],
  { query, from, label, is_wanted = () => true, n_rows }: Search,
): Generator<void, Found> {
  const words = wordsOf(query);
  const best = new Best(n_rows, label);
  for (const { layer, features } of source) {
    for (const feature of features) {
      yield;
      if (!is_wanted(layer, feature)) continue;
      const index = indexOf(layer, feature);
      const rank = rankOf(index, words);
      if (rank === null) continue;
      const distance_m = from && index.anchor ? distanceM(from, index.anchor) : null;
      best.add({ layer, feature, distance_m }, rank);
    }
  }
  return { rows: best.rows, n_found: best.n_added };
}

interface Ranked {
  row: Row;
  rank: number;
  name?: string;
}

/** Keeps the first rows of many. */
class Best {
  n_added = 0;
  readonly #limit: number;
  readonly #label: (row: Row) => string;
  readonly #ranked: Ranked[] = [];

  constructor(limit: number, label: (row: Row) => string) {
    this.#limit = limit;
    this.#label = label;
  }

  get rows(): Row[] {
    return this.#ranked.map(({ row }) => row);
  }

  add(row: Row, rank: number): void {
    this.n_added++;
    const ranked = this.#ranked;
    const added = { row, rank };
    const last = ranked.at(-1);
    if (ranked.length >= this.#limit && last && this.#compare(added, last) >= 0) return;
    let [low, high] = [0, ranked.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = ranked[middle];
      if (other && this.#compare(added, other) < 0) high = middle;
      else low = middle + 1;
    }
    ranked.splice(low, 0, added);
    if (ranked.length > this.#limit) ranked.pop();
  }

  #compare(a: Ranked, b: Ranked): number {
    if (a.rank !== b.rank) return a.rank - b.rank;
    const [from_a, from_b] = [a.row.distance_m, b.row.distance_m];
    if (from_a !== null && from_b !== null) return from_a - from_b;
    if (from_a !== from_b) return from_a === null ? 1 : -1;
    a.name ??= this.#label(a.row);
    b.name ??= this.#label(b.row);
    return BY_NAME.compare(a.name, b.name);
  }
}

/** "No. 12" is one word, and so is "12 号". */
function wordsOf(query: string): Word[] {
  const joined = foldText(query)
    .replace(/no\.?\s*(?=\d)/g, "")
    .replace(/(\d)\s+(?=[番号])/g, "$1");
  return joined
    .split(" ")
    .filter(Boolean)
    .map((text) => ({ text, number: foldNumber(text) }));
}

const LABEL_RANK = 3;

/** The smaller the better; null where a word is missing. */
function rankOf(index: Index, words: readonly Word[]): number | null {
  let best: number | null = words.length ? null : 0;
  for (const word of words) {
    const rank = wordRank(index, word);
    if (rank === null) return null;
    best = Math.min(best ?? rank, rank);
  }
  return best;
}

function wordRank({ numbers, text, n_label_letters }: Index, word: Word): number | null {
  let best: number | null = null;
  for (const number of numbers) {
    const rank = numberRank(number, word.number);
    if (rank !== null) best = Math.min(best ?? rank, rank);
  }
  if (best !== null || !text.includes(word.text)) return best;
  if (findWord(text.slice(0, n_label_letters), word.text) === "found") return LABEL_RANK;
  const found = findWord(text, word.text);
  return found && LABEL_RANK + (found === "found" ? 1 : 2);
}

/** Where a round goes on: how much of it is done, and the nearest feature that it has left. */
export interface RoundAhead {
  n_total: number;
  n_done: number;
  next: Row | null;
}

/** Walks the features of a round for the one nearest to a place that it has left, and may pause after each. */
export function* walkRound(
  source: { layer: Layer; features: Feature[] }[],
  from: readonly [number, number],
  is_left: (layer: Layer, feature: Feature) => boolean,
): Generator<void, RoundAhead> {
  const ahead: RoundAhead = { n_total: 0, n_done: 0, next: null };
  for (const { layer, features } of source) {
    for (const feature of features) {
      yield;
      ahead.n_total++;
      if (!is_left(layer, feature)) {
        ahead.n_done++;
        continue;
      }
      const shape = inDegrees(feature.geometry, layer.crs);
      const anchor = isOnEarth(shape) ? anchorOf(shape) : null;
      const distance_m = anchor ? distanceM(from, anchor) : Number.POSITIVE_INFINITY;
      if (distance_m < (ahead.next?.distance_m ?? Number.POSITIVE_INFINITY))
        ahead.next = { layer, feature, distance_m };
    }
  }
  return ahead;
}

/** The field in which a query was found, where the label does not show it; null where nothing is to be told. */
export function matchedField(layer: Layer, feature: Feature, query: string, label: string): Field | null {
  const shown = foldText(label);
  const { numbered, labelled } = namesOf(layer);
  const written = (name: string) => String(feature.fields[name] ?? "");
  const isNumber = (name: string, { number }: Word) => numberRank(foldNumber(written(name)), number) !== null;
  const isShown = (word: Word) =>
    findWord(shown, word.text) === "found" || numbered.some((name) => labelled.includes(name) && isNumber(name, word));
  const hidden = wordsOf(query).filter((word) => !isShown(word));
  const holds = ({ name }: Field) => hidden.some(({ text }) => findWord(foldText(written(name)), text));
  const is_numbered = ({ name }: Field) => numbered.includes(name) && hidden.some((word) => isNumber(name, word));
  return layer.fields.find(is_numbered) ?? layer.fields.find(holds) ?? null;
}

function indexOf(layer: Layer, feature: Feature): Index {
  const known = indexes.get(feature);
  if (known) return known;
  const { fields } = feature;
  const { numbered, labelled } = namesOf(layer);
  const others = Object.keys(fields).filter((name) => !labelled.includes(name));
  const textOf = (names: readonly string[]) => foldText(names.map((name) => fields[name] ?? "").join(" "));
  const label = textOf(labelled);
  const index = {
    numbers: numbered.map((name) => foldNumber(String(fields[name] ?? ""))),
    text: `${label} ${textOf(others)}`,
    n_label_letters: label.length,
    anchor: anchorOf(inDegrees(feature.geometry, layer.crs)),
  };
  indexes.set(feature, index);
  return index;
}

const shown_fields = new WeakMap<Layer, { numbered: string[]; labelled: string[] }>();

/** Names of the fields of a layer that hold its numbers (its label, where none is said to) and of those its label shows. */
function namesOf(layer: Layer) {
  const known = shown_fields.get(layer);
  if (known) return known;
  const labelled = layer.fields.map(({ name }) => name).filter((name) => layer.label?.includes(`{${name}}`));
  const own = layer.fields.filter((field) => isOwn(layer, field)).map(({ name }) => name);
  const found = { numbered: own.length ? own : labelled, labelled };
  shown_fields.set(layer, found);
  return found;
}
