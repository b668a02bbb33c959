import type { Text } from "./text.ts";

/** Colour and shape of what has one of these codes; none for the rest of the layer. */
export interface LegendEntry {
  codes: string[];
  title: Text;
  color: string;
  shape: string;
}

export interface Legend {
  layer: string;
  title: Text;
  kind: "point" | "line" | "area";
  entries: LegendEntry[];
}

/** Pictures that became a layer of the map. */
export interface Raster {
  name: string;
  title: string;
  attribution: string;
  size_bytes: number;
  min_zoom: number;
  max_zoom: number;
  sheets: string[];
  created_at: string;
}

/** One on its way. */
export interface RasterJob extends Omit<Raster, "size_bytes"> {
  state: "waiting" | "building" | "stopped" | "failed";
  progress: number;
  problem?: Text;
}

const MAP = /\.(pmtiles|mbtiles)$/i;

/** What files become: one base map, pictures, or nothing where they do not belong together. */
export function kindOf(files: readonly { name: string }[]): "map" | "pictures" | null {
  const n_maps = files.filter(({ name }) => MAP.test(name)).length;
  if (n_maps === 0) return files.length > 0 ? "pictures" : null;
  return n_maps === 1 && files.length === 1 ? "map" : null;
}
