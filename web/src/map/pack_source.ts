import { PMTiles, type Source } from "pmtiles";

/** Reads bytes of a pack kept on this device. */
export type ReadBytes = (offset: number, n_bytes: number) => Promise<ArrayBuffer>;

/** A base map pack on this device, as the map needs it. */
export interface LocalPack {
  name: string;
  sha256: string;
  attribution: string;
  kind?: "raster";
  source_layers?: string[];
  /** Of what is no pack: where its tiles are on the internet. */
  tiles?: string;
  read: ReadBytes;
}

/** How a pack is shown; opacity counts for scans and photographs only. */
export interface PackView {
  is_visible: boolean;
  opacity: number;
}

/** How tiles of the internet are shown until somebody chooses them. */
export const HIDDEN: PackView = { is_visible: false, opacity: 1 };
export const WHOLE_VIEW: PackView = { is_visible: true, opacity: 1 };

export function openPack(pack: LocalPack): PMTiles {
  const source: Source = {
    getKey: () => pack.sha256,
    getBytes: async (offset, n_bytes) => ({ data: await pack.read(offset, n_bytes) }),
  };
  return new PMTiles(source);
}
