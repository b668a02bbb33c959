import { templateFields } from "../../model/copies.ts";
import type { Fields } from "../../model/feature.ts";
import type { Layer } from "../../model/layer.ts";
import type { Database } from "../../store/database.ts";
import { readSetting, writeSetting } from "../../store/settings.ts";

/** Keeps what was written into a new feature, for the next one of its layer: without its number. */
export async function rememberFields(database: Database, layer: Layer, fields: Fields): Promise<void> {
  const known = (await readSetting(database, "last_fields")) ?? {};
  await writeSetting(database, "last_fields", { ...known, [layer.key]: templateFields(layer, fields) });
}

/** What was written last, as far as the layer still has the fields; null where that is nothing. */
export async function rememberedFields(database: Database, layer: Layer): Promise<Fields | null> {
  const last = (await readSetting(database, "last_fields"))?.[layer.key];
  const fields = last && Object.entries(templateFields(layer, last)).filter(([, value]) => (value ?? "") !== "");
  return fields?.length ? Object.fromEntries(fields) : null;
}
