import { compass } from "../../gps/compass.ts";
import type { OutingFacts } from "../../model/checklist.ts";
import { listPacks } from "../../store/packs.ts";
import type { Ledger } from "./ledger.svelte.ts";

/** Parts of the Battery Status API; only some browsers have it, and TypeScript's library does not know it. */
interface Batteries {
  getBattery?: () => Promise<{ level: number; charging: boolean }>;
}

/** Whether this is Safari, whose apps on the home screen have a store of their own: what is loaded before goes to waste. */
export const isBeforeHomeScreen = () => (navigator as { standalone?: boolean }).standalone === false;

/** Asks the device and the store for what is to be known before leaving. */
export async function gatherFacts(ledger: Ledger): Promise<OutingFacts> {
  const { storage, permissions } = navigator;
  const [packs, is_persisted, estimate, position, battery] = await Promise.all([
    listPacks(ledger.maps),
    storage?.persist?.().catch(() => false),
    storage?.estimate?.().catch(() => undefined),
    permissions?.query({ name: "geolocation" }).then(
      ({ state }) => state,
      () => null,
    ),
    (navigator as Batteries).getBattery?.().catch(() => null),
  ]);
  return {
    is_installed: matchMedia("(display-mode: standalone)").matches,
    is_persisted: is_persisted ?? false,
    n_layers: ledger.layers.length,
    n_layers_open: ledger.layers.filter(({ revision, cursor }) => !revision || cursor !== null).length,
    n_packs: packs.length,
    n_packs_open: packs.filter((pack) => !pack.is_complete).length,
    position: position ?? null,
    compass: compass.consent,
    unsent_at: ledger.entries.filter(({ state }) => state === "unsent").map(({ change }) => change.made_at),
    battery: battery ? { level: battery.level, is_charging: battery.charging } : null,
    free_bytes: estimate?.quota ? estimate.quota - (estimate.usage ?? 0) : null,
  };
}
