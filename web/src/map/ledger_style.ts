import type {
  FilterSpecification,
  GeoJSONSourceSpecification,
  LayerSpecification,
  Map as MapLibreMap,
  SymbolLayerSpecification,
} from "maplibre-gl";
import type { Layer } from "../model/layer.ts";
import type { LayerListing } from "../model/messages.ts";
import { mayHaveAreas, namesId } from "./area_names.ts";
import { LABEL_FONTS } from "./basemap_style.ts";
import { DEFAULT_COLOR } from "./layer_style.ts";
import { type PackView, WHOLE_VIEW } from "./pack_source.ts";
import type { MapTheme } from "./themes.ts";

export const sourceId = (key: string) => `ledger-${key}`;

/** A ledger layer to draw: how many features it has, and how it is shown. */
export interface DrawnLayer {
  layer: Layer;
  n_features: number;
  view?: PackView;
  /** Of the office's own, in place of areas, lines, markers and names. */
  own_style?: readonly object[] | undefined;
  /** The theme that `own_style` was made for, whose colours stay as they are. */
  own_theme?: MapTheme | undefined;
}

/** The office's style of a layer in a theme: of the file for that theme alone, or else of the one for all. */
export function styleIn(
  { own_style, theme_styles = {} }: Pick<LayerListing, "own_style" | "theme_styles">,
  theme: MapTheme,
): Pick<DrawnLayer, "own_style" | "own_theme"> {
  const made = theme === "plain" ? undefined : theme_styles[theme];
  return made?.length ? { own_style: made, own_theme: theme } : { own_style };
}

const IS_POINT: FilterSpecification = ["in", ["geometry-type"], ["literal", ["Point", "MultiPoint"]]];
const IS_AREA: FilterSpecification = ["in", ["geometry-type"], ["literal", ["Polygon", "MultiPolygon"]]];
const IS_CROWD: FilterSpecification = ["has", "point_count"];
const IS_SINGLE: FilterSpecification = ["!", IS_CROWD];

/** Below this zoom the points of a crowded layer are drawn together where they are dense. */
export const CROWDED_ZOOM = 14;
const CROWD = 500;
const CROWD_RADIUS_PX = 48;
/** Other layers than of single points cannot be drawn together; from afar they are dots, as a tile has room for 16,384 pictures. */
const DOTS = 5000;
const DEFAULT_LABEL_ZOOM = 14;
/** Farther out, rings would only cover each other. */
const RING_ZOOM = 13;

const isDotted = ({ layer, n_features }: DrawnLayer) =>
  ["MultiPoint", "Geometry"].includes(layer.geometry_type) && n_features > DOTS;
const isCrowded = ({ layer, n_features }: DrawnLayer) => layer.geometry_type === "Point" && n_features > CROWD;

/** The sources of a layer by their ids, still without features. */
export function ledgerSources(drawn: DrawnLayer): Record<string, GeoJSONSourceSpecification> {
  const { key, geometry_type } = drawn.layer;
  const own = { [sourceId(key)]: ledgerSource(drawn) };
  return mayHaveAreas(geometry_type) ? { ...own, [namesId(key)]: emptySource() } : own;
}

const emptySource = (): GeoJSONSourceSpecification => ({
  type: "geojson",
  data: { type: "FeatureCollection", features: [] },
  promoteId: "feature_id",
});

export function ledgerSource(drawn: DrawnLayer): GeoJSONSourceSpecification {
  const crowds = isCrowded(drawn)
    ? { cluster: true, clusterMaxZoom: CROWDED_ZOOM - 1, clusterRadius: CROWD_RADIUS_PX }
    : {};
  return { ...emptySource(), ...crowds };
}

/** The map layers of all ledger layers: areas lowest, then lines, markers, badges, and names on top. */
export function ledgerStyle(drawn: readonly DrawnLayer[]): LayerSpecification[] {
  const given: Draw[] = [drawArea, drawLine, drawDot, drawMarker, drawLabel];
  const parts = [drawArea, drawLine, drawRing, drawDot, drawMarker, drawOwn, drawBadge, drawLabel, drawCrowd];
  const draws = (draw: Draw, { own_style }: DrawnLayer) => !(own_style?.length && given.includes(draw));
  return parts.flatMap((draw) =>
    drawn.flatMap((one) => (draws(draw, one) ? [draw(one)].flat().map((layer) => seen(layer, one.view)) : [])),
  );
}

type Draw = (drawn: DrawnLayer) => LayerSpecification | LayerSpecification[];

/** The office's layers over the features that are here instead of tiles. */
const drawOwn: Draw = ({ layer, own_style = [], own_theme }) =>
  own_style.map((own, index) => {
    const { "source-layer": _, ...rest } = own as { "source-layer"?: string };
    const source = sourceId(layer.key);
    return { ...rest, id: `${source}-own${index}`, source, metadata: { theme: own_theme } } as LayerSpecification;
  });

/** Changes how a layer is shown on a map that has it. */
export function showLedgerLayer(map: MapLibreMap, drawn: DrawnLayer): void {
  for (const { id, layout, paint } of ledgerStyle([drawn]).filter(({ id }) => map.getLayer(id))) {
    map.setLayoutProperty(id, "visibility", layout?.visibility ?? "visible");
    for (const [key, value] of Object.entries(paint ?? {}))
      if (key.endsWith("-opacity")) map.setPaintProperty(id, key as "line-opacity", value as number);
  }
}

const OPACITIES: Record<string, readonly string[]> = {
  fill: ["fill-opacity"],
  line: ["line-opacity"],
  circle: ["circle-opacity", "circle-stroke-opacity"],
  symbol: ["icon-opacity", "text-opacity"],
};

/** A map layer as its layer is to be shown: paler, or not at all. */
function seen(layer: LayerSpecification, { is_visible, opacity }: PackView = WHOLE_VIEW): LayerSpecification {
  const own = (layer.paint ?? {}) as Record<string, unknown>;
  const paler = (OPACITIES[layer.type] ?? []).map((key) => {
    const value = own[key] ?? 1;
    // An expression over the zoom cannot be a part of another.
    return [key, typeof value === "number" ? value * opacity : opacity < 1 ? opacity : value];
  });
  const is_drawn = is_visible && layer.layout?.visibility !== "none";
  const layout = { ...layer.layout, visibility: is_drawn ? "visible" : "none" };
  return { ...layer, layout, paint: { ...own, ...Object.fromEntries(paler) } } as LayerSpecification;
}

const at = (layer: Layer, part: string) => ({
  id: `${sourceId(layer.key)}-${part}`,
  source: sourceId(layer.key),
  minzoom: layer.style?.min_zoom ?? 0,
});

const drawArea = ({ layer }: DrawnLayer): LayerSpecification => ({
  ...at(layer, "area"),
  type: "fill",
  filter: IS_AREA,
  paint: { "fill-color": ["get", "color"], "fill-opacity": 0.25 },
});

const drawLine = ({ layer }: DrawnLayer): LayerSpecification => ({
  ...at(layer, "line"),
  type: "line",
  filter: ["!", IS_POINT],
  layout: { "line-cap": "round", "line-join": "round" },
  paint: { "line-color": ["get", "color"], "line-width": ["interpolate", ["linear"], ["zoom"], 11, 2, 17, 5] },
});

/** In metres on the ground, so that it doubles with each zoom. Not filled: where many lie over one another, the map would go black. */
const drawRing = ({ layer }: DrawnLayer): LayerSpecification => ({
  ...at(layer, "ring"),
  type: "circle",
  minzoom: RING_ZOOM,
  filter: ["has", "ring_px"],
  paint: {
    "circle-radius": ["interpolate", ["exponential", 2], ["zoom"], 0, 0, 22, ["get", "ring_px"]],
    "circle-opacity": 0,
    "circle-stroke-color": ["get", "ring_color"],
    "circle-stroke-width": 3,
    "circle-pitch-alignment": "map",
  },
});

const drawDot = (drawn: DrawnLayer): LayerSpecification[] =>
  isDotted(drawn)
    ? [
        {
          ...at(drawn.layer, "dot"),
          type: "circle",
          maxzoom: CROWDED_ZOOM,
          filter: IS_POINT,
          paint: {
            "circle-color": ["get", "color"],
            "circle-radius": ["interpolate", ["linear"], ["zoom"], 10, 2, 14, 5],
            "circle-stroke-color": "#ffffff",
            "circle-stroke-width": 1,
          },
        },
      ]
    : [];

const drawMarker = (drawn: DrawnLayer): LayerSpecification => ({
  ...at(drawn.layer, "marker"),
  minzoom: Math.max(isDotted(drawn) ? CROWDED_ZOOM : 0, drawn.layer.style?.min_zoom ?? 0),
  type: "symbol",
  filter: ["all", IS_POINT, IS_SINGLE],
  layout: {
    "icon-image": ["get", "icon"],
    "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.45, 13, 0.65, 16, 1],
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
  },
});

/** Many points as one disk with their number; the more, the larger. */
const drawCrowd = (drawn: DrawnLayer): LayerSpecification[] => (isCrowded(drawn) ? crowdOf(drawn.layer) : []);

const crowdOf = (layer: Layer): LayerSpecification[] => [
  {
    ...at(layer, "crowd"),
    type: "circle",
    filter: IS_CROWD,
    paint: {
      "circle-color": layer.style?.color ?? DEFAULT_COLOR,
      "circle-radius": ["interpolate", ["linear"], ["log10", ["get", "point_count"]], 0.3, 16, 4, 32],
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 3,
    },
  },
  {
    ...at(layer, "number"),
    type: "symbol",
    filter: IS_CROWD,
    layout: {
      "text-field": ["get", "point_count_abbreviated"],
      "text-font": LABEL_FONTS,
      "text-size": 14,
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": "#1a1a1a", "text-halo-color": "#ffffff", "text-halo-width": 3 },
  },
];

/** What stands beside a feature stands in an area once. */
const besideAll = ({ layer }: DrawnLayer, symbol: SymbolLayerSpecification): LayerSpecification[] =>
  mayHaveAreas(layer.geometry_type)
    ? [
        { ...symbol, filter: ["all", symbol.filter ?? true, ["!", IS_AREA]] as FilterSpecification },
        { ...symbol, id: `${symbol.id}-in-area`, source: namesId(layer.key) },
      ]
    : [symbol];

const drawBadge: Draw = (drawn) =>
  besideAll(drawn, {
    ...at(drawn.layer, "badge"),
    type: "symbol",
    filter: ["all", IS_SINGLE, ["!=", ["get", "badge"], ""]],
    layout: {
      "icon-image": ["get", "badge"],
      "icon-offset": [11, -11],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
    },
  });

const drawLabel: Draw = (drawn) => besideAll(drawn, label(drawn));

const label = ({ layer }: DrawnLayer): SymbolLayerSpecification => ({
  ...at(layer, "label"),
  type: "symbol",
  filter: IS_SINGLE,
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
