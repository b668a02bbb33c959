import type { Geometry } from "geojson";
import type { Attachment, DevicePosition, PositionQuality } from "./feature.ts";
import type { Value } from "./layer.ts";
import type { Text } from "./text.ts";

/** Two sides of one value: what the author saw and what they made of it. */
export interface Edit<T> {
  old: T;
  new: T;
}

/** docs/format.md §3: what one author did to one feature. */
export interface Change {
  change_id: string;
  layer: string;
  feature_id: string;
  kind: "insert" | "update" | "delete";
  after: string | null;
  base_revision: number | null;
  definition_version: number;
  fields: Record<string, Edit<Value>>;
  geometry?: Edit<Geometry | null>;
  /** How the new geometry was found. */
  located?: PositionQuality;
  attachments: Attachment[];
  made_at: string;
  position: DevicePosition | null;
  /** The author looked at the feature and found nothing to change. */
  is_visit?: true;
  note?: string;
}

export type ReceiptStatus = "applied" | "merged" | "conflict" | "held" | "rejected";

export interface Problem {
  code: string;
  message: Text;
  /** Name of the field it is about. */
  field?: string;
}

/** The server's word on one change. */
export interface Receipt {
  change_id: string;
  status: ReceiptStatus;
  revision: number | null;
  conflicts: string[];
  problem: Problem | null;
}

/** What a tablet remembers of a change that it sent: the server's word on it, for some days. */
export interface SentLine extends Receipt {
  /** When the word came. */
  at: string;
  layer: string;
  label: string;
  /** Hashes of its photos. */
  photos: string[];
}

/** A change on this tablet, until the server has taken it.
 *
 * `sequence` keeps the order in which changes were made, whatever the clock says.
 * `is_offered`: the change may have reached the server, even if no answer came back.
 */
export interface OutboxEntry {
  sequence: number;
  change: Change;
  state: "unsent" | "held" | "conflict" | "rejected";
  is_offered: boolean;
  receipt: Receipt | null;
  /** The feature's label when the change was made; a deleted feature keeps a name in lists. */
  label: string;
  /** The first of the changes that were saved together with this one; they are taken back together. */
  first_id?: string;
}
