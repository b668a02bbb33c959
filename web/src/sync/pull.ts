import { type Box, boxText } from "../model/area.ts";
import type { EndLine, HeaderLine, LayerListing, PullLine } from "../model/messages.ts";
import type { Database } from "../store/database.ts";
import { applyPage, listLayers, restartPull } from "../store/features.ts";
import { readSetting } from "../store/settings.ts";
import { OfflineError, request, requestJson, ServerError } from "./http.ts";

/** Lines a page; a page is one transaction here, and what is lost when the line drops. */
const PAGE_LIMIT = 2000;

export type Progress = (n_done: number, n_total: number) => void;

/** The layers the server offers, with their sizes. */
export async function listOffered(): Promise<LayerListing[]> {
  return (await requestJson<{ layers: LayerListing[] }>("/layers")).layers;
}

/** How many features of a layer lie inside a box (null = anywhere), or how many of these a crew should look at. */
export async function countInside(key: string, bbox: Box | null, of: "all" | "unconfirmed" = "all"): Promise<number> {
  const query = new URLSearchParams({ limit: "1", properties: "" });
  if (bbox) query.set("bbox", boxText(bbox));
  if (of === "unconfirmed") query.set("unconfirmed", "1");
  return (await requestJson<{ numberMatched: number }>(`/layers/${key}/features?${query}`)).numberMatched;
}

/** Brings all chosen layers to the server's state, going on where an earlier pull was cut.
 *
 * Layers that stand at the same revision are pulled together. Returns the number of lines applied.
 */
export async function pullAll(
  database: Database,
  onProgress: Progress = () => undefined,
  signal?: AbortSignal,
): Promise<number> {
  let n_lines = 0;
  for (let round = 0; ; round++) {
    try {
      const layers = await listLayers(database);
      const n_total = layers.reduce((sum, layer) => sum + (layer.revision ? 0 : layer.n_features), 0);
      for (const group of groupByPlace(layers)) {
        const onPage = (n_applied: number) => {
          n_lines += n_applied;
          onProgress(n_lines, Math.max(n_total, n_lines));
        };
        await pullGroup(database, group, onPage, signal);
      }
      return n_lines;
    } catch (error) {
      if (round > 0 || !isEpochChanged(error)) throw error;
      await restartPull(database);
    }
  }
}

/** The server's store was restored or moved: its revisions have nothing to do with those known here. */
export function isEpochChanged(error: unknown): boolean {
  return error instanceof ServerError && error.code === "epoch_changed";
}

interface Group {
  key: string;
  revision: number;
  cursor: string | null;
}

/** Puts together the layers whose pull goes on from the same place. */
function groupByPlace(layers: readonly Group[]): Group[][] {
  const groups = new Map<string, Group[]>();
  for (const layer of layers) {
    const place = `${layer.revision} ${layer.cursor ?? ""}`;
    groups.set(place, [...(groups.get(place) ?? []), layer]);
  }
  return [...groups.values()];
}

async function pullGroup(
  database: Database,
  group: Group[],
  onPage: (n_lines: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const keys = group.map((layer) => layer.key);
  const since = group[0]?.revision ?? 0;
  const area = (await readSetting(database, "area")) ?? null;
  const epoch = await readSetting(database, "epoch");
  const ask = (cursor: string | null, of: string | undefined) => {
    const query = new URLSearchParams({ layers: keys.join(","), since: String(since), limit: String(PAGE_LIMIT) });
    if (area) query.set("bbox", boxText(area.bbox));
    if (cursor) query.set("cursor", cursor);
    if (of && (since || cursor)) query.set("epoch", of);
    return readPage(`/sync/pull?${query}`, signal);
  };
  let coming: ReturnType<typeof ask> | null = ask(group[0]?.cursor ?? null, epoch);
  while (coming) {
    const page: Page = await coming;
    if (epoch && page.header.epoch !== epoch) throw new ServerError(409, { code: "epoch_changed" });
    // The next page is on its way while this one is written; a cut is told once this one is safe.
    coming = page.end.next ? ask(page.end.next, page.header.epoch) : null;
    coming?.catch(() => undefined);
    await applyPage(database, page, keys, area);
    onPage(page.lines.length);
    signal?.throwIfAborted();
  }
}

type Page = ReturnType<typeof parsePage>;

/** Reads one page to its last line.
 *
 * @throws OfflineError The answer was cut before its "end" line.
 */
async function readPage(path: string, signal?: AbortSignal) {
  const response = await request(path, { headers: { Accept: "application/x-ndjson" }, signal });
  const text = await response.text().catch((cause) => {
    throw new OfflineError(path, { cause });
  });
  return parsePage(text, path);
}

export function parsePage(text: string, path: string) {
  const rows = text.split("\n").filter(Boolean);
  if (!text.endsWith("\n")) rows.pop();
  const lines = rows.map((row) => JSON.parse(row) as PullLine);
  const [header, end] = [lines.shift(), lines.pop()];
  if (header?.type !== "header" || end?.type !== "end") throw new OfflineError(`${path}: the answer was cut`);
  return { header: header as HeaderLine, lines, end: end as EndLine };
}
