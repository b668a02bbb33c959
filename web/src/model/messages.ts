import type { Change, Receipt } from "./change.ts";
import type { Feature } from "./feature.ts";
import type { Layer, Value } from "./layer.ts";
import type { Legend } from "./maps.ts";

/** Messages of docs/format.md §3 and §4, as far as the tablet reads or writes them. */
export interface PushMessage {
  format: "gis-capture.push/v1";
  device_id: string;
  author?: string;
  /** Whose PIN was typed: id of an account. */
  person?: string;
  epoch?: string;
  clock_at: string;
  changes: Change[];
}

export interface ReceiptsMessage {
  format: "gis-capture.receipts/v1";
  epoch: string;
  revision: number;
  clock_at: string;
  receipts: Receipt[];
}

export interface HeaderLine {
  type: "header";
  format: "gis-capture.pull/v1";
  epoch: string;
  since: number;
  revision: number;
  clock_at: string;
}

/** A clash that the office decides; `state` is "open" until then. */
export interface ConflictLine {
  type: "conflict";
  conflict_id: string;
  layer: string;
  feature_id: string;
  change_id: string;
  kind: string;
  state: string;
  revision: number;
  /** A side that deleted the feature has no value. */
  fields: { field: string; base?: Value; stored?: Value; incoming?: Value; state: string }[];
  geometry: unknown;
  incoming_by?: { author?: string | null; made_at?: string | null };
  stored_by?: { author?: string | null; made_at?: string | null };
}

export interface GoneLine {
  type: "deletion" | "out_of_scope";
  layer: string;
  feature_id: string;
  revision: number;
}

export interface EndLine {
  type: "end";
  revision: number;
  next: string | null;
}

export type PullLine =
  | HeaderLine
  | { type: "layer"; layer: Layer }
  | ({ type: "feature" } & Feature)
  | GoneLine
  | ConflictLine
  | EndLine;

/** Map layers by the theme that they are made for. */
export type ThemeStyles = Partial<Record<"sunlight" | "night", object[]>>;

/** One layer of the store, as `GET /layers` lists it; the extent is in EPSG:4326. */
export interface LayerListing {
  definition: Layer;
  n_features: number;
  n_unlocated: number;
  extent: [number, number, number, number] | null;
  revision: number;
  /** About what a feature is on its way. */
  feature_bytes?: number;
  /** Map layers of the office's own, in place of what the definition gives. */
  own_style?: object[];
  /** What the colours of that mean. */
  own_legend?: Legend;
  /** Of files for one theme alone, before `own_style` there. */
  theme_styles?: ThemeStyles;
  /** Whether records may stand on paper that the office keeps. */
  has_paper?: boolean;
}

export interface BasemapPack {
  name: string;
  sha256: string;
  size_bytes: number;
  url: string;
  attribution: string;
  /** Scans and photographs; without it a vector base map. */
  kind?: "raster";
  title?: string;
  /** Names of the layers in its vector tiles. */
  source_layers?: string[];
  /** Where its tiles are on the internet: it is no pack, but lies under the layers like one. */
  tiles?: string;
}

/** Tiles of the internet that the office lets people choose; docs/format.md §4. */
export interface OnlineTiles {
  tiles: string;
  attribution: string;
  attribution_url: string;
}

/** They lie under the layers as a pack does. */
export const onlinePack = ({ tiles, attribution, attribution_url }: OnlineTiles, title: string): BasemapPack => ({
  name: "online",
  sha256: "online",
  size_bytes: 0,
  url: tiles,
  tiles,
  kind: "raster",
  title,
  attribution: `<a href="${attribution_url}" target="_blank" rel="noreferrer">${attribution}</a>`,
});
