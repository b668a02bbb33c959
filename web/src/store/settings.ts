import type { DatumShift } from "../geometry/datum_shift.ts";
import type { WorkArea } from "../model/area.ts";
import type { SentLine } from "../model/change.ts";
import type { Fields } from "../model/feature.ts";
import { mintUuid } from "../model/identity.ts";
import type { OnlineTiles } from "../model/messages.ts";
import type { Database } from "./database.ts";

/** What this tablet remembers about itself. */
export interface Settings {
  device_id: string;
  author: string;
  /** Whose store this is, where that one has a PIN: id of an account. */
  person: string;
  epoch: string;
  last_sync_at: string;
  /** Where the map looked last. */
  view: { lon: number; lat: number; zoom: number };
  /** What was written into the newest new feature of each layer. */
  last_fields: Record<string, Fields>;
  /** How the map is drawn: for the day, for sunlight or for the night. */
  map_theme: "plain" | "sunlight" | "night";
  /** How the packs under the layers are shown, by name. */
  pack_views: Record<string, { is_visible: boolean; opacity: number }>;
  /** Names of the packs that are not taken along; in the store of the packs, for all crews. */
  packs_left: readonly string[];
  /** Tiles of the internet that the office lets people choose, as it said last. */
  online: OnlineTiles | null;
  /** How the layers are shown, by key. */
  layer_views: Record<string, { is_visible: boolean; opacity: number }>;
  /** Keys of the layers that were put in order, the uppermost first. */
  layer_order: readonly string[];
  /** The setup was finished once: the map opens from now on, also while layers are taken along anew. */
  setup_done: boolean;
  /** The first look around was finished, or skipped. */
  tour_done: boolean;
  /** The round of inspection: since when (UTC), keys of the layers it was chosen to go over, and whether of these only
   * over what has an open task.
   */
  round: { since: string; layers: readonly string[]; is_of_tasks?: boolean };
  /** What part of the city is taken along; null = all of it. */
  area: WorkArea | null;
  /** How far the datums of the layers lie from the map's. */
  shifts: DatumShift[];
  /** What was sent in the last days, with the server's word on it. */
  sent: SentLine[];
  /** Old forms of characters, each with the one it is searched as. */
  forms: Record<string, string>;
}

export async function readSetting<Name extends keyof Settings>(database: Database, name: Name) {
  return database.read(["settings"], async (transaction) => {
    return (await transaction.objectStore("settings").get(name)) as Settings[Name] | undefined;
  });
}

export async function writeSetting<Name extends keyof Settings>(database: Database, name: Name, value: Settings[Name]) {
  await database.write(["settings"], (transaction) => transaction.objectStore("settings").put(value, name));
}

/** The tablet's name in the protocol, minted at the first call and kept for good. */
export async function deviceId(database: Database): Promise<string> {
  return database.write(["settings"], async (transaction) => {
    const settings = transaction.objectStore("settings");
    const known = (await settings.get("device_id")) as string | undefined;
    const device_id = known ?? mintUuid();
    if (!known) await settings.put(device_id, "device_id");
    return device_id;
  });
}
