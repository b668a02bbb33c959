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

/** The feature nearest to a place of those that today's round has left. */
export function nearestLeft(
  source: { layer: Layer; features: Feature[] }[],
  from: readonly [number, number],
  is_left: (layer: Layer, feature: Feature) => boolean,
): Row | null {
  let nearest: Row | null = null;
  for (const { layer, features } of source) {
    for (const feature of features) {
      const shape = is_left(layer, feature) ? inDegrees(feature.geometry, layer.crs) : null;
      const anchor = isOnEarth(shape) ? anchorOf(shape) : null;
      const distance_m = anchor ? distanceM(from, anchor) : Number.POSITIVE_INFINITY;
      if (distance_m < (nearest?.distance_m ?? Number.POSITIVE_INFINITY)) nearest = { layer, feature, distance_m };
    }
  }
  return nearest;
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
