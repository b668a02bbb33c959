import type { Geometry } from "geojson";
import type { Wish } from "./edit.ts";
import type { DevicePosition, Feature, Fields } from "./feature.ts";
import { mintUuid } from "./identity.ts";
import type { Layer } from "./layer.ts";

/** Key of the layer that holds what the red pen draws: `layers/redline`. */
export const REDLINE = "redline";
/** The colours of the pen: codes of the layer's domain. */
export const PEN_COLORS = { 赤: "#e60012", 青: "#0055ff", 黒: "#1a1a1a" } as const;
export type PenColor = keyof typeof PEN_COLORS;

/** A stroke of the pen as a new feature of its layer, with who drew it, when and where they stood. */
export function strokeWish(
  layer: Layer,
  geometry: Geometry,
  by: { color: PenColor; author: string; at: Date; position: DevicePosition | null },
): Wish {
  const fields: Fields = {
    pen_color: by.color,
    drawn_by: by.author,
    drawn_at: by.at.toISOString().replace(/\.\d+Z$/, "Z"),
  };
  return {
    layer,
    feature_id: mintUuid(),
    seen: null,
    fields,
    geometry,
    located: { method: "tap", accuracy_m: null, note: null },
    attachments: [],
    is_deletion: false,
    position: by.position,
  };
}

/** A stroke that the eraser touched. */
export function erasureWish(layer: Layer, seen: Feature, position: DevicePosition | null): Wish {
  const { feature_id, fields } = seen;
  return { layer, feature_id, seen, fields, attachments: [], is_deletion: true, position };
}
