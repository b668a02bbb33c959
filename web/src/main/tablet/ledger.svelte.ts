import type { Geometry } from "geojson";
import { bboxOf, distanceM } from "../../geometry/distance.ts";
import { inDegrees } from "../../geometry/projection.ts";
import { currentLanguage } from "../../i18n/language.svelte.ts";
import type { Mark } from "../../map/layer_style.ts";
import type { OutboxEntry } from "../../model/change.ts";
import { viewFeature, type Wish } from "../../model/edit.ts";
import type { Feature, Fields } from "../../model/feature.ts";
import { featureLabel } from "../../model/label.ts";
import type { Layer } from "../../model/layer.ts";
import type { ConflictLine } from "../../model/messages.ts";
import { countRound, localDay, type RoundCounts, type RoundState, roundState, type Visit } from "../../model/visit.ts";
import type { Database, StoredLayer } from "../../store/database.ts";
import { saveEdits, undoChanges } from "../../store/edits.ts";
import { listConflicts, listFeatures, listLayers, readFeature } from "../../store/features.ts";
import { handOver, listOutbox } from "../../store/outbox.ts";
import { listUnsentPhotos } from "../../store/photos.ts";
import { listVisits } from "../../store/visits.ts";

type Listener = (layer: string, feature_id: string | null) => void;

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

/** Everything the screens show, as this tablet sees it: the server's features with its own changes on top. */
export class Ledger {
  layers = $state.raw<StoredLayer[]>([]);
  entries = $state.raw<OutboxEntry[]>([]);
  conflicts = $state.raw<ConflictLine[]>([]);
  n_unsent_photos = $state(0);
  /** Goes up whenever features or changes differ; who reads it follows them. */
  version = $state(0);
  /** What of this session can be taken back, newest last: changes that were saved together. */
  undoable = $state.raw<string[][]>([]);

  readonly database: Database;
  readonly #features = new Map<string, Map<string, Feature>>();
  #visits = new Map<string, Visit>();
  readonly #entries = new Map<string, OutboxEntry[]>();
  readonly #listeners = new Set<Listener>();

  constructor(database: Database) {
    this.database = database;
  }

  get n_unsent(): number {
    return this.entries.filter((entry) => entry.state === "unsent").length;
  }

  get n_attention(): number {
    return this.entries.length - this.n_unsent;
  }

  /** Reads all anew from the store: at the start, and after a pull. */
  async load(): Promise<void> {
    await this.#loadOutbox();
    this.layers = await listLayers(this.database);
    this.#features.clear();
    for (const { key } of this.layers) await this.#loadLayer(key);
    this.#tell(null, null);
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

  /** How far a place lies outside the area of what was taken along, metres; 0 where that is not known. */
  outsideM(place: [number, number]): number {
    const corners = this.layers.flatMap(({ extent }) =>
      extent
        ? [
            [extent[0], extent[1]],
            [extent[2], extent[3]],
          ]
        : [],
    );
    const box = bboxOf([{ type: "MultiPoint", coordinates: corners }]);
    const nearest = box && ([clamp(place[0], box[0], box[2]), clamp(place[1], box[1], box[3])] as const);
    return nearest ? distanceM(place, nearest) : 0;
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
    if (!entries.length) {
      const visit = this.#visits.get(feature_id);
      return visit && localDay(new Date(visit.at)) === localDay(new Date()) ? visit.kind : null;
    }
    if (entries.every((entry) => entry.state === "unsent" && entry.change.is_visit)) return "checked";
    return entries.every((entry) => entry.state === "unsent") ? "unsent" : "attention";
  }

  /** How a feature stands on today's round. */
  round(layer: Layer, feature: Feature): RoundState {
    return roundState(layer, feature, this.#visits.get(feature.feature_id), localDay(new Date()));
  }

  /** How far today's round of these layers is. */
  roundCounts(layers: readonly Layer[]): RoundCounts {
    const states = layers.flatMap((layer) => this.features(layer.key).map((feature) => this.round(layer, feature)));
    return countRound(states);
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
    const entries = await saveEdits(this.database, named);
    const change_ids = entries.flatMap((entry) => (entry ? [entry.change.change_id] : []));
    if (change_ids.length) this.undoable = [...this.undoable, change_ids];
    for (const { layer, feature_id } of wishes) await this.#refresh(layer.key, feature_id);
    return change_ids.length > 0;
  }

  /** Takes the newest change of this session back; false where it was sent meanwhile. */
  async undo(): Promise<boolean> {
    const change_ids = this.undoable.at(-1) ?? [];
    const changes = this.entries.map(({ change }) => change).filter(({ change_id }) => change_ids.includes(change_id));
    this.undoable = this.undoable.slice(0, -1);
    if (!changes.length || !(await undoChanges(this.database, change_ids))) return false;
    for (const { layer, feature_id } of changes) await this.#refresh(layer, feature_id);
    return true;
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
    await this.#loadOutbox();
    const base = (await readFeature(this.database, layer, feature_id)) ?? null;
    const feature = viewFeature(base, this.entriesOf(feature_id));
    if (feature) this.#features.get(layer)?.set(feature_id, feature);
    else this.#features.get(layer)?.delete(feature_id);
    this.#tell(layer, feature_id);
  }

  async #loadOutbox(): Promise<void> {
    this.entries = await listOutbox(this.database);
    this.#entries.clear();
    for (const entry of this.entries) {
      const { feature_id } = entry.change;
      this.#entries.set(feature_id, [...this.entriesOf(feature_id), entry]);
    }
    this.#visits = new Map((await listVisits(this.database)).map((visit) => [visit.feature_id, visit]));
    this.conflicts = await listConflicts(this.database);
    this.n_unsent_photos = (await listUnsentPhotos(this.database)).length;
    const undoable = new Set(this.entries.filter((entry) => !entry.is_offered).map((entry) => entry.change.change_id));
    this.undoable = this.undoable.filter((group) => group.every((change_id) => undoable.has(change_id)));
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
