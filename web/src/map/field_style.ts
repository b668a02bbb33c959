import type { FeatureCollection } from "geojson";
import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { type DrawnLayer, ledgerSources, ledgerStyle } from "./ledger_style.ts";
import type { LocalPack, PackView } from "./pack_source.ts";
import { packSource, packStyle } from "./pack_style.ts";
import { enlarged } from "./text_size.ts";
import { type MapTheme, themed } from "./themes.ts";

export const SELECTED_SOURCE = "selected";
export const GPS_SOURCE = "gps";
export const SKETCH_SOURCE = "sketch";

/** Where the map looks. */
export interface View {
  lon: number;
  lat: number;
  zoom: number;
}

export const emptySource = (): FeatureCollection => ({ type: "FeatureCollection", features: [] });

/** The whole style of the tablet's map: base map, selection, ledger layers, position. No font, picture or tile is fetched. */
export function fieldStyle(
  layers: readonly DrawnLayer[],
  packs: readonly LocalPack[],
  views: Readonly<Record<string, PackView>> = {},
  theme: MapTheme = "plain",
  text_times = 1,
): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {
    [SELECTED_SOURCE]: { type: "geojson", data: emptySource() },
    [GPS_SOURCE]: { type: "geojson", data: emptySource() },
    [SKETCH_SOURCE]: { type: "geojson", data: emptySource() },
  };
  const drawn: LayerSpecification[] = [
    { id: "background", type: "background", paint: { "background-color": "#f6f4ee" } },
  ];
  for (const pack of packs) {
    const { source, layers: under } = packStyle(pack, `pmtiles://${pack.sha256}`, views[pack.name]);
    sources[packSource(pack)] = source;
    drawn.push(...under);
  }
  for (const one of layers) Object.assign(sources, ledgerSources(one));
  drawn.push(...POSITION_RING, ...SELECTION, ...ledgerStyle(layers), ...POSITION_DOT, ...SKETCH);
  return { version: 8, sources, layers: enlarged(themed(drawn, theme), text_times) };
}

const SELECTION: LayerSpecification[] = [
  {
    id: "selected-shape",
    type: "line",
    source: SELECTED_SOURCE,
    filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": "#ffd43d", "line-width": 12 },
  },
  {
    id: "selected-point",
    type: "circle",
    source: SELECTED_SOURCE,
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-radius": 20,
      "circle-color": "#ffd43d",
      "circle-stroke-color": "#1a1a1a",
      "circle-stroke-width": 3,
    },
  },
];

const SKETCH: LayerSpecification[] = [
  {
    id: "sketch-area",
    type: "fill",
    source: SKETCH_SOURCE,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": "#0017c1", "fill-opacity": 0.2 },
  },
  {
    id: "sketch-line",
    type: "line",
    source: SKETCH_SOURCE,
    filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": "#0017c1", "line-width": 4 },
  },
  {
    id: "sketch-vertex",
    type: "circle",
    source: SKETCH_SOURCE,
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-radius": 8,
      "circle-color": "#ffffff",
      "circle-stroke-color": "#0017c1",
      "circle-stroke-width": 4,
    },
  },
];

const POSITION_RING: LayerSpecification[] = [
  {
    id: "gps-ring",
    type: "fill",
    source: GPS_SOURCE,
    filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": "#0877d7", "fill-opacity": 0.15, "fill-outline-color": "#0055ad" },
  },
];

const POSITION_DOT: LayerSpecification[] = [
  {
    id: "gps-dot",
    type: "circle",
    source: GPS_SOURCE,
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-radius": 8,
      "circle-color": "#0877d7",
      "circle-stroke-color": "#ffffff",
      "circle-stroke-width": 3,
    },
  },
];
