import type { Geometry } from "geojson";
import { anchorOf, bboxOf, distanceM } from "../../geometry/distance.ts";
import { wantsShift } from "../../geometry/projection.ts";
import type { Town } from "../../model/address.ts";
import { type Box, boxText, type WorkArea } from "../../model/area.ts";
import { useForms } from "../../model/fold.ts";
import type { BasemapPack, LayerListing } from "../../model/messages.ts";
import { REDLINE } from "../../model/redline.ts";
import { replaceTowns } from "../../store/addresses.ts";
import { chooseLayers } from "../../store/features.ts";
import { keepPacks, listPacks, sizesHere } from "../../store/packs.ts";
import { readSetting, writeSetting } from "../../store/settings.ts";
import { type Addresses, fetchAddresses, fetchShift } from "../../sync/addresses.ts";
import { downloadPacks, listOfferedPacks } from "../../sync/basemap.ts";
import { oneAtATime } from "../../sync/day.ts";
import { countInside, listOffered, pullAll } from "../../sync/pull.ts";
import { makeRedline, withRedline } from "../../sync/redline.ts";
import { fetchThumbnails } from "../../sync/thumbnails.ts";
import { Awake } from "./awake.ts";
import type { Ledger } from "./ledger.svelte.ts";
import { explain, type Trouble } from "./trouble.ts";

/** Of a feature where the server does not tell how large they are. */
const FEATURE_BYTES = 1000;
/** Addresses reach so far beyond the layers: roads lead out of them. */
const MARGIN_DEG = 0.02;
const NOTHING: Addresses = { towns: [], forms: {} };

/** Taking layers and the base map along, from choosing to the last byte. */
export class Outing {
  listings = $state.raw<LayerListing[] | null>(null);
  packs = $state.raw<BasemapPack[]>([]);
  chosen = $state<string[]>([]);
  /** Names of the packs to take along. */
  chosen_packs = $state<string[]>([]);
  step = $state.raw<{ step: "layers" | "photos" | "basemap"; n_done: number; n_total: number } | null>(null);
  trouble = $state.raw<Trouble | null>(null);

  /** Whether the server told all there is. */
  is_asked = $state(false);
  /** Room on the device, null where it does not tell. */
  free_bytes = $state<number | null>(null);
  /** The towns of the city, to name an area by. */
  towns = $state.raw<Town[]>([]);
  /** What part of the city is taken along; null = all, undefined = that is not said yet. */
  area = $state.raw<WorkArea | null | undefined>(null);
  /** The area that was drawn on the map just now. */
  drawn = $state.raw<WorkArea | null>(null);
  /** The area of what is on the tablet. */
  area_here = $state.raw<WorkArea | null>(null);
  /** Features of each layer inside that area. */
  n_inside = $state.raw<Readonly<Record<string, number>>>({});
  /** Those of them whose place is to be confirmed. */
  n_tasks = $state.raw<Readonly<Record<string, number>>>({});
  /** Whether the crew goes out for these only. */
  is_of_tasks = $state(false);

  /** Whether the crew stopped what was coming; it goes on from there. */
  is_stopped = $state(false);

  readonly #ledger: Ledger;
  /** Packs of this tablet, whole and begun, with the bytes that are here. */
  #stored = $state.raw<readonly { name: string; sha256: string; n_bytes: number }[]>([]);
  #coming = new AbortController();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What is still to come; layers that are here bring only what changed. */
  get size_bytes(): number {
    const is_moved = boxText(this.area?.bbox) !== boxText(this.area_here?.bbox);
    const there = is_moved ? [] : this.#ledger.layers.filter(({ revision }) => revision > 0);
    const here = new Set(there.map(({ key }) => key));
    const coming = (this.listings ?? []).filter(
      ({ definition: { key } }) => this.chosen.includes(key) && !here.has(key),
    );
    const sizes = coming.map((listing) => this.count(listing) * (listing.feature_bytes || FEATURE_BYTES));
    return sumOf(sizes) + sumOf(this.#taken_packs.map((pack) => this.missingBytes(pack)));
  }

  /** Whether more is to come than there is room for; packs that are not wanted any more make room. */
  get is_full(): boolean {
    const leaving = this.#stored.filter(({ name }) => !this.chosen_packs.includes(name));
    const freed = sumOf(leaving.map(({ n_bytes }) => n_bytes));
    return this.free_bytes !== null && this.size_bytes > this.free_bytes + freed;
  }

  /** What of a pack is not here yet. */
  missingBytes({ sha256, size_bytes }: BasemapPack): number {
    return size_bytes - (this.#stored.find((stored) => stored.sha256 === sha256)?.n_bytes ?? 0);
  }

  get #taken_packs(): BasemapPack[] {
    return this.packs.filter(({ name }) => this.chosen_packs.includes(name));
  }

  /** How many features of a layer are taken along. */
  count({ definition: { key }, n_features, n_unlocated }: LayerListing): number {
    const n_inside = this.n_inside[key];
    return n_inside === undefined ? n_features : n_inside + n_unlocated;
  }

  /** How far a place lies from the middle of the layers. */
  readonly awayM = ({ lon, lat }: Town): number =>
    distanceM(anchorOf(cornersOf(this.#wholeBox())) ?? [lon, lat], [lon, lat]);

  /** Takes the area, and asks how much there is in it. */
  async setArea(area: WorkArea | null | undefined): Promise<void> {
    this.area = area;
    this.n_inside = {};
    this.n_tasks = {};
    if (area === undefined) return;
    await this.#attempt(async () => {
      const keys = (this.listings ?? []).filter(({ n_features }) => n_features).map(({ definition }) => definition.key);
      const count = async (of: "all" | "unconfirmed") =>
        Object.fromEntries(
          await Promise.all(keys.map(async (key) => [key, await countInside(key, area?.bbox ?? null, of)] as const)),
        );
      const [n_inside, n_tasks] = await Promise.all([area ? count("all") : {}, count("unconfirmed")]);
      if (this.area !== area) return;
      this.n_inside = n_inside;
      this.n_tasks = n_tasks;
    });
  }

  /** Of the layers that are chosen, those with places to be confirmed. */
  get #keys_with_tasks(): string[] {
    return this.chosen.filter((key) => this.n_tasks[key]);
  }

  get n_tasks_chosen(): number {
    return sumOf(this.#keys_with_tasks.map((key) => this.n_tasks[key] ?? 0));
  }

  /** Lets the next round go over the work that was chosen. */
  async #chooseWork(): Promise<void> {
    const { rounds } = this.#ledger;
    const is_of_tasks = this.is_of_tasks && this.n_tasks_chosen > 0;
    if (is_of_tasks) await rounds.choose(this.#keys_with_tasks, true);
    else if (rounds.is_of_tasks) await rounds.choose([], false);
  }

  /** Asks the server what there is; the layers already here are chosen, at the first time all. */
  async ask(): Promise<boolean> {
    return this.#attempt(async () => {
      const [listings, { packs, online }] = await Promise.all([listOffered().then(withRedline), listOfferedPacks()]);
      await writeSetting(this.#ledger.database, "online", online ?? null);
      const here = this.#ledger.layers.map((layer) => layer.key);
      await this.#lookAtPacks();
      const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
      this.free_bytes = estimate?.quota ? estimate.quota - (estimate.usage ?? 0) : null;
      this.packs = packs;
      this.chosen = here.length ? here : listings.map(({ definition }) => definition.key);
      this.listings = listings;
      const box = this.#wholeBox();
      const { towns, forms } = box ? await fetchAddresses(box, "near") : NOTHING;
      useForms(forms);
      this.towns = towns;
      this.area_here = (await readSetting(this.#ledger.database, "area")) ?? null;
      await this.setArea(this.area_here);
      this.is_of_tasks = this.#ledger.rounds.is_of_tasks;
      await this.#choosePacks();
      this.is_asked = true;
    });
  }

  /** Chooses what was chosen before, at the first time all that fits. */
  async #choosePacks(): Promise<void> {
    const left = (await readSetting(this.#ledger.maps, "packs_left")) ?? [];
    this.chosen_packs = [];
    for (const { name } of this.packs.filter((pack) => !left.includes(pack.name))) {
      this.chosen_packs.push(name);
      if (this.is_full) this.chosen_packs.pop();
    }
  }

  async #lookAtPacks(): Promise<void> {
    const { maps } = this.#ledger;
    const [packs, sizes] = [await listPacks(maps), await sizesHere(maps)];
    this.#stored = packs.map(({ name, sha256 }) => ({ name, sha256, n_bytes: sizes.get(sha256) ?? 0 }));
  }

  /** Stops what is coming; what is here stays. */
  stop(): void {
    this.#coming.abort();
  }

  /** Brings everything chosen onto the tablet; after a cut it goes on where it was. */
  async take(): Promise<boolean> {
    this.#coming = new AbortController();
    const { signal } = this.#coming;
    const area = this.area ?? null;
    const taken = (this.listings ?? [])
      .filter(({ definition }) => this.chosen.includes(definition.key))
      .map((one) => ({
        ...one,
        n_features: this.count(one),
        extent: area ? ([...area.bbox] as LayerListing["extent"]) : one.extent,
      }));
    const progress = (step: "layers" | "photos" | "basemap") => (n_done: number, n_total: number) => {
      this.step = { step, n_done, n_total };
    };
    const lock = new Awake();
    const is_done = await this.#attempt(async () => {
      progress("layers")(0, 1);
      if (this.chosen.includes(REDLINE)) await makeRedline();
      await oneAtATime(async () => {
        await chooseLayers(this.#ledger.database, taken, area);
        await pullAll(this.#ledger.database, progress("layers"), signal);
      });
      await fetchThumbnails(this.#ledger.database, progress("photos"), signal);
      const box = area?.bbox ?? this.#wholeBox();
      const crss = [...new Set(taken.map(({ definition }) => definition.crs))].filter(wantsShift);
      const shifts = box ? await Promise.all(crss.map((crs) => fetchShift(crs, box))) : [];
      await writeSetting(this.#ledger.database, "shifts", shifts);
      await this.#chooseWork();
      const { towns, forms } = box ? await fetchAddresses(box, "lots", ...(area ? [] : ["near" as const])) : NOTHING;
      await replaceTowns(this.#ledger.database, towns);
      await writeSetting(this.#ledger.database, "forms", forms);
      const { maps } = this.#ledger;
      const left = this.packs.map(({ name }) => name).filter((name) => !this.chosen_packs.includes(name));
      await writeSetting(maps, "packs_left", left);
      await keepPacks(maps, this.chosen_packs);
      await downloadPacks(maps, this.#taken_packs, progress("basemap"), signal);
    });
    lock.release();
    this.step = null;
    await this.#lookAtPacks();
    await this.#ledger.load();
    return is_done;
  }

  /** The box of all layers that are offered, with a margin. */
  #wholeBox(): Box | null {
    const box = bboxOf((this.listings ?? []).map(({ extent }) => cornersOf(extent)));
    if (!box) return null;
    const [west, south, east, north] = box;
    return [west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG];
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    this.trouble = null;
    this.is_stopped = false;
    try {
      await work();
      return true;
    } catch (error) {
      this.is_stopped = this.#coming.signal.aborted;
      if (this.is_stopped) return false;
      console.error(error);
      this.trouble = explain(error);
      return false;
    }
  }
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

function cornersOf(box: Box | null): Geometry | null {
  if (!box) return null;
  const [west, south, east, north] = box;
  return {
    type: "MultiPoint",
    coordinates: [
      [west, south],
      [east, north],
    ],
  };
}
