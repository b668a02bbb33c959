import type { Geometry } from "geojson";
import type { Change, Problem, Receipt } from "../model/change.ts";
import type { Attachment, DevicePosition, PositionQuality } from "../model/feature.ts";
import type { ImportRecord, OfficeLayer } from "../model/imports.ts";
import type { Layer, Value } from "../model/layer.ts";
import { type BasemapPack, type ConflictLine, type OnlineTiles, onlinePack } from "../model/messages.ts";
import { requestJson } from "./http.ts";
import { type OnProgress, sendForm } from "./upload.ts";

/** What the office pages ask of the server: docs/format.md §4. */

export const JSON_HEADERS = { "Content-Type": "application/json" };

export const listLayers = async (): Promise<OfficeLayer[]> =>
  (await requestJson<{ layers: OfficeLayer[] }>("/layers")).layers;

export const listDefinitions = async (): Promise<Layer[]> =>
  (await requestJson<{ definitions: Layer[] }>("/definitions")).definitions;

export const listImports = async (): Promise<ImportRecord[]> =>
  (await requestJson<{ imports: ImportRecord[] }>("/imports")).imports;

type Side = "stored" | "incoming";

/** Who decides, and why. */
export interface Why {
  author: string;
  note: string;
}

/** One value that two people changed; a side that deleted the feature has none. */
export interface Clash {
  base?: unknown;
  stored?: unknown;
  incoming?: unknown;
  state: string;
  decision?: { take: Side | "other"; value?: unknown };
}

export interface Signature {
  device_id?: string;
  author?: string;
  made_at?: string;
  /** Where the author stood. */
  position?: DevicePosition | null;
  photos?: Attachment[];
}

/** A conflict record with all that the office needs to decide it. */
export interface ConflictRecord extends ConflictLine {
  stored_kind: string;
  taken: Side;
  fields: ({ field: string; base?: Value; stored?: Value; incoming?: Value } & Clash)[];
  geometry: Clash | null;
  attachments: Clash | null;
  incoming_by: Signature;
  stored_by: Signature;
}

export const listConflicts = async (): Promise<ConflictRecord[]> =>
  (await requestJson<{ conflicts: ConflictRecord[] }>("/conflicts?state=open")).conflicts;

export const post = <T>(path: string, body: unknown): Promise<T> =>
  requestJson<T>(path, { method: "POST", headers: JSON_HEADERS, body: JSON.stringify(body) });

/** Takes one side for these fields. */
export const resolveConflict = (conflictId: string, fields: string[], take: Side, why: Why): Promise<ConflictRecord> =>
  post(`/conflicts/${encodeURIComponent(conflictId)}/resolve`, {
    decisions: Object.fromEntries(fields.map((field) => [field, { take }])),
    ...why,
  });

/** What one revision did to a feature. */
export interface HistoryEntry {
  revision: number;
  kind: "insert" | "update" | "delete" | "restore";
  at: string | null;
  device_id: string;
  author: string;
  note: string;
  source_name: string | null;
  fields: { field: string; from: Value; to: Value; is_hidden?: boolean }[];
  geometry: { from: Geometry | null; to: Geometry | null } | null;
  attached: Attachment[];
  detached: Attachment[];
  changes: { change_id: string; position: DevicePosition | null; note?: string | null }[];
}

export interface FeatureHistory {
  is_deleted: boolean;
  entries: HistoryEntry[];
}

const featureUrl = (layer: string, featureId: string) =>
  `/layers/${encodeURIComponent(layer)}/features/${encodeURIComponent(featureId)}`;

export const readHistory = (layer: string, featureId: string): Promise<FeatureHistory> =>
  requestJson<FeatureHistory>(`${featureUrl(layer, featureId)}/history`);

/** Takes back what a revision did to a feature. */
export const undoRevision = (layer: string, featureId: string, revision: number, author: string): Promise<Receipt> =>
  post(`${featureUrl(layer, featureId)}/undo`, { revision, author });

/** Brings a deleted feature back as it was last. */
export const restoreFeature = (layer: string, featureId: string, author: string): Promise<Receipt> =>
  post(`${featureUrl(layer, featureId)}/restore`, { author });

export interface DeletedFeature {
  feature_id: string;
  label: string | null;
  at: string | null;
  author: string;
  device_id: string;
}

export const listDeleted = (layer: string): Promise<{ features: DeletedFeature[]; has_more: boolean }> =>
  requestJson(`/layers/${encodeURIComponent(layer)}/deleted`);

/** What is left to do with what a tablet sent. */
export type Task = "photos" | "conflicts" | "rejected" | "held";

export interface DayLine {
  device_id: string;
  authors: string[];
  n_sent: number;
  n_applied: number;
  n_merged: number;
  n_conflict: number;
  n_held: number;
  n_rejected: number;
  n_photos: number;
  n_photos_here: number;
  n_photos_missing_before: number;
  last_received_at: string | null;
  next: Task[];
}

export interface DayReport {
  date: string;
  devices: DayLine[];
  decisions: {
    conflict_id: string;
    layer: string;
    label: string;
    field: string;
    take: Side | "other";
    author: string;
    decided_at: string;
    note: string;
  }[];
}

export const readDay = (date: string): Promise<DayReport> =>
  requestJson<DayReport>(`/days/${encodeURIComponent(date)}/report`);

/** A change that is held or was rejected; a rejected body may be anything. */
export interface WaitingChange {
  change_id: string;
  device_id: string;
  author: string;
  received_at: string;
  receipt: Receipt & { problems?: Problem[] };
  body: Partial<Change> | null;
}

export const listWaiting = async (): Promise<WaitingChange[]> =>
  (await requestJson<{ changes: WaitingChange[] }>("/changes/waiting")).changes;

export const releaseChange = (changeId: string, author: string): Promise<Receipt> =>
  post(`/changes/${encodeURIComponent(changeId)}/release`, { author });

export const handOnChange = (changeId: string, fields: Record<string, Value>, author: string): Promise<Receipt> =>
  post(`/changes/${encodeURIComponent(changeId)}/hand-on`, { fields, author });

/** A photo that a change names and whose bytes have not come whole. */
export interface MissingPhoto extends Attachment {
  change_id: string;
  layer: string;
  feature_id: string;
  n_bytes_here: number;
}

export const listMissingPhotos = async (): Promise<MissingPhoto[]> =>
  (await requestJson<{ attachments: MissingPhoto[] }>("/attachments/missing")).attachments;

export const listBasemaps = async (): Promise<BasemapPack[]> =>
  (await requestJson<{ packs: BasemapPack[] }>("/basemap")).packs;

/** What lies under the layers on a map of the office: packs, and tiles of the internet where the office lets people see them. */
export async function listUnder(title: string): Promise<BasemapPack[]> {
  const { packs, online } = await requestJson<{ packs: BasemapPack[]; online: OnlineTiles | null }>("/basemap");
  return online && navigator.onLine ? [onlinePack(online, title), ...packs] : packs;
}

/** Where a layer is downloaded from, as it is or as it was at the end of a day. */
export function exportUrl(
  layer: string,
  format: "gpkg" | "geojson" | "csv",
  { encoding, day }: { encoding?: "utf-8-sig" | "cp932"; day?: string } = {},
): string {
  const query = new URLSearchParams({ format });
  if (encoding) query.set("encoding", encoding);
  if (day) query.set("as_of", day);
  return `/layers/${encodeURIComponent(layer)}/export?${query}`;
}

/** A feature with what hangs on it, as GeoJSON. */
export interface FeatureDetail {
  properties: Record<string, Value>;
  position: PositionQuality | null;
  attachments: Attachment[];
}

export const readFeature = (layer: string, featureId: string): Promise<FeatureDetail> =>
  requestJson<FeatureDetail>(`/layers/${encodeURIComponent(layer)}/features/${encodeURIComponent(featureId)}`);

export const attachmentUrl = (sha256: string): string => `/attachments/${sha256}`;

/** A small picture of a photo, turned as the camera says. */
export const thumbnailUrl = (sha256: string, edge_px: number): string =>
  `/attachments/${sha256}/thumbnail?edge=${edge_px}`;

/** What became of a tablet's file. */
export interface OutboxTaken {
  receipts: Receipt[];
  photos: { n: number; n_here: number };
}

/** Takes in the file that a tablet has written out. */
export const sendOutbox = (file: File, onprogress: OnProgress): Promise<OutboxTaken> =>
  sendForm<OutboxTaken>("/sync/outboxes", [file], {}, onprogress);
