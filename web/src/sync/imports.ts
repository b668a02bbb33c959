import type {
  ImportRecord,
  InspectedImport,
  LedgerUpdate,
  OpenRow,
  PositionChoice,
  Preview,
  Take,
  TrackFound,
} from "../model/imports.ts";
import type { Language } from "../model/text.ts";
import { request, requestJson } from "./http.ts";
import { JSON_HEADERS, post } from "./office.ts";

/** Ledgers on their way into layers: docs/format.md §4. */

const POLL_MS = 400;

/** Where a ledger goes, and how it is read. */
export interface ImportTarget extends PositionChoice {
  layer?: string;
  recipe?: string;
}

/** Sends a ledger, or all parts of a shapefile; nothing is imported yet. */
export function uploadLedger(files: File[]): Promise<InspectedImport> {
  const body = new FormData();
  for (const file of files) body.append("file", file, file.name);
  return requestJson<InspectedImport>("/imports", { method: "POST", body });
}

/** Puts tracks beside an upload of photos, in place of former ones. */
export function uploadTracks(importId: string, files: File[]): Promise<TrackFound> {
  const body = new FormData();
  for (const file of files) body.append("file", file, file.name);
  return requestJson<TrackFound>(`/imports/${encodeURIComponent(importId)}/tracks`, { method: "POST", body });
}

/** Takes an upload for forms of which each sheet is one record. */
export const readAsForm = (importId: string): Promise<InspectedImport> =>
  post(`/imports/${encodeURIComponent(importId)}/form`, {});

/** Where the rows of an upload would lie, read as a person says. */
export const previewImport = async (importId: string, choice: ImportTarget): Promise<Preview[]> =>
  (await post<{ preview: Preview[] }>(`/imports/${encodeURIComponent(importId)}/preview`, choice)).preview;

/** Converts an uploaded ledger and waits for its end.
 *
 * @param onProgress Gets 0..1.
 */
export async function convertImport(
  importId: string,
  choice: ImportTarget & { is_repeat_allowed?: boolean; is_list?: boolean; is_update?: boolean },
  onProgress: (progress: number) => void,
): Promise<ImportRecord> {
  await request(`/imports/${importId}/convert`, {
    method: "POST",
    headers: JSON_HEADERS,
    body: JSON.stringify(choice),
  });
  for (;;) {
    const record = await requestJson<ImportRecord>(`/imports/${importId}`);
    onProgress(record.progress);
    if (record.state !== "running") return record;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Keeps how an imported ledger was read; gives the name of the recipe. */
export const saveRecipe = async (importId: string, name: string): Promise<string> => {
  const body = JSON.stringify({ name });
  const init = { method: "POST", headers: JSON_HEADERS, body };
  return (await requestJson<{ recipe: string }>(`/imports/${importId}/recipe`, init)).recipe;
};

const comparisonQuery = ({ roles, against, track, ...target }: ImportTarget, more: Record<string, string> = {}) => {
  const query = new URLSearchParams({ ...target, ...more });
  if (roles) query.set("roles", JSON.stringify(roles));
  if (track) query.set("track", JSON.stringify(track));
  for (const layer of against ?? []) query.append("against", layer);
  return query.toString();
};

/** What an upload would change as the next version of a ledger; null where it goes on with none. */
export const compareImport = async (
  importId: string,
  target: ImportTarget,
  signal: AbortSignal,
): Promise<LedgerUpdate | null> => {
  const path = `/imports/${importId}/comparison?${comparisonQuery(target)}`;
  return (await requestJson<{ update: LedgerUpdate | null }>(path, { signal })).update;
};

/** Where the list of what would change is downloaded from. */
export const comparisonUrl = (importId: string, target: ImportTarget, format: "html" | "xlsx", language: Language) =>
  `/imports/${encodeURIComponent(importId)}/comparison?${comparisonQuery(target, { format, language })}`;

export interface OpenRows {
  n_rows: number;
  n_open: number;
  rows: OpenRow[];
}

/** The rows of a next version on which a person decides. */
export const listOpenRows = (importId: string): Promise<OpenRows> => requestJson<OpenRows>(`/imports/${importId}/rows`);

/** Decides on such rows. */
export const decideRows = (importId: string, rows: OpenRow[], take: Take): Promise<OpenRows> =>
  post<OpenRows>(`/imports/${importId}/decide`, {
    decisions: rows.map(({ table, row, kind }) => ({ table, row, kind, take })),
  });

export const undoImport = (importId: string): Promise<ImportRecord> =>
  requestJson<ImportRecord>(`/imports/${importId}/undo`, { method: "POST", headers: JSON_HEADERS, body: "{}" });

/** The address of an import's ledger as a workbook with what has to be mended. */
export const fixListUrl = (importId: string, language: Language): string =>
  `/imports/${encodeURIComponent(importId)}/fix-list?language=${language}`;

/** Where the map of an import is downloaded from, as one HTML file. */
export const reportUrl = (importId: string, language: Language): string =>
  `/imports/${encodeURIComponent(importId)}/report?language=${language}`;
