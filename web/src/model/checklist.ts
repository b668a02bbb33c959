import { localDay } from "./visit.ts";

/** What is looked at before a crew leaves; null = the device does not tell. */
export interface OutingFacts {
  is_installed: boolean;
  is_persisted: boolean;
  n_layers: number;
  /** Layers whose features are not all here. */
  n_layers_open: number;
  n_packs: number;
  /** Packs that are not here whole. */
  n_packs_open: number;
  position: "granted" | "prompt" | "denied" | null;
  /** Whether people let the device tell which way it looks; null = nobody has to. */
  compass: "granted" | "prompt" | "denied" | null;
  /** When each change that is not sent was made. */
  unsent_at: readonly string[];
  battery: { level: number; is_charging: boolean } | null;
  free_bytes: number | null;
}

const CHECKS = [
  "installed",
  "persisted",
  "layers",
  "packs",
  "position",
  "compass",
  "unsent",
  "battery",
  "space",
] as const;

/** One line of the list before leaving; what is not good has words for what to do. */
export interface Check {
  key: (typeof CHECKS)[number];
  /** null = the device does not tell; its words say where a person sees it. */
  is_good: boolean | null;
  values: Record<string, string | number>;
}

const LOW_BATTERY = 0.5;
/** A day of photos and changes, with room to spare. */
const DAY_BYTES = 500e6;

/** The list before leaving, as far as the device tells. */
export function outingChecks(facts: OutingFacts, now: Date): Check[] {
  const { battery, compass, free_bytes, position } = facts;
  const n_old = facts.unsent_at.filter((at) => localDay(new Date(at)) < localDay(now)).length;
  const percent = Math.round((battery?.level ?? 0) * 100);
  const all: Record<Check["key"], Omit<Check, "key"> | null> = {
    installed: { is_good: facts.is_installed, values: {} },
    persisted: { is_good: facts.is_persisted, values: {} },
    layers: {
      is_good: facts.n_layers > 0 && !facts.n_layers_open,
      values: { n: facts.n_layers, open: facts.n_layers_open },
    },
    packs: {
      is_good: facts.n_packs > 0 && !facts.n_packs_open,
      values: { n: facts.n_packs, open: facts.n_packs_open },
    },
    position: position && { is_good: position === "granted", values: {} },
    // Who refused it does without.
    compass: compass && compass !== "denied" ? { is_good: compass === "granted", values: {} } : null,
    unsent: { is_good: !n_old, values: { n: n_old } },
    battery: { is_good: battery && (battery.is_charging || battery.level >= LOW_BATTERY), values: { percent } },
    space: free_bytes === null ? null : { is_good: free_bytes >= DAY_BYTES, values: { size: sizeOf(free_bytes) } },
  };
  return CHECKS.flatMap((key) => (all[key] ? [{ key, ...all[key] }] : []));
}

const sizeOf = (n_bytes: number) =>
  n_bytes < 1e9 ? `${Math.round(n_bytes / 1e6)} MB` : `${(n_bytes / 1e9).toFixed(n_bytes < 1e10 ? 1 : 0)} GB`;
