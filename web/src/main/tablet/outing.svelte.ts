import type { BasemapPack, LayerListing } from "../../model/messages.ts";
import { REDLINE } from "../../model/redline.ts";
import { chooseLayers } from "../../store/features.ts";
import { listPacks } from "../../store/packs.ts";
import { downloadPacks, listOfferedPacks } from "../../sync/basemap.ts";
import { listOffered, pullAll } from "../../sync/pull.ts";
import { makeRedline, withRedline } from "../../sync/redline.ts";
import type { Ledger } from "./ledger.svelte.ts";
import { explain, type Trouble } from "./trouble.ts";

/** Rough size of a feature on its way to the tablet; told as a size beforehand, not counted on. */
const FEATURE_BYTES = 400;

/** Taking layers and the base map along, from choosing to the last byte. */
export class Outing {
  listings = $state.raw<LayerListing[] | null>(null);
  packs = $state.raw<BasemapPack[]>([]);
  chosen = $state<string[]>([]);
  step = $state.raw<{ step: "layers" | "basemap"; n_done: number; n_total: number } | null>(null);
  trouble = $state.raw<Trouble | null>(null);

  /** Room on the device, null where it does not tell. */
  free_bytes = $state<number | null>(null);

  readonly #ledger: Ledger;
  #packs_here = new Set<string>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What is still to come; layers that are here bring only what changed. */
  get size_bytes(): number {
    const here = new Set(this.#ledger.layers.filter(({ revision }) => revision > 0).map(({ key }) => key));
    const coming = (this.listings ?? []).filter(
      ({ definition: { key } }) => this.chosen.includes(key) && !here.has(key),
    );
    const n_features = coming.reduce((sum, listing) => sum + listing.n_features, 0);
    const packs = this.packs.filter(({ sha256 }) => !this.#packs_here.has(sha256));
    return n_features * FEATURE_BYTES + packs.reduce((sum, pack) => sum + pack.size_bytes, 0);
  }

  /** Asks the server what there is; the layers already here are chosen, at the first time all. */
  async ask(): Promise<boolean> {
    return this.#attempt(async () => {
      const [listings, packs] = await Promise.all([listOffered().then(withRedline), listOfferedPacks()]);
      const here = this.#ledger.layers.map((layer) => layer.key);
      const stored = (await listPacks(this.#ledger.database)).filter((pack) => pack.is_complete);
      this.#packs_here = new Set(stored.map(({ sha256 }) => sha256));
      const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
      this.free_bytes = estimate?.quota ? estimate.quota - (estimate.usage ?? 0) : null;
      this.packs = packs;
      this.chosen = here.length ? here : listings.map(({ definition }) => definition.key);
      this.listings = listings;
    });
  }

  /** Brings everything chosen onto the tablet; after a cut it goes on where it was. */
  async take(): Promise<boolean> {
    const taken = (this.listings ?? []).filter(({ definition }) => this.chosen.includes(definition.key));
    const progress = (step: "layers" | "basemap") => (n_done: number, n_total: number) => {
      this.step = { step, n_done, n_total };
    };
    const is_done = await this.#attempt(async () => {
      progress("layers")(0, 1);
      if (this.chosen.includes(REDLINE)) await makeRedline();
      await chooseLayers(this.#ledger.database, taken);
      await pullAll(this.#ledger.database, progress("layers"));
      await downloadPacks(this.#ledger.database, this.packs, progress("basemap"));
    });
    this.step = null;
    await this.#ledger.load();
    return is_done;
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.trouble = null;
    try {
      await work();
      return true;
    } catch (error) {
      console.error(error);
      this.trouble = explain(error);
      return false;
    }
  }
}
