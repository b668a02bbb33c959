import type { Feature, Fields } from "./feature.ts";
import type { Field, Layer } from "./layer.ts";

/** What two features of a layer must not share: each of its unique fields, and all its key fields together. */
function identities({ fields, key_fields = [] }: Layer): Field[][] {
  const unique = fields.filter(({ constraints }) => constraints?.unique);
  const keys = fields.filter(({ name }) => key_fields.includes(name));
  return [...unique.map((field) => [field]), ...(keys.length ? [keys] : [])];
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

/** Another feature of the layer that has what should be a feature's own, as far as that is new; null where none has. */
export function findTwin(
  layer: Layer,
  features: Iterable<Feature>,
  form: { feature_id: string; fields: Fields; seen: Feature | null },
): { field: Field; twin: Feature } | null {
  const { feature_id, fields, seen } = form;
  const isNew = ({ name }: Field) => (seen?.fields[name] ?? null) !== (fields[name] ?? null);
  const asked = identities(layer).filter(
    (group) => group.some(isNew) && group.every(({ name }) => !isEmpty(fields[name])),
  );
  if (!asked.length) return null;
  for (const twin of features) {
    if (twin.feature_id === feature_id) continue;
    const [field] = asked.find((group) => group.every(({ name }) => twin.fields[name] === fields[name])) ?? [];
    if (field) return { field, twin };
  }
  return null;
}
