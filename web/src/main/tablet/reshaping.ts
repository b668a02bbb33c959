import type { Geometry, Position } from "geojson";
import { mergeShapes } from "../../geometry/merge.ts";
import { partsOf, withPart } from "../../geometry/parts.ts";
import { inLayer } from "../../geometry/projection.ts";
import { asLayerType } from "../../geometry/shape.ts";
import { type SplitProblem, splitShape } from "../../geometry/split.ts";
import { t } from "../../i18n/tablet.ts";
import { mergedFields, partFields } from "../../model/copies.ts";
import type { Wish } from "../../model/edit.ts";
import type { DevicePosition, Feature } from "../../model/feature.ts";
import { mintUuid } from "../../model/identity.ts";
import type { DraftForm } from "./draft.svelte.ts";

/** What divides a feature along a cut in degrees: the new parts first, so that a cut line never leaves a hole.
 *
 * The largest part stays the feature; all corners are in the layer's CRS from the start and keep their digits. Of a
 * shape that was of several parts before, those that the cut does not cross stay with the feature as they are.
 */
export function divideWishes(form: DraftForm, cut: Position[], position: DevicePosition | null): Wish[] | SplitProblem {
  const { layer, seen } = form;
  if (!form.shape || !seen) return "beside";
  const line = inLayer({ type: "LineString", coordinates: cut }, layer.crs, form.shape);
  let left = form.shape;
  const others: Geometry[] = [];
  for (const [index, part] of partsOf(form.shape).entries()) {
    const pieces = line.type === "LineString" ? splitShape(part, line.coordinates) : "beside";
    if (pieces === "beside") continue;
    if (typeof pieces === "string") return pieces;
    const [largest = part, ...smaller] = pieces;
    left = withPart(left, index, largest);
    others.push(...smaller.map((piece) => asLayerType(piece, layer.geometry_type)));
  }
  if (!others.length) return "beside";
  const located = { method: "tap", accuracy_m: null, note: t("split_note") };
  const common = { layer, attachments: [], is_deletion: false, position, located };
  const made = others.map((geometry, index) => ({
    ...common,
    feature_id: mintUuid(),
    seen: null,
    fields: partFields(layer, seen.fields, index + 2),
    geometry,
  }));
  return [
    ...made,
    {
      ...common,
      feature_id: seen.feature_id,
      seen,
      fields: seen.fields,
      geometry: asLayerType(left, layer.geometry_type),
    },
  ];
}

/** What joins another feature of the layer into this one, with its photos; null where they do not touch. */
export function joinWishes(form: DraftForm, other: Feature, position: DevicePosition | null): Wish[] | null {
  const { layer, seen, shape } = form;
  const merged = seen && shape && other.geometry && mergeShapes(shape, other.geometry, layer.geometry_type);
  if (!seen || !merged) return null;
  const geometry = asLayerType(merged, layer.geometry_type);
  const located = { method: "tap", accuracy_m: null, note: t("merge_note") };
  const { feature_id } = other;
  return [
    {
      layer,
      feature_id: seen.feature_id,
      seen,
      fields: mergedFields(seen.fields, other.fields),
      geometry,
      located,
      attachments: other.attachments,
      is_deletion: false,
      position,
    },
    { layer, feature_id, seen: other, fields: other.fields, attachments: [], is_deletion: true, position },
  ];
}
