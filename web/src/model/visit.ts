import type { Change } from "./change.ts";
import type { Feature, Fields } from "./feature.ts";
import type { Field, Layer } from "./layer.ts";

/** What became of a feature on this tablet's round: looked at, or changed. */
export interface Visit {
  feature_id: string;
  layer: string;
  at: string;
  change_id: string;
  kind: "checked" | "changed";
  /** The place of what was there already was confirmed, or put right. */
  is_placed?: true;
}

/** How a feature stands on a round. "seen": another crew was there, as its date of inspection tells. */
export type RoundState = "left" | "seen" | Visit["kind"];

export interface RoundCounts {
  n_total: number;
  n_left: number;
  n_checked: number;
  n_changed: number;
}

const DATE_OF_VISIT = /^(last_)?(inspected|checked|visited|surveyed)_(on|at)$/;

/** Known by layer: a round asks for each of its features. */
const visit_fields = new WeakMap<Layer, Field | null>();

/** The field of a layer that tells when somebody was there last. */
export function visitField(layer: Layer): Field | null {
  const known = visit_fields.get(layer);
  if (known !== undefined) return known;
  const is_date = ({ type, relation }: Field) => (type === "date" || type === "datetime") && !relation;
  const field = layer.fields.find((field) => is_date(field) && DATE_OF_VISIT.test(field.name)) ?? null;
  visit_fields.set(layer, field);
  return field;
}

/** The day of an instant where the tablet is, "2026-11-23". */
export function localDay(at: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** The values of a feature that was visited now. */
export function visitedFields(layer: Layer, fields: Fields, now: Date): Fields {
  const field = visitField(layer);
  if (!field) return fields;
  const value = field.type === "date" ? localDay(now) : now.toISOString().replace(/\.\d+Z$/, "Z");
  return { ...fields, [field.name]: value };
}

/** How a feature stands on a round that began at an instant (UTC), on a day here: by visits, and by what the ledger tells. */
export function roundState(
  layer: Layer,
  feature: Feature,
  visit: Visit | undefined,
  since: { at: string; day: string },
): RoundState {
  if (visit && visit.at >= since.at) return visit.kind;
  const field = visitField(layer);
  const value = field && feature.fields[field.name];
  if (typeof value !== "string") return "left";
  const day = field?.type === "date" ? value : localDay(new Date(value));
  // On the day of its beginning, what this tablet itself visited before tells nothing of the new round.
  const is_own = day === since.day && visit !== undefined && localDay(new Date(visit.at)) === day;
  return day >= since.day && !is_own ? "seen" : "left";
}

export function countRound(states: Iterable<RoundState>): RoundCounts {
  const counts: RoundCounts = { n_total: 0, n_left: 0, n_checked: 0, n_changed: 0 };
  for (const state of states) {
    counts.n_total++;
    if (state === "left") counts.n_left++;
    else if (state === "changed") counts.n_changed++;
    else counts.n_checked++;
  }
  return counts;
}

/** The visit that a change stands for; a deletion leaves nothing to have visited. */
export function visitOf(change: Change): Visit | null {
  if (change.kind === "delete") return null;
  const { feature_id, layer, made_at: at, change_id } = change;
  const is_placed = change.kind === "update" && change.geometry?.new;
  const visit: Visit = { feature_id, layer, at, change_id, kind: change.is_visit ? "checked" : "changed" };
  return is_placed ? { ...visit, is_placed: true } : visit;
}
