import type { FeatureCollection, Geometry } from "geojson";
import type { Layer, Value } from "./layer.ts";
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
  place_by: { way: PlaceWay; columns: string[] }[];
  has_geometries: boolean;
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

/** A way to read coordinates; `answer` is what a person says who takes it. */
export interface Reading {
  about: "order" | "notation" | "plane" | "datum";
  words: string;
  words_en: string;
  share: number;
  distance_m: number | null;
  answer: PositionChoice;
}

export type PlaceWay = "parcel" | "chainage" | "reference" | "name";

/** What a person says of the clock of a camera whose photos lie on a track. */
export interface CameraClock {
  zone: string;
  ahead_s: number;
  max_gap_s: number;
}

/** The tracks beside an upload, and when they begin and end. */
export interface TrackFound {
  names: string[];
  n_points: number;
  from_at: string;
  until_at: string;
}

/** What a person says of the position of rows. */
export interface PositionChoice {
  crs?: string;
  roles?: Record<string, string>;
  notation?: string;
  place_by?: PlaceWay;
  against?: string[];
  place_column?: string;
  track?: CameraClock;
}

export interface Preview {
  table: string;
  rows: { row: number; values: Record<string, string | null> }[];
  geojson: FeatureCollection;
  /** Rows that were looked at, and how many of them lie somewhere. */
  n_rows: number;
  n_placed: number;
  methods: Record<string, number>;
  readings: Reading[];
  problems: RowProblem[];
  needs_answer: boolean;
}

/** The answer to an upload: what was found in the file. */
export interface InspectedImport {
  import_id: string;
  inspection: Inspection;
  /** The layer it fits best; "generic" makes a layer of the ledger's own. */
  best_layer: string;
  /** Names of the recipes that fit, the best first. */
  recipes: string[];
  /** Whether there are photos that say when they were taken. */
  takes_track: boolean;
  suggestions: Suggestion[];
  preview: Preview[];
}

/** One cell that says something else than in the last version of a ledger; a hidden one has no values. */
export interface FieldChange {
  field: string;
  title: string;
  old?: Value | Geometry;
  new?: Value | Geometry;
  now?: Value | Geometry;
  is_hidden?: boolean;
  result: "apply" | "same" | "conflict";
}

export interface RowChange {
  table: string;
  row: number;
  key: string;
  label: string;
  is_adopted: boolean;
  fields: FieldChange[];
}

export type Take = "keep" | "mark" | "delete" | "renumber" | "new" | "leave";

/** A row that changes nothing until a person decides. */
export interface OpenRow {
  kind: "row_removed" | "row_renumbered" | "row_ambiguous" | "row_without_key";
  table: string;
  row: number;
  key: string;
  label: string;
  takes: Take[];
  texts: Record<string, string | null>;
  decision: { take: Take; author?: string } | null;
}

/** n_source_rows = n_unchanged + n_changed + n_new + n_listed + n_rejected + n_skipped. */
export interface UpdateCounts {
  n_unchanged: number;
  n_changed: number;
  n_new: number;
  n_listed: number;
  n_rejected: number;
  n_skipped: number;
  n_removed: number;
  n_conflicts: number;
  n_waiting: number;
}

/** What a ledger changes as the next version of one that is in the layer: docs/format.md §7. */
export interface LedgerUpdate extends UpdateCounts {
  base: { import_id: string; source_name: string; created_at: string };
  key_columns: string[];
  n_source_rows: number;
  changed: RowChange[];
  new: RowChange[];
  removed: OpenRow[];
  listed: OpenRow[];
  problems: RowProblem[];
}

/** The account of one table of a source; one that is in no layer was left out. */
export interface TableAccount {
  name: string;
  place: string;
  layer: string | null;
  n_source_rows: number;
  n_loaded: number;
  n_unlocated: number;
  n_rejected: number;
  n_skipped: number;
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
  /** Of the next version of a ledger. */
  update?: UpdateCounts & { key_columns: string[] };
  reasons: { code: string; words: string; n_rows: number }[];
  /** Not of imports by earlier versions. */
  tables?: TableAccount[];
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
  /** The import whose ledger it goes on with. */
  updates?: string | null;
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
