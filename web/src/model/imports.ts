import type { FeatureCollection } from "geojson";
import type { Layer } from "./layer.ts";
import type { Text } from "./text.ts";

/** Messages of docs/format.md §4 and §5 about imports, as far as the office pages read them. */
export interface RowProblem {
  row: number | null;
  column: string | null;
  cell: string | null;
  field: string | null;
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  suggestion: string;
}

export interface InspectedColumn {
  name: string;
  type: string;
  field: string | null;
  n_empty: number;
}

export interface InspectedTable {
  name: string;
  sheet: string | null;
  header_rows: number[];
  first_data_row: number | null;
  n_rows: number;
  columns: InspectedColumn[];
  skipped: { row: number; reason: string; words: string }[];
  coordinates: { kind: string; columns: Record<string, string[]>; crs: string; n_valid: number };
}

export interface Inspection {
  source: { path: string; driver: string; encoding: string | null; sha256: string };
  tables: InspectedTable[];
  problems: RowProblem[];
}

export interface Suggestion {
  layer: string;
  score: number;
  table: string;
  matches: Record<string, string>;
}

export interface Preview {
  table: string;
  rows: { row: number; values: Record<string, string | null> }[];
  geojson: FeatureCollection;
}

/** The answer to an upload: what was found in the file. */
export interface InspectedImport {
  import_id: string;
  inspection: Inspection;
  /** The layer it fits best; "generic" makes a layer of the ledger's own. */
  best_layer: string;
  /** Names of the recipes that fit, the best first. */
  recipes: string[];
  suggestions: Suggestion[];
  preview: Preview[];
}

/** The account of a conversion: n_source_rows = n_loaded + n_unlocated + n_rejected + n_skipped. */
export interface Conversion {
  layer: string;
  crs: string;
  n_source_rows: number;
  n_loaded: number;
  n_unlocated: number;
  n_rejected: number;
  n_skipped: number;
  revision: number | null;
  reasons: { code: string; words: string; n_rows: number }[];
  /** Left out in the list of layers. */
  problems?: RowProblem[];
}

export interface ImportRecord {
  import_id: string;
  state: "inspected" | "running" | "done" | "failed" | "undone";
  progress: number;
  source_name: string;
  layer: string | null;
  author: string | null;
  created_at: string;
  revision: number | null;
  result: Conversion | null;
  problem: { detail?: string; detail_ja?: string; detail_en?: string; message?: Text } | null;
  kept?: string[];
}

/** A layer of the store with its counts; the extent is in EPSG:4326. */
export interface OfficeLayer {
  definition: Layer;
  n_features: number;
  n_unlocated: number;
  extent: [number, number, number, number] | null;
  revision: number;
  last_import: ImportRecord | null;
}
