import type { Receipt } from "./change.ts";
import type { Text } from "./text.ts";

/** Field sheets on paper, and what comes back on them: docs/format.md §4. */

export const SCALES = [100, 200, 250, 500, 1000, 1250, 2000, 2500, 5000, 10000] as const;
export const PAPERS = ["A4", "A3"] as const;
export type Paper = (typeof PAPERS)[number];

/** Width and height of the map on a paper, in millimetres. */
const FRAMES_MM: Record<Paper, readonly [number, number]> = { A4: [277, 156], A3: [400, 243] };
const METRES_PER_DEGREE = 111_320;

export type Box = [number, number, number, number];

/** About how many sheets a box in degrees takes. */
export function countSheets([west, south, east, north]: Box, scale: number, paper: Paper): number {
  const [width, height] = FRAMES_MM[paper];
  const across = (east - west) * METRES_PER_DEGREE * Math.cos((((south + north) / 2) * Math.PI) / 180);
  const down = (north - south) * METRES_PER_DEGREE;
  const need = (metres: number, mm: number) => Math.max(Math.ceil((metres * 1000) / scale / mm), 1);
  return need(across, width) * need(down, height);
}

export interface PrintedSheet {
  number: number;
  title: string;
  crew: string;
  part: string;
  scale: number;
  paper: Paper;
  printed_at: string;
  layers: string[];
  n_features: number;
}

export type MarkKind = "loop" | "cross" | "tick" | "arrow" | "line" | "writing" | "stamp";
export type Action = "delete" | "move" | "update" | "insert" | "note" | "discard";

export interface PrintedFeature {
  number: number;
  layer: string;
  feature_id: string;
  label: string;
}

export interface Decided {
  action: Action;
  author: string;
  at: string;
  receipt: Receipt | null;
}

export interface Mark {
  mark_id: string;
  kind: MarkKind;
  /** Left, top, right, bottom on the paper. */
  box_mm: Box;
  features: PrintedFeature[];
  suggested: Action;
  picture: string;
  decision: Decided | null;
}

export interface ReadPage {
  page: number;
  state: "read" | "no_sheet" | "other_store" | "unknown_sheet" | "few_markers" | "no_color";
  sheet: number | null;
  is_doubtful?: boolean;
  error_m?: number | null;
  paper_mm?: [number, number];
  layers?: string[];
  features?: PrintedFeature[];
  marks: Mark[];
}

export interface Reading {
  reading_id: string;
  name: string;
  author: string;
  taken_at: string;
  state: "waiting" | "read";
  n_pages_read: number;
  pages: ReadPage[];
  error: (Text & { code: string }) | null;
}

/** What was discarded may be taken up again; what the server refused waits for a better decision. */
export const isOpen = ({ decision }: Mark): boolean => decision === null || decision.receipt?.status === "rejected";

export const marksOf = ({ pages }: Reading): Mark[] => pages.flatMap(({ marks }) => marks);

/** What can be made of a mark; `suggested` is one of them. */
export function actionsFor({ kind, suggested }: Mark): Action[] {
  const all: Action[] = ["delete", "move", "update", "insert", "note", "discard"];
  return all.filter((action) => action === suggested || action !== "move" || kind === "arrow");
}
