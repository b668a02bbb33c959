import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import { LABEL_FONTS } from "./basemap_style.ts";

const LAND = "#f6f4ee";
const GREEN = "#e4eedb";
const WATER = "#bcd9ee";
const STREAM = "#8fbfe0";
const BUILDING = "#dcd6cb";
const BUILDING_EDGE = "#b9b1a3";
const ROAD = "#ffffff";
const ROAD_EDGE = "#b5ada0";
const RAIL = "#7a7a7a";
const BOUNDARY = "#8a7f70";

const IS_AREA: FilterSpecification = ["==", ["geometry-type"], "Polygon"];
const IS_LINE: FilterSpecification = ["==", ["geometry-type"], "LineString"];

/** Draws the layers of one source; ids carry its name. */
function drawing(source: string) {
  const at = (layer: string, part: string) => ({ id: `${source}-${layer}-${part}`, source, "source-layer": layer });
  const widening = (narrow: number, wide: number): ExpressionSpecification => [
    "interpolate",
    ["exponential", 1.6],
    ["zoom"],
    11,
    narrow,
    17,
    wide,
  ];
  return {
    area: (
      layer: string,
      color: string,
      more: { edge?: string; minzoom?: number; filter?: FilterSpecification } = {},
    ) =>
      ({
        ...at(layer, "area"),
        type: "fill",
        minzoom: more.minzoom ?? 0,
        filter: more.filter ?? IS_AREA,
        paint: { "fill-color": color, ...(more.edge ? { "fill-outline-color": more.edge } : {}) },
      }) as LayerSpecification,
    line: (
      layer: string,
      color: string,
      [narrow, wide]: [number, number],
      more: { part?: string; filter?: FilterSpecification; dashes?: number[] } = {},
    ) =>
      ({
        ...at(layer, more.part ?? "line"),
        type: "line",
        filter: more.filter ?? IS_LINE,
        layout: { "line-cap": "round", "line-join": "round" },
        paint: {
          "line-color": color,
          "line-width": widening(narrow, wide),
          ...(more.dashes ? { "line-dasharray": more.dashes } : {}),
        },
      }) as LayerSpecification,
    name: (layer: string, text: ExpressionSpecification, minzoom: number, filter?: FilterSpecification) =>
      ({
        ...at(layer, "name"),
        type: "symbol",
        minzoom,
        ...(filter ? { filter } : {}),
        layout: { "text-field": text, "text-font": LABEL_FONTS, "text-size": 13, "text-max-width": 8 },
        paint: { "text-color": "#4d4d4d", "text-halo-color": "#ffffff", "text-halo-width": 1.5 },
      }) as LayerSpecification,
  };
}

/** The schema of Protomaps' base maps, version 4. */
export function protomapsLayers(source: string): LayerSpecification[] {
  const { area, line, name } = drawing(source);
  const japanese: ExpressionSpecification = ["coalesce", ["get", "name:ja"], ["get", "name"], ""];
  const is_rail: FilterSpecification = ["==", ["get", "kind"], "rail"];
  const is_road: FilterSpecification = ["all", ["!=", ["get", "kind"], "rail"], ["!=", ["get", "kind"], "path"]];
  return [
    area("earth", LAND),
    area("landcover", GREEN),
    area("landuse", GREEN, {
      filter: [
        "in",
        ["get", "kind"],
        ["literal", ["park", "forest", "wood", "grass", "nature_reserve", "cemetery", "playground", "farmland"]],
      ],
    }),
    area("water", WATER),
    line("water", STREAM, [1, 8]),
    area("buildings", BUILDING, { edge: BUILDING_EDGE, minzoom: 13 }),
    line("roads", RAIL, [1, 3], { part: "rail", filter: is_rail, dashes: [4, 2] }),
    line("roads", ROAD_EDGE, [1.5, 14], { part: "edge", filter: is_road }),
    line("roads", ROAD, [0.5, 11], { part: "road", filter: is_road }),
    line("boundaries", BOUNDARY, [1.5, 1.5], { dashes: [4, 2] }),
    name("roads", japanese, 15, IS_LINE),
    name("places", japanese, 0),
    name("pois", japanese, 16),
  ];
}

/** The schema of 最適化ベクトルタイル (国土地理院). */
export function gsiLayers(source: string): LayerSpecification[] {
  const { area, line, name } = drawing(source);
  return [
    area("WA", WATER),
    line("RvrCL", STREAM, [1, 4]),
    line("WL", STREAM, [0.5, 1.5]),
    line("Cntr", "#d9c9a8", [0.5, 1]),
    area("BldA", BUILDING, { edge: BUILDING_EDGE, minzoom: 13 }),
    line("RdEdg", ROAD_EDGE, [0.5, 1.5]),
    line("RdCL", ROAD_EDGE, [1.5, 12], { part: "edge" }),
    line("RdCL", ROAD, [0.5, 9], { part: "road" }),
    line("RailCL", RAIL, [1, 3], { dashes: [4, 2] }),
    line("AdmBdry", BOUNDARY, [1.5, 1.5], { dashes: [4, 2] }),
    name("Anno", ["coalesce", ["get", "vt_text"], ""], 0, ["==", ["geometry-type"], "Point"]),
  ];
}
