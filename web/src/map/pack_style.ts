import type { LayerSpecification, Map as MapLibreMap, SourceSpecification } from "maplibre-gl";
import { basemapLayers } from "./basemap_style.ts";
import { gsiLayers, protomapsLayers } from "./foreign_basemaps.ts";
import { type PackView, WHOLE_VIEW } from "./pack_source.ts";

interface Pack {
  name: string;
  attribution: string;
  kind?: "raster";
  source_layers?: string[];
  tiles?: string;
}

/** The last zoom of tiles of the internet. */
const ONLINE_MAX_ZOOM = 18;

export const packSource = (pack: Pack) => `basemap-${pack.name}`;

/** The source and the layers of a pack, as it is to be shown.
 *
 * @param url Of the archive, "pmtiles://…".
 */
export function packStyle(
  pack: Pack,
  url: string,
  view: PackView = WHOLE_VIEW,
): { source: SourceSpecification; layers: LayerSpecification[] } {
  const id = packSource(pack);
  const is_raster = pack.kind === "raster";
  const online: SourceSpecification | null = pack.tiles
    ? { type: "raster", tiles: [pack.tiles], tileSize: 256, maxzoom: ONLINE_MAX_ZOOM, attribution: pack.attribution }
    : null;
  const source: SourceSpecification = online
    ? online
    : is_raster
      ? { type: "raster", url, tileSize: 256, attribution: pack.attribution }
      : { type: "vector", url, attribution: pack.attribution };
  const drawn: LayerSpecification[] = is_raster
    ? [{ id, type: "raster", source: id, paint: { "raster-opacity": view.opacity, "raster-fade-duration": 0 } }]
    : vectorLayers(id, pack.source_layers);
  const visibility = view.is_visible ? "visible" : "none";
  return {
    source,
    layers: drawn.map((layer) => ({ ...layer, layout: { ...layer.layout, visibility } }) as typeof layer),
  };
}

/** By the names of its layers a base map is known: Protomaps, the vector tiles of 国土地理院, or made here. */
function vectorLayers(id: string, source_layers: readonly string[] = []): LayerSpecification[] {
  const has = (name: string) => source_layers.includes(name);
  const drawn = has("RdCL") ? gsiLayers(id) : has("roads") ? protomapsLayers(id) : basemapLayers(id);
  const is_there = (layer: LayerSpecification) => !("source-layer" in layer) || has(String(layer["source-layer"]));
  return source_layers.length ? drawn.filter(is_there) : drawn;
}

/** Changes how a pack is shown on a map that has it. */
export function showPack(map: MapLibreMap, pack: Pack, view: PackView): void {
  const source = packSource(pack);
  for (const layer of map.getStyle().layers) {
    if (!("source" in layer) || layer.source !== source) continue;
    map.setLayoutProperty(layer.id, "visibility", view.is_visible ? "visible" : "none");
    if (layer.type === "raster") map.setPaintProperty(layer.id, "raster-opacity", view.opacity);
  }
}
