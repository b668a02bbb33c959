import type { LayerSpecification } from "maplibre-gl";

/** Fonts of the device; no glyphs are fetched. */
export const LABEL_FONTS = ["Noto Sans JP", "Hiragino Sans", "Yu Gothic", "Noto Sans CJK JP", "sans-serif"];

/** Draws a base map pack quietly, so that the layers on it stand out.
 *
 * @param source Id of a vector source with the layers landuse, river, building, road, boundary and place.
 */
export function basemapLayers(source: string): LayerSpecification[] {
  const at = (id: string) => ({ id: `${source}-${id}`, source, "source-layer": id });
  return [
    { ...at("landuse"), type: "fill", paint: { "fill-color": "#e4eedb" } },
    {
      ...at("river"),
      type: "fill",
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": "#bcd9ee" },
    },
    {
      ...at("river"),
      id: `${source}-stream`,
      type: "line",
      filter: ["==", ["geometry-type"], "LineString"],
      paint: {
        "line-color": "#8fbfe0",
        "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 11, 1.5, 17, 14],
      },
    },
    {
      ...at("building"),
      type: "fill",
      minzoom: 13,
      paint: { "fill-color": "#dcd6cb", "fill-outline-color": "#b9b1a3" },
    },
    {
      ...at("road"),
      id: `${source}-road-edge`,
      type: "line",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": "#b5ada0",
        "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 11, 1.5, 17, 16],
      },
    },
    {
      ...at("road"),
      type: "line",
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": "#ffffff",
        "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 11, 0.5, 17, 13],
      },
    },
    {
      ...at("boundary"),
      type: "line",
      paint: { "line-color": "#8a7f70", "line-width": 1.5, "line-dasharray": [4, 2] },
    },
    {
      ...at("place"),
      type: "symbol",
      layout: { "text-field": ["get", "name"], "text-font": LABEL_FONTS, "text-size": 13 },
      paint: { "text-color": "#4d4d4d", "text-halo-color": "#ffffff", "text-halo-width": 1.5 },
    },
  ];
}
