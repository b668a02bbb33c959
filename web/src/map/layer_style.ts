import type { Feature as MapFeature } from "geojson";
import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Feature } from "../model/feature.ts";
import type { Layer, Shape } from "../model/layer.ts";
import { poorRadiusM } from "../model/position.ts";
import { LABEL_FONTS } from "./basemap_style.ts";
import { ATTENTION_BADGE, CHANGED_BADGE, CHECKED_BADGE, markerId, UNSENT_BADGE } from "./markers.ts";

/** What a feature's badge says: it waits to be sent, somebody has to look at it, or it was visited today. */
export type Mark = "unsent" | "attention" | "checked" | "changed" | null;

const BADGES = {
  unsent: UNSENT_BADGE,
  attention: ATTENTION_BADGE,
  checked: CHECKED_BADGE,
  changed: CHANGED_BADGE,
};
const DEFAULT_COLOR = "#0017c1";
const DEFAULT_LABEL_ZOOM = 14;

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

/** A feature as the map draws it: what the style needs is worked out here, once. */
export function toMapFeature(layer: Layer, feature: Feature, told: { label: string; mark: Mark }): MapFeature | null {
  if (!feature.geometry) return null;
  const { color, shape } = symbolOf(layer, feature.fields);
  return {
    type: "Feature",
    geometry: feature.geometry,
    properties: {
      feature_id: feature.feature_id,
      label: told.label,
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

export const sourceId = (key: string) => `ledger-${key}`;

const IS_POINT: FilterSpecification = ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]];
const IS_AREA: FilterSpecification = ["in", ["geometry-type"], ["literal", ["Polygon", "MultiPolygon"]]];

/** Below this zoom a crowded layer is drawn as plain dots: MapLibre has room for 16,384 pictures in a tile. */
const CROWDED_ZOOM = 14;
const CROWD = 5000;
/** Farther out, rings would only cover each other. */
const RING_ZOOM = 13;

/** A ledger layer to draw, with how many features it has. */
export interface DrawnLayer {
  layer: Layer;
  n_features: number;
}

/** The map layers of all ledger layers: areas lowest, then lines, markers, badges, and names on top. */
export function ledgerStyle(drawn: readonly DrawnLayer[]): LayerSpecification[] {
  const layers = drawn.map(({ layer }) => layer);
  const crowded = new Set(drawn.filter(({ n_features }) => n_features > CROWD).map(({ layer }) => layer));
  return [
    ...[drawArea, drawLine].flatMap((draw) => layers.map(draw)),
    ...layers.map(drawRing),
    ...[...crowded].map(drawDot),
    ...layers.map((layer) => drawMarker(layer, crowded.has(layer) ? CROWDED_ZOOM : 0)),
    ...[drawBadge, drawLabel].flatMap((draw) => layers.map(draw)),
  ];
}

const at = (layer: Layer, part: string) => ({
  id: `${sourceId(layer.key)}-${part}`,
  source: sourceId(layer.key),
  minzoom: layer.style?.min_zoom ?? 0,
});

const drawArea = (layer: Layer): LayerSpecification => ({
  ...at(layer, "area"),
  type: "fill",
  filter: IS_AREA,
  paint: { "fill-color": ["get", "color"], "fill-opacity": 0.25 },
});

const drawLine = (layer: Layer): LayerSpecification => ({
  ...at(layer, "line"),
  type: "line",
  filter: ["!", IS_POINT],
  layout: { "line-cap": "round", "line-join": "round" },
  paint: { "line-color": ["get", "color"], "line-width": ["interpolate", ["linear"], ["zoom"], 11, 2, 17, 5] },
});

/** In metres on the ground, so that it doubles with each zoom. */
const drawRing = (layer: Layer): LayerSpecification => ({
  ...at(layer, "ring"),
  type: "circle",
  minzoom: RING_ZOOM,
  filter: ["has", "ring_px"],
  paint: {
    "circle-radius": ["interpolate", ["exponential", 2], ["zoom"], 0, 0, 22, ["get", "ring_px"]],
    "circle-color": ["get", "ring_color"],
    "circle-opacity": 0.08,
    "circle-stroke-color": ["get", "ring_color"],
    "circle-stroke-width": 3,
    "circle-pitch-alignment": "map",
  },
});

const drawDot = (layer: Layer): LayerSpecification => ({
  ...at(layer, "dot"),
  type: "circle",
  maxzoom: CROWDED_ZOOM,
  filter: IS_POINT,
  paint: {
    "circle-color": ["get", "color"],
    "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 2, 14, 5],
    "circle-stroke-color": "#ffffff",
    "circle-stroke-width": 1,
  },
});

const drawMarker = (layer: Layer, from_zoom: number): LayerSpecification => ({
  ...at(layer, "marker"),
  minzoom: Math.max(from_zoom, layer.style?.min_zoom ?? 0),
  type: "symbol",
  filter: IS_POINT,
  layout: {
    "icon-image": ["get", "icon"],
    "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.45, 13, 0.65, 16, 1],
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
  },
});

const drawBadge = (layer: Layer): LayerSpecification => ({
  ...at(layer, "badge"),
  type: "symbol",
  filter: ["!=", ["get", "badge"], ""],
  layout: {
    "icon-image": ["get", "badge"],
    "icon-offset": [11, -11],
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
  },
});

const drawLabel = (layer: Layer): LayerSpecification => ({
  ...at(layer, "label"),
  type: "symbol",
  minzoom: layer.style?.label_min_zoom ?? DEFAULT_LABEL_ZOOM,
  layout: {
    "text-field": ["get", "label"],
    "text-font": LABEL_FONTS,
    "text-size": 14,
    "text-anchor": "top",
    "text-offset": [0, 0.9],
    "text-max-width": 9,
    "text-optional": true,
  },
  paint: { "text-color": "#1a1a1a", "text-halo-color": "#ffffff", "text-halo-width": 2 },
});
