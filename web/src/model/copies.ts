import type { Fields } from "./feature.ts";
import type { Field, Layer } from "./layer.ts";
import { visitField } from "./visit.ts";

/** Whether a value is a feature's own: two of a layer must not have it both. */
export const isOwn = (layer: Layer, field: Field) =>
  field.constraints?.unique === true || (layer.key_fields ?? []).includes(field.name);

/** The values of a feature for a new one like it: without its number, and without what was found when it was visited. */
export function templateFields(layer: Layer, fields: Fields): Fields {
  const visited = visitField(layer)?.name;
  const kept = layer.fields.filter((field) => !isOwn(layer, field) && !field.read_only && field.name !== visited);
  return Object.fromEntries(kept.filter(({ name }) => name in fields).map(({ name }) => [name, fields[name] ?? null]));
}

/** The values of the nth part of a feature that was divided: all of it, but a number of its own ("A-1-2"). */
export function partFields(layer: Layer, fields: Fields, n: number): Fields {
  const part = { ...fields };
  for (const field of layer.fields.filter((candidate) => isOwn(layer, candidate))) {
    const value = part[field.name];
    if (value !== undefined) part[field.name] = typeof value === "string" ? `${value}-${n}` : null;
  }
  return part;
}

/** The values of a feature that took in another: its own, and the other's where it had none. */
export function mergedFields(fields: Fields, other: Fields): Fields {
  const filled = Object.entries(other).filter(([name]) => (fields[name] ?? "") === "");
  return { ...fields, ...Object.fromEntries(filled) };
}
