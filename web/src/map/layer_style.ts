import type { Feature as MapFeature } from "geojson";
import type { Feature } from "../model/feature.ts";
import type { Layer, Shape } from "../model/layer.ts";
import { poorRadiusM } from "../model/position.ts";
import { ATTENTION_BADGE, CHANGED_BADGE, CHECKED_BADGE, markerId, UNSENT_BADGE } from "./markers.ts";

/** What a feature's badge says: it waits to be sent, somebody has to look at it, or it was visited today. */
export type Mark = "unsent" | "attention" | "checked" | "changed" | null;

const BADGES = {
  unsent: UNSENT_BADGE,
  attention: ATTENTION_BADGE,
  checked: CHECKED_BADGE,
  changed: CHANGED_BADGE,
};
export const DEFAULT_COLOR = "#0017c1";

/** Colour and shape of a feature, by its category. */
export function symbolOf(layer: Layer, fields: Feature["fields"]): { color: string; shape: Shape } {
  const style = layer.style ?? {};
  const value = style.category_field ? fields[style.category_field] : undefined;
  const category = style.categories?.find((candidate) => candidate.code === String(value ?? ""));
  return {
    color: category?.color ?? style.color ?? DEFAULT_COLOR,
    shape: category?.shape ?? style.shape ?? "circle",
  };
}

const N_LABEL_LETTERS = 24;

/** A name that people can read on a map; the list and the form tell the whole. */
function shorten(label: string): string {
  const letters = label.length > N_LABEL_LETTERS ? [...label] : [];
  return letters.length > N_LABEL_LETTERS ? `${letters.slice(0, N_LABEL_LETTERS - 1).join("")}…` : label;
}

/** A feature as the map draws it: what the style needs is worked out here, once. */
export function toMapFeature(
  layer: Layer,
  feature: Feature,
  told: { label: string; mark: Mark; is_styled?: boolean },
): MapFeature | null {
  if (!feature.geometry) return null;
  const { color, shape } = symbolOf(layer, feature.fields);
  return {
    type: "Feature",
    geometry: feature.geometry,
    properties: {
      // A style of the office's own may ask for any field.
      ...(told.is_styled ? feature.fields : {}),
      feature_id: feature.feature_id,
      label: shorten(told.label),
      color,
      icon: markerId(shape, color),
      badge: told.mark ? BADGES[told.mark] : "",
      ...accuracyRing(feature),
    },
  };
}

/** Width of the world at zoom 22 in pixels, over its length in metres: what a metre at the equator measures there. */
const PX_PER_M_AT_22 = (512 * 2 ** 22) / 40_075_016.7;
const RING_COLORS: Record<string, string> = { address: "#c74700", mesh: "#6f23d0", parcel: "#197a4b" };

/** The radius of the ring around a point whose position is poor, for the style; its colour tells the method. */
function accuracyRing(feature: Feature): { ring_px?: number; ring_color?: string } {
  const radius_m = poorRadiusM(feature);
  if (radius_m === null || feature.geometry?.type !== "Point") return {};
  const lat = feature.geometry.coordinates[1] ?? 0;
  const ring_px = (radius_m * PX_PER_M_AT_22) / Math.cos((lat * Math.PI) / 180);
  return { ring_px, ring_color: RING_COLORS[feature.position?.method ?? ""] ?? "#1a1a1a" };
}
