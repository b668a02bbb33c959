import type { Geometry } from "geojson";
import { bboxOf, distanceM, positionsOf } from "../../geometry/distance.ts";
import { inDegrees, planeZone, useShifts } from "../../geometry/projection.ts";
import { currentLanguage } from "../../i18n/language.svelte.ts";
import type { Mark } from "../../map/layer_style.ts";
import type { WorkArea } from "../../model/area.ts";
import type { OutboxEntry } from "../../model/change.ts";
import { viewFeature, type Wish } from "../../model/edit.ts";
import type { Feature, Fields } from "../../model/feature.ts";
import { useForms } from "../../model/fold.ts";
import { featureLabel } from "../../model/label.ts";
import type { Layer } from "../../model/layer.ts";
import type { ConflictLine } from "../../model/messages.ts";
import type { Database, StoredLayer, Undone } from "../../store/database.ts";
import { listUndone, redoChanges, removeUnsentPhoto, saveAndLook, undoChanges } from "../../store/edits.ts";
import { type Around, listConflicts, listFeatures, listLayers, readAround } from "../../store/features.ts";
import { handOver, listOutbox } from "../../store/outbox.ts";
import { openMaps } from "../../store/packs.ts";
import { listUnsentPhotos } from "../../store/photos.ts";
import { readSetting } from "../../store/settings.ts";
import { Rounds } from "./rounds.svelte.ts";
import { stepsOf } from "./steps.ts";

type Listener = (layer: string, feature_id: string | null) => void;

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

/** Everything the screens show, as this tablet sees it: the server's features with its own changes on top. */
export class Ledger {
  layers = $state.raw<StoredLayer[]>([]);
  /** The part of the city that was taken along; null = all of it. */
  area: WorkArea | null = null;
  entries = $state.raw<OutboxEntry[]>([]);
  conflicts = $state.raw<ConflictLine[]>([]);
  n_unsent_photos = $state(0);
  /** Goes up whenever features or changes differ; who reads it follows them. */
  version = $state(0);
  /** What can be taken back, newest last: changes that were saved together and that the server cannot have seen. */
  undoable = $state.raw<string[][]>([]);

  /** What can be done again, newest last; saving something else ends that. */
  redoable = $state.raw<Undone[]>([]);

  readonly database: Database;
  /** The packs of all crews. */
  readonly maps: Database;
  /** Whether the features have been read; until then there are none. */
  is_whole = $state(false);
  readonly #features = new Map<string, Map<string, Feature>>();
  readonly #entries = new Map<string, OutboxEntry[]>();
  readonly #listeners = new Set<Listener>();
  #windows: BroadcastChannel | null = null;

  readonly rounds: Rounds;

  constructor(database: Database, maps: Database = openMaps()) {
    this.rounds = new Rounds(database);
    this.database = database;
    this.maps = maps;
  }

  get n_unsent(): number {
    return this.entries.filter((entry) => entry.state === "unsent").length;
  }

  get n_attention(): number {
    return this.entries.length - this.n_unsent;
  }

  /** Follows what other windows of the crew save and fetch, and tells them what this one does; gives the end of it. */
  followWindows(): () => void {
    const windows = new BroadcastChannel(`gis-capture.${this.database.name}`);
    windows.onmessage = ({ data }: MessageEvent<[string, string] | null>) => {
      const read = data ? this.#read(...data) : this.#readAll();
      read.catch((error) => console.warn("what another window saved was not read", error));
    };
    this.#windows = windows;
    return () => windows.close();
  }

  /** Reads all anew from the store: at the start, and after a pull. */
  async load(): Promise<void> {
    await this.#readAll();
    this.#windows?.postMessage(null);
  }

  async #readAll(): Promise<void> {
    await this.loadLayers();
    await this.loadFeatures();
  }

  /** Reads everything but the features; they are many, and a map can be made meanwhile. */
  async loadLayers(): Promise<void> {
    const { database } = this;
    const [shifts = [], forms = {}, area = null, layers] = await Promise.all([
      readSetting(database, "shifts"),
      readSetting(database, "forms"),
      readSetting(database, "area"),
      listLayers(database),
      this.#loadOutbox(),
    ]);
    useShifts(shifts);
    useForms(forms);
    this.area = area;
    this.layers = layers;
  }

  async loadFeatures(): Promise<void> {
    this.#features.clear();
    await Promise.all(this.layers.map(({ key }) => this.#loadLayer(key)));
    this.is_whole = true;
    this.#tell(null, null);
  }

  /** The plane rectangular zone in use here, which a layer in metres tells; null where none does. */
  get planeZone(): number | null {
    return this.layers.map(({ definition }) => planeZone(definition.crs)).find((zone) => zone !== null) ?? null;
  }

  layer(key: string): Layer | undefined {
    return this.layers.find((layer) => layer.key === key)?.definition;
  }

  features(key: string): Feature[] {
    void this.version;
    return [...(this.#features.get(key)?.values() ?? [])];
  }

  feature(key: string, feature_id: string): Feature | null {
    void this.version;
    return this.#features.get(key)?.get(feature_id) ?? null;
  }

  /** The geometry of a feature in degrees, as maps show it. */
  shape(key: string, feature_id: string): Geometry | null {
    return inDegrees(this.feature(key, feature_id)?.geometry ?? null, this.layer(key)?.crs ?? "");
  }

  /** The geometries of a layer, in its CRS, whose box meets that of a shape in degrees. */
  *shapesAround(key: string, shape: Geometry): Generator<Geometry> {
    const [min_x, min_y, max_x, max_y] = bboxOf([shape]) ?? [0, 0, -1, -1];
    for (const { geometry } of this.features(key)) {
      const box = geometry && bboxOf([inDegrees(geometry, this.layer(key)?.crs ?? "")]);
      if (box && box[0] <= max_x && box[2] >= min_x && box[1] <= max_y && box[3] >= min_y) yield geometry;
    }
  }

  /** How far a shape in degrees reaches out of the area of what was taken along, metres; 0 where that is not known. */
  outsideM(shape: Geometry | null): number {
    const corners = this.layers.flatMap(({ extent }) =>
      extent
        ? [
            [extent[0], extent[1]],
            [extent[2], extent[3]],
          ]
        : [],
    );
    const box = bboxOf([{ type: "MultiPoint", coordinates: corners }]);
    let farthest_m = 0;
    for (const [lon = 0, lat = 0] of box && shape ? positionsOf(shape) : []) {
      const nearest = box && ([clamp(lon, box[0], box[2]), clamp(lat, box[1], box[3])] as const);
      if (nearest && (nearest[0] !== lon || nearest[1] !== lat))
        farthest_m = Math.max(farthest_m, distanceM([lon, lat], nearest));
    }
    return farthest_m;
  }

  label(layer: Layer, fields: Fields): string {
    return featureLabel(layer, fields, currentLanguage());
  }

  entriesOf(feature_id: string): OutboxEntry[] {
    void this.version;
    return this.#entries.get(feature_id) ?? [];
  }

  mark(feature_id: string): Mark {
    const entries = this.entriesOf(feature_id);
    if (!entries.length) return this.rounds.done(feature_id);
    if (entries.every((entry) => entry.state === "unsent" && entry.change.is_visit)) return "checked";
    return entries.every((entry) => entry.state === "unsent") ? "unsent" : "attention";
  }

  /** The layers that the round goes over, with their features. */
  roundSource(): { layer: Layer; features: Feature[] }[] {
    void this.version;
    const keys = this.rounds.keys();
    const layers = this.layers.filter(({ key }) => keys.has(key));
    return layers.map(({ key, definition }) => {
      const features = this.features(key).filter((feature) => this.rounds.includes(feature));
      return { layer: definition, features };
    });
  }

  /** Saves a person's wish; the change is on the disk when this returns. False where nothing differs. */
  async save(wish: Wish): Promise<boolean> {
    return this.saveTogether([wish]);
  }

  /** Saves several wishes, all of them or none; they are taken back together, too. */
  async saveTogether(wishes: readonly Wish[]): Promise<boolean> {
    const named = wishes.map((wish) => ({
      ...wish,
      label: this.label(wish.layer, wish.is_deletion ? (wish.seen?.fields ?? {}) : wish.fields),
    }));
    const { entries, around } = await saveAndLook(this.database, named);
    const change_ids = entries.flatMap((entry) => (entry ? [entry.change.change_id] : []));
    if (change_ids.length) {
      this.undoable = [...this.undoable, change_ids];
      this.redoable = [];
    }
    for (const one of around) {
      this.#take(one);
      this.#windows?.postMessage([one.layer, one.feature_id]);
    }
    return change_ids.length > 0;
  }

  /** Takes the newest step back and gives its changes; none where it was sent meanwhile. */
  async undo(): Promise<OutboxEntry[]> {
    const change_ids = this.undoable.at(-1) ?? [];
    this.undoable = this.undoable.slice(0, -1);
    const undone = await undoChanges(this.database, change_ids);
    if (!undone?.entries.length) return [];
    this.redoable = [...this.redoable, undone];
    for (const { change } of undone.entries) await this.#refresh(change.layer, change.feature_id);
    return undone.entries;
  }

  /** Does what was taken back last again, and gives its changes. */
  async redo(): Promise<OutboxEntry[]> {
    const undone = this.redoable.at(-1);
    if (!undone) return [];
    const is_done = await redoChanges(this.database, undone);
    this.redoable = await listUndone(this.database);
    if (!is_done) return [];
    this.undoable = [...this.undoable, undone.entries.map(({ change }) => change.change_id)];
    for (const { change } of undone.entries) await this.#refresh(change.layer, change.feature_id);
    return undone.entries;
  }

  /** Takes a photo off a feature before it is sent; false where it was sent meanwhile. */
  async removePhoto(layer: string, feature_id: string, sha256: string): Promise<boolean> {
    const is_removed = await removeUnsentPhoto(this.database, feature_id, sha256);
    this.redoable = await listUndone(this.database);
    await this.#refresh(layer, feature_id);
    return is_removed;
  }

  /** Leaves what the server did not take to the office. */
  async handOver(layer: string, feature_id: string): Promise<void> {
    await handOver(this.database, feature_id);
    await this.#refresh(layer, feature_id);
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #refresh(layer: string, feature_id: string): Promise<void> {
    await this.#read(layer, feature_id);
    this.#windows?.postMessage([layer, feature_id]);
  }

  /** Follows one feature; how many others there are costs nothing. */
  async #read(layer: string, feature_id: string): Promise<void> {
    this.#take(await readAround(this.database, layer, feature_id));
  }

  #take({ layer, feature_id, base, entries, visit, n_unsent_photos }: Around): void {
    const before = this.entriesOf(feature_id);
    const others = this.entries.filter(({ change }) => change.feature_id !== feature_id);
    this.entries = [...others, ...entries].sort((a, b) => a.sequence - b.sequence);
    this.#entries.set(feature_id, entries);
    if (visit) this.rounds.visits.set(feature_id, visit);
    else this.rounds.visits.delete(feature_id);
    this.n_unsent_photos = n_unsent_photos;
    const kept = takeable(entries);
    const sent = new Set(before.map(({ change }) => change.change_id).filter((change_id) => !kept.has(change_id)));
    this.#forget((change_id) => sent.has(change_id));
    const feature = viewFeature(base, entries);
    if (feature) this.#features.get(layer)?.set(feature_id, feature);
    else this.#features.get(layer)?.delete(feature_id);
    this.#tell(layer, feature_id);
  }

  async #loadOutbox(): Promise<void> {
    const { database } = this;
    const [entries, conflicts, photos, undone] = await Promise.all([
      listOutbox(database),
      listConflicts(database),
      listUnsentPhotos(database),
      listUndone(database),
      this.rounds.load(),
    ]);
    this.entries = entries;
    this.conflicts = conflicts;
    this.n_unsent_photos = photos.length;
    this.redoable = undone;
    this.#entries.clear();
    for (const entry of this.entries) {
      const { feature_id } = entry.change;
      this.#entries.set(feature_id, [...this.entriesOf(feature_id), entry]);
    }
    if (!this.is_whole) this.undoable = stepsOf(this.entries);
    const kept = takeable(this.entries);
    this.#forget((change_id) => !kept.has(change_id));
  }

  /** What the server may have seen cannot be taken back here. */
  #forget(isSent: (change_id: string) => boolean): void {
    this.undoable = this.undoable.filter((group) => !group.some(isSent));
  }

  async #loadLayer(key: string): Promise<void> {
    const features = new Map<string, Feature>();
    for (const feature of await listFeatures(this.database, key)) features.set(feature.feature_id, feature);
    const changed = new Set(this.entries.filter(({ change }) => change.layer === key).map((e) => e.change.feature_id));
    for (const feature_id of changed) {
      const feature = viewFeature(features.get(feature_id) ?? null, this.entriesOf(feature_id));
      if (feature) features.set(feature_id, feature);
      else features.delete(feature_id);
    }
    this.#features.set(key, features);
  }

  #tell(layer: string | null, feature_id: string | null): void {
    this.version++;
    for (const listener of this.#listeners) {
      if (layer) listener(layer, feature_id);
      else for (const { key } of this.layers) listener(key, null);
    }
  }
}

/** Ids of the changes that the server cannot have seen. */
function takeable(entries: readonly OutboxEntry[]): Set<string> {
  return new Set(entries.filter((entry) => !entry.is_offered).map(({ change }) => change.change_id));
}
