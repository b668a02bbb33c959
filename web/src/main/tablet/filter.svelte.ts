import type { Feature } from "../../model/feature.ts";
import type { Layer } from "../../model/layer.ts";
import { needsConfirming } from "../../model/position.ts";
import type { Ledger } from "./ledger.svelte.ts";

/** By how a feature stands on the round: everything, not or already visited, with something to send or to look at. */
export const STANDINGS = ["all", "left", "done", "unsent", "attention"] as const;

/** What of the ledger is shown, on the map and in the list alike. It holds until the app is closed. */
export class Filter {
  standing = $state.raw<(typeof STANDINGS)[number]>("all");
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
    const codes = this.hidden[layer.key];
    const value = feature.fields[layer.style?.category_field ?? ""] ?? null;
    if (value !== null && codes?.includes(String(value))) return false;
    if (this.is_task && !needsConfirming(feature)) return false;
    return this.standing === "all" || this.#stands(layer, feature);
  }

  #stands(layer: Layer, feature: Feature): boolean {
    const { standing } = this;
    if (standing === "left" || standing === "done")
      return (this.#ledger.rounds.state(layer, feature) === "left") === (standing === "left");
    const entries = this.#ledger.entriesOf(feature.feature_id);
    return entries.some(({ state }) => (state === "unsent") === (standing === "unsent"));
  }
}
