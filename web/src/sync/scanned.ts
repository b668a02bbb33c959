import type { InspectedImport } from "../model/imports.ts";
import type { CellPlace, Outcome, Scanned, ScannedCell } from "../model/scanned.ts";
import { requestJson } from "./http.ts";
import { post } from "./office.ts";
import { type OnProgress, sendForm } from "./upload.ts";

/** Ledgers on paper: docs/format.md §4. */

const url = (id: string, rest = "") => `/scanned-ledgers/${encodeURIComponent(id)}${rest}`;

export const listScanned = async (): Promise<Scanned[]> =>
  (await requestJson<{ scanned: Scanned[] }>("/scanned-ledgers")).scanned;

export const readScanned = (id: string): Promise<Scanned> => requestJson<Scanned>(url(id));

export const sendScan = (file: File, author: string, onprogress: OnProgress): Promise<{ scan_id: string }> =>
  sendForm("/scanned-ledgers", [file], { author }, onprogress);

export const removeScanned = (id: string): Promise<unknown> => post(url(id, "/remove"), {});

export const scannedPage = (id: string, page: number): string => url(id, `/pages/${page}.jpg`);

interface CellAnswer {
  cells: Omit<ScannedCell, "table">[];
  next: number | null;
}

/** Cells of a table that wait, from the front, up to about `most`. */
export async function readOpenCells(id: string, table: number, most: number): Promise<ScannedCell[]> {
  const cells: ScannedCell[] = [];
  let after: number | null = 0;
  while (after !== null && cells.length < most) {
    const answer: CellAnswer = await requestJson(url(id, `/cells?state=open&table=${table}&after=${after}`));
    cells.push(...answer.cells.map((cell) => ({ ...cell, table })));
    after = answer.next;
  }
  return cells;
}

export type CellChoice = CellPlace & { text: string | null };

/** Keeps decisions; `like` is for all that were read as that cell was. */
export const decideCells = (
  id: string,
  choice: { decisions: CellChoice[] } | { like: CellChoice },
  who: { seen: number; author: string },
): Promise<Outcome> => post<Outcome>(url(id, "/decisions"), { ...choice, ...who });

export const finishScanned = (id: string, author: string): Promise<unknown> => post(url(id, "/finish"), { author });

export const finishedUrl = (id: string): string => url(id, "/finished.xlsx");

/** Takes the finished ledger in, as if it had been uploaded. */
export const importScanned = (id: string, author: string): Promise<InspectedImport> =>
  post<InspectedImport>(url(id, "/import"), { author });

export interface Strip {
  scan_id: string;
  name: string;
  page: number;
  picture: string;
}

/** The strip of paper that a feature's row stands on; null for one that never was on paper. */
export const readStrip = async (layer: string, featureId: string): Promise<Strip | null> =>
  (
    await requestJson<{ strip: Strip | null }>(
      `/layers/${encodeURIComponent(layer)}/features/${encodeURIComponent(featureId)}/paper`,
    )
  ).strip;
