import type { Text } from "./text.ts";

/** Ledgers on paper, and what people decide on their cells: docs/format.md §4. */

/** Left, top, right, bottom in pixels of the straightened page. */
export type PixelBox = [number, number, number, number];

export interface ScannedPage {
  number: number;
  width_px: number;
  height_px: number;
  dpi: number;
  state: "read" | "no_table";
}

interface Counts {
  n_cells: number;
  n_accepted: number;
  n_decided: number;
  n_open: number;
}

export interface ScannedTable extends Counts {
  title: string;
  n_rows: number;
  n_columns: number;
  header_rows: number;
  columns: string[];
}

export interface Scanned extends Partial<Counts> {
  scan_id: string;
  name: string;
  author: string;
  taken_at: string;
  state: "waiting" | "failed" | "read";
  n_done: number;
  n_total: number;
  problem: (Text & { code: string }) | null;
  finished: { file_name: string; n_rows: number; author: string; at: string; n_decisions: number } | null;
  /** How many decisions there are: what is shown knows them all. */
  n_decisions?: number;
  pages?: ScannedPage[];
  tables?: ScannedTable[];
}

export interface CellDecision {
  number: number;
  table: number;
  row: number;
  column: number;
  text: string | null;
  author: string;
  at: string;
}

export interface ScannedCell {
  table: number;
  row: number;
  column: number;
  page: number;
  box: PixelBox;
  is_header: boolean;
  readings: { engine: string; text: string }[];
  proposal: string;
  doubts: (Text & { code: string })[];
  decision: CellDecision | null;
  /** How many others that wait were read exactly like it. */
  n_alike: number;
}

export interface CellPlace {
  table: number;
  row: number;
  column: number;
}

export interface CellClash {
  wanted: string | null;
  stands: CellDecision;
}

export interface Outcome extends Counts {
  decided: CellDecision[];
  clashes: CellClash[];
  seen: number;
}

export const isSamePlace = (one: CellPlace, other: CellPlace): boolean =>
  one.table === other.table && one.row === other.row && one.column === other.column;

/** What may stand in a cell, likeliest first, each once: the number keys choose among them. */
export function candidates({ proposal, readings }: Pick<ScannedCell, "proposal" | "readings">): string[] {
  return [...new Set([proposal, ...readings.map(({ text }) => text)])];
}

/** The cells after decisions that came in. */
export function withDecisions(cells: readonly ScannedCell[], decided: readonly CellDecision[]): ScannedCell[] {
  const latest = new Map(decided.map((one) => [`${one.table}/${one.row}/${one.column}`, one]));
  return cells.map((cell) => {
    const made = latest.get(`${cell.table}/${cell.row}/${cell.column}`);
    return made ? { ...cell, decision: made.text === null ? null : made } : cell;
  });
}

/** The next cell that waits, after a place and then from the front; -1 = none. */
export function nextOpen(cells: readonly ScannedCell[], at: number): number {
  for (let step = 1; step <= cells.length; step++) {
    const n = (at + step) % cells.length;
    if (cells[n]?.decision === null) return n;
  }
  return -1;
}

/** A box with room around it, kept on the page. */
export function around(
  [left, top, right, bottom]: PixelBox,
  page: ScannedPage,
  across: number,
  down: number,
): PixelBox {
  return [
    Math.max(left - across, 0),
    Math.max(top - down, 0),
    Math.min(right + across, page.width_px),
    Math.min(bottom + down, page.height_px),
  ];
}
