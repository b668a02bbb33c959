import type { Database, StoredLayer } from "../../store/database.ts";
import { readSetting, writeSetting } from "../../store/settings.ts";

/** Whether a crew may work with what is here: it was set up once, whatever is being taken along anew since.
 *
 * A tablet that an older app set up has a layer that came whole, or one that is being replaced.
 */
export async function isSetUp(database: Database, layers: readonly StoredLayer[]): Promise<boolean> {
  if (!layers.length) return false;
  if (await readSetting(database, "setup_done")) return true;
  return layers.some(({ revision, is_stale }) => revision > 0 || is_stale);
}

/** Notes for good that the setup was finished. */
export async function keepSetUp(database: Database): Promise<void> {
  if (!(await readSetting(database, "setup_done"))) await writeSetting(database, "setup_done", true);
}
