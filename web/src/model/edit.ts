import type { Geometry } from "geojson";
import type { Change, Edit, OutboxEntry, Receipt } from "./change.ts";
import type { Attachment, DevicePosition, Feature, Fields, PositionQuality } from "./feature.ts";
import { mintUuid, type Nature } from "./identity.ts";
import type { Layer, Value } from "./layer.ts";

/** What a person wants of one feature; `seen` is how it looked to them, null where they make it. */
export interface Wish {
  layer: Layer;
  feature_id: string;
  seen: Feature | null;
  fields: Fields;
  /** undefined = not touched. */
  geometry?: Geometry | null;
  /** How that geometry was found. */
  located?: PositionQuality;
  attachments: Attachment[];
  is_deletion: boolean;
  position: DevicePosition | null;
  /** The author found nothing to change; says so in words. */
  visit_note?: string;
}

/** The fields whose value differs; a missing name means null. */
export function diffFields(old: Fields, now: Fields): Record<string, Edit<Value>> {
  const edits: Record<string, Edit<Value>> = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const edit = { old: old[name] ?? null, new: now[name] ?? null };
    if (edit.old !== edit.new) edits[name] = edit;
  }
  return edits;
}

/** Turns a wish into the change that says it, or null where nothing differs from what was seen.
 *
 * A change that builds on an unsent one keeps the revision that one was based on, whatever was pulled since.
 */
export function makeChange(wish: Wish, previous: Change | null, nature: Nature): Change | null {
  const { seen } = wish;
  const change: Change = {
    change_id: mintUuid(nature),
    layer: wish.layer.key,
    feature_id: wish.feature_id,
    kind: wish.is_deletion ? "delete" : seen ? "update" : "insert",
    after: previous?.change_id ?? null,
    base_revision: previous ? previous.base_revision : seen?.revision || null,
    definition_version: wish.layer.definition_version,
    fields: wish.is_deletion ? {} : diffFields(seen?.fields ?? {}, wish.fields),
    attachments: wish.attachments,
    made_at: nature.now().toISOString(),
    position: wish.position,
  };
  if (!wish.is_deletion && wish.geometry !== undefined) {
    const geometry = { old: seen?.geometry ?? null, new: wish.geometry };
    const is_moved = JSON.stringify(geometry.old) !== JSON.stringify(geometry.new);
    // Where a place is right as it is, only how it was found is new.
    if (is_moved || (wish.located && geometry.new)) change.geometry = geometry;
    if (change.geometry && wish.located) change.located = wish.located;
  }
  if (wish.visit_note) return { ...change, is_visit: true, note: wish.visit_note };
  return isEmpty(change) ? null : change;
}

/** Whether a change says nothing. */
export function isEmpty(change: Change): boolean {
  const { kind, fields, geometry, attachments, is_visit } = change;
  return kind === "update" && !is_visit && !geometry && !attachments.length && !Object.keys(fields).length;
}

/** Whether a change goes on only by a person's hand: the office refused it, or keeps it for one that is not here any more.
 *
 * @param entries Of the same feature.
 */
export const isRefused = ({ state, change }: OutboxEntry, entries: readonly OutboxEntry[]): boolean =>
  state === "rejected" || (state === "held" && !entries.some((other) => other.change.change_id === change.after));

/** Whether a change that the server cannot have seen brings a photo. */
export const hasUnsentPhoto = ({ state, is_offered, change }: OutboxEntry, sha256: string) =>
  state === "unsent" && !is_offered && change.attachments.some((one) => one.sha256 === sha256);

/** How the server takes a new place of which nothing is said: docs/format.md §3. */
const IN_THE_FIELD: PositionQuality = { method: "field", accuracy_m: null, note: null };

/** Gives the feature after a change; null = gone. */
export function applyChange(feature: Feature | null, change: Change): Feature | null {
  if (change.kind === "delete") return null;
  if (!feature && change.kind === "update") return null;
  const seen = feature ?? {
    layer: change.layer,
    feature_id: change.feature_id,
    revision: 0,
    geometry: null,
    fields: {},
    attachments: [],
  };
  const fields = { ...seen.fields };
  for (const [name, edit] of Object.entries(change.fields)) fields[name] = edit.new;
  const known = new Set(seen.attachments.map((attachment) => attachment.sha256));
  return {
    ...seen,
    fields,
    geometry: change.geometry ? change.geometry.new : seen.geometry,
    ...(change.geometry ? { position: change.located ?? IN_THE_FIELD } : {}),
    attachments: [...seen.attachments, ...change.attachments.filter(({ sha256 }) => !known.has(sha256))],
  };
}

/** The feature as its author sees it: the server's, with what this tablet changed and the office has not judged. */
export function viewFeature(base: Feature | null, entries: readonly OutboxEntry[]): Feature | null {
  return entries
    .filter((entry) => entry.state !== "conflict")
    .reduce((feature, entry) => applyChange(feature, entry.change), base);
}

/** The server's copy as far as a receipt tells it, before the next pull brings the whole.
 *
 * A merged feature keeps the revision its author saw: others' fields have not come yet. A receipt that comes late,
 * after a pull that is as new, changes nothing: it would bring old values back (docs/format.md, Pull).
 *
 * @param pulled Revision of the layer's last complete pull.
 */
export function acknowledge(base: Feature | null, change: Change, receipt: Receipt, pulled: number): Feature | null {
  if (receipt.status !== "applied" && receipt.status !== "merged") return base;
  const revision = receipt.revision ?? 0;
  if (revision <= pulled || (base?.revision ?? 0) > revision) return base;
  const feature = applyChange(base, change);
  const is_exact = receipt.status === "applied" || !base;
  return feature && { ...feature, revision: is_exact ? (receipt.revision ?? feature.revision) : feature.revision };
}
