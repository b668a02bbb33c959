import type { Feature } from "../../model/feature.ts";
import type { Layer } from "../../model/layer.ts";
import { needsConfirming } from "../../model/position.ts";
import type { Ledger } from "./ledger.svelte.ts";

/** By how a feature stands on the round: everything, not or already visited, with something to send or to look at. */
export const STANDINGS = ["all", "left", "done", "unsent", "attention"] as const;

type Standing = (typeof STANDINGS)[number];

/** How many features there would be by each choice, the others staying as they are. */
export type Counts = Record<Standing | "task", number>;

/** What of the ledger is shown, on the map and in the list alike. It holds until the app is closed. */
export class Filter {
  standing = $state.raw<Standing>("all");
  /** Only features whose place is to be confirmed. */
  is_task = $state.raw(false);
  /** Codes of each layer's categories that are left out. */
  hidden = $state.raw<Readonly<Record<string, readonly string[]>>>({});
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get is_on(): boolean {
    return this.standing !== "all" || this.is_task || Object.values(this.hidden).some((codes) => codes.length);
  }

  clear(): void {
    this.standing = "all";
    this.is_task = false;
    this.hidden = {};
  }

  /** Leaves a category of a layer out, or takes it in again. */
  toggle(layer: string, code: string): void {
    const codes = this.hidden[layer] ?? [];
    const left_out = codes.includes(code) ? codes.filter((other) => other !== code) : [...codes, code];
    this.hidden = { ...this.hidden, [layer]: left_out };
  }

  wants(layer: Layer, feature: Feature): boolean {
    if (this.#isLeftOut(layer, feature) || (this.is_task && !needsConfirming(feature))) return false;
    return this.#stands(layer, feature, this.standing);
  }

  /** Walks features to count them, and may pause after each. */
  *count(source: Iterable<{ layer: Layer; features: readonly Feature[] }>): Generator<void, Counts> {
    const counts: Counts = { all: 0, left: 0, done: 0, unsent: 0, attention: 0, task: 0 };
    for (const { layer, features } of source) {
      for (const feature of features) {
        yield;
        if (this.#isLeftOut(layer, feature)) continue;
        const is_task = needsConfirming(feature);
        if (is_task && this.#stands(layer, feature, this.standing)) counts.task++;
        if (this.is_task && !is_task) continue;
        for (const standing of STANDINGS) if (this.#stands(layer, feature, standing)) counts[standing]++;
      }
    }
    return counts;
  }

  #isLeftOut(layer: Layer, feature: Feature): boolean {
    const value = feature.fields[layer.style?.category_field ?? ""] ?? null;
    return value !== null && (this.hidden[layer.key]?.includes(String(value)) ?? false);
  }

  #stands(layer: Layer, feature: Feature, standing: Standing): boolean {
    if (standing === "all") return true;
    if (standing === "left" || standing === "done")
      return (this.#ledger.rounds.state(layer, feature) === "left") === (standing === "left");
    const entries = this.#ledger.entriesOf(feature.feature_id);
    return entries.some(({ state }) => (state === "unsent") === (standing === "unsent"));
  }
}
