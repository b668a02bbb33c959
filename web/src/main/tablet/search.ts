import { anchorOf, distanceM, isOnEarth } from "../../geometry/distance.ts";
import { inDegrees } from "../../geometry/projection.ts";
import type { Feature } from "../../model/feature.ts";
import { foldText } from "../../model/fold.ts";
import type { Field, Layer } from "../../model/layer.ts";

export interface Row {
  layer: Layer;
  feature: Feature;
  /** null: the feature has no place, or nothing is known to measure from. */
  distance_m: number | null;
}

/** "A-2" before "A-10". */
const BY_NAME = new Intl.Collator("ja", { numeric: true });
const searchable = new WeakMap<Feature, string>();

/** Features with all words of a query somewhere in their values, nearest to `from` first, then by label. */
export function findRows(
  source: { layer: Layer; features: Feature[] }[],
  query: string,
  from: readonly [number, number] | null,
  label: (row: Row) => string,
  is_wanted: (layer: Layer, feature: Feature) => boolean = () => true,
): Row[] {
  const wanted = foldText(query).split(" ").filter(Boolean);
  const near: Row[] = [];
  const placeless: Row[] = [];
  for (const { layer, features } of source) {
    for (const feature of features) {
      if (!is_wanted(layer, feature)) continue;
      if (wanted.length && !wanted.every((word) => textOf(feature).includes(word))) continue;
      const anchor = from && anchorOf(inDegrees(feature.geometry, layer.crs));
      if (from && anchor) near.push({ layer, feature, distance_m: distanceM(from, anchor) });
      else placeless.push({ layer, feature, distance_m: null });
    }
  }
  near.sort((a, b) => (a.distance_m ?? 0) - (b.distance_m ?? 0));
  const labels = new Map(placeless.map((row) => [row, label(row)]));
  placeless.sort((a, b) => BY_NAME.compare(labels.get(a) ?? "", labels.get(b) ?? ""));
  return [...near, ...placeless];
}

/** Where a round goes on: whether there is one, and the nearest feature that it has left. */
export interface RoundAhead {
  is_going: boolean;
  next: Row | null;
}

/** Walks all features for the one nearest to a place that today's round has left, and may pause after each.
 *
 * A round goes over the layers in which something was visited.
 */
export function* walkRound(
  source: { layer: Layer; features: Feature[] }[],
  from: readonly [number, number],
  is_left: (layer: Layer, feature: Feature) => boolean,
): Generator<void, RoundAhead> {
  let is_going = false;
  let next: Row | null = null;
  for (const { layer, features } of source) {
    let n_visited = 0;
    let nearest: Row | null = null;
    for (const feature of features) {
      yield;
      if (!is_left(layer, feature)) {
        n_visited++;
        continue;
      }
      const shape = inDegrees(feature.geometry, layer.crs);
      const anchor = isOnEarth(shape) ? anchorOf(shape) : null;
      const distance_m = anchor ? distanceM(from, anchor) : Number.POSITIVE_INFINITY;
      if (distance_m < (nearest?.distance_m ?? Number.POSITIVE_INFINITY)) nearest = { layer, feature, distance_m };
    }
    if (!n_visited) continue;
    is_going = true;
    if (nearest && (nearest.distance_m ?? 0) < (next?.distance_m ?? Number.POSITIVE_INFINITY)) next = nearest;
  }
  return { is_going, next };
}

/** The field in which a query was found, where the label does not show it; null where nothing is to be told. */
export function matchedField(layer: Layer, feature: Feature, query: string, label: string): Field | null {
  const shown = foldText(label);
  const hidden = foldText(query)
    .split(" ")
    .filter((word) => word && !shown.includes(word));
  const holds = ({ name }: Field) => hidden.some((word) => foldText(String(feature.fields[name] ?? "")).includes(word));
  return hidden.length ? (layer.fields.find(holds) ?? null) : null;
}

function textOf(feature: Feature): string {
  const known = searchable.get(feature);
  if (known !== undefined) return known;
  const text = foldText(
    Object.values(feature.fields)
      .filter((value) => value !== null)
      .join(" "),
  );
  searchable.set(feature, text);
  return text;
}
