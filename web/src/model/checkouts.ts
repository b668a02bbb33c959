import type { RowProblem } from "./imports.ts";

/** Messages of docs/format.md §3 about files that are edited in QGIS or QField. */
export interface Checkout {
  checkout_id: string;
  made_at: string;
  author: string;
  layers: string[];
  n_features: number;
  /** Where it is downloaded from. */
  file: string;
}

/** What a returned file brings; `n_known` changes had come before. */
export interface Checkin {
  is_dry_run: boolean;
  n_changes: number;
  layers: { key: string; n_inserted: number; n_updated: number; n_deleted: number; n_known: number }[];
  counts: Partial<Record<"applied" | "merged" | "conflict" | "held" | "rejected", number>>;
  problems: RowProblem[];
}
