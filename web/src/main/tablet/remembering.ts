import { templateFields } from "../../model/copies.ts";
import type { Fields } from "../../model/feature.ts";
import type { Layer, Value } from "../../model/layer.ts";
import type { Database } from "../../store/database.ts";
import { readSetting, writeSetting } from "../../store/settings.ts";

/** Keeps what was written into a new feature, for the next one of its layer: without its number. */
export async function rememberFields(database: Database, layer: Layer, fields: Fields): Promise<void> {
  const known = (await readSetting(database, "last_fields")) ?? {};
  await writeSetting(database, "last_fields", { ...known, [layer.key]: templateFields(layer, fields) });
}

/** What was written last, as far as the layer still has the fields; null where that is nothing.
 *
 * What the last one belonged to is not taken over: the next inspection is one of another asset.
 */
export async function rememberedFields(database: Database, layer: Layer): Promise<Fields | null> {
  const last = (await readSetting(database, "last_fields"))?.[layer.key];
  const own = new Set(layer.fields.filter(({ relation }) => !relation).map(({ name }) => name));
  const isGiven = ([name, value]: [string, Value]) => own.has(name) && (value ?? "") !== "";
  const fields = last && Object.entries(templateFields(layer, last)).filter(isGiven);
  return fields?.length ? Object.fromEntries(fields) : null;
}
