import type { Action, Box, Decided, Paper, PrintedSheet, Reading } from "../model/sheets.ts";
import { request, requestJson } from "./http.ts";
import { JSON_HEADERS, post } from "./office.ts";
import { type OnProgress, sendForm } from "./upload.ts";

/** Field sheets on paper: docs/format.md §4. */

export interface SheetOrder {
  layers: string[];
  bbox: Box | null;
  scale: number;
  paper: Paper;
  title: string;
  crew: string;
  survey_on: string;
}

export const listSheets = async (): Promise<PrintedSheet[]> =>
  (await requestJson<{ sheets: PrintedSheet[] }>("/sheets")).sheets;

/** Prints an area; gives the PDF of all its sheets. */
export async function printSheets({ bbox, ...order }: SheetOrder): Promise<Blob> {
  const body = JSON.stringify(bbox ? { ...order, bbox: bbox.join(",") } : order);
  return (await request("/sheets", { method: "POST", headers: JSON_HEADERS, body })).blob();
}

export const sheetPdf = (number: number) => `/sheets/${number}/pdf`;

/** All that was printed with a sheet. */
export const atlasPdf = (number: number) => `/sheets/${number}/atlas.pdf`;

const readingUrl = (id: string, rest = "") => `/sheets/readings/${encodeURIComponent(id)}${rest}`;

export const listReadings = async (): Promise<Reading[]> =>
  (await requestJson<{ readings: Reading[] }>("/sheets/readings")).readings;

export const readReading = (id: string): Promise<Reading> => requestJson<Reading>(readingUrl(id));

export const sendMarked = (file: File, author: string, onprogress: OnProgress): Promise<{ reading_id: string }> =>
  sendForm("/sheets/readings", [file], { author }, onprogress);

export const removeReading = (id: string): Promise<unknown> => post(readingUrl(id, "/remove"), {});

export const pagePicture = (id: string, page: number) => readingUrl(id, `/page-${page}.jpg`);

export interface MarkDecision {
  action: Action;
  number?: number;
  layer?: string;
  fields?: Record<string, unknown>;
  note?: string;
  author: string;
}

export const decideMark = (id: string, markId: string, decision: MarkDecision): Promise<Decided> =>
  post<Decided>(readingUrl(id, `/marks/${encodeURIComponent(markId)}`), decision);
