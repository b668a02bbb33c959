import type { Geometry } from "geojson";
import { checkForm, type FormProblem, initialFields } from "../../form/rules.ts";
import { inDegrees } from "../../geometry/projection.ts";
import type { Wish } from "../../model/edit.ts";
import type { Attachment, DevicePosition, Feature, Fields, PositionQuality } from "../../model/feature.ts";
import { mintUuid } from "../../model/identity.ts";
import { type Layer, photoRules, type Value } from "../../model/layer.ts";
import type { Database } from "../../store/database.ts";
import { type Draft, type Drawn, discardDraft, holdDraft, writeDraft } from "../../store/drafts.ts";
import { discardDraftPhoto, readPhoto } from "../../store/photos.ts";

/** An open form over one feature. Each keystroke and each corner is kept in the store: a killed tab loses none. */
export class DraftForm {
  readonly layer: Layer;
  readonly feature_id: string;
  seen: Feature | null = $state.raw(null);
  fields = $state<Fields>({});
  /** undefined = not touched. */
  geometry = $state.raw<Geometry | null | undefined>(undefined);
  /** How that geometry was found. */
  located: PositionQuality | undefined;
  photos = $state<string[]>([]);
  is_dirty = $state(false);
  /** What is being drawn for it and is no part of it yet. */
  drawn = $state.raw<Drawn | null>(null);
  /** Writes that are not on the disk yet. */
  n_writing = $state(0);
  problems = $state<Record<string, FormProblem>>({});

  readonly #database: Database;
  /** Lets other windows go on with the draft. */
  #end: (() => void) | null = null;
  #writing: Promise<void> = Promise.resolve();
  #work: Promise<void> = Promise.resolve();

  constructor(database: Database, layer: Layer, of: { seen: Feature | null; template?: Fields } | { draft: Draft }) {
    this.#database = database;
    this.layer = layer;
    if ("draft" in of) {
      this.feature_id = of.draft.feature_id;
      this.seen = of.draft.seen;
      this.fields = { ...of.draft.fields };
      this.geometry = of.draft.geometry;
      this.located = of.draft.located;
      this.photos = [...of.draft.photos];
      this.is_dirty = of.draft.is_dirty ?? true;
      this.drawn = of.draft.drawn ?? null;
      this.#end = holdDraft(database, this.feature_id);
    } else {
      this.feature_id = of.seen?.feature_id ?? mintUuid();
      this.seen = of.seen;
      this.fields = of.seen ? { ...of.seen.fields } : { ...initialFields(layer), ...of.template };
      this.is_dirty = of.template !== undefined;
    }
  }

  get is_new(): boolean {
    return this.seen === null;
  }

  /** The geometry as it will be saved, in the CRS of the layer. */
  get shape(): Geometry | null {
    return this.geometry === undefined ? (this.seen?.geometry ?? null) : this.geometry;
  }

  /** The geometry in degrees, as maps show it; null also where the layer's CRS is not known here. */
  get shown(): Geometry | null {
    return inDegrees(this.shape, this.layer.crs);
  }

  set(name: string, value: Value): Promise<void> {
    this.fields[name] = value;
    delete this.problems[name];
    return this.keep();
  }

  /** Takes a geometry in the CRS of the layer. */
  place(geometry: Geometry, located: PositionQuality): Promise<void> {
    this.geometry = geometry;
    this.located = located;
    this.drawn = null;
    return this.keep();
  }

  /** Keeps what is being drawn, step by step; null ends that. */
  draw(drawn: Drawn | null): Promise<void> {
    this.drawn = drawn;
    if (drawn || this.is_dirty) return this.#write();
    return this.#follow(() => discardDraft(this.#database, this.feature_id));
  }

  /** Runs work that adds to the form after all before it; saving and leaving wait for it. */
  wait(work: () => Promise<void>): Promise<void> {
    this.is_dirty = true;
    this.#work = this.#work.catch(() => undefined).then(work);
    return this.#work;
  }

  /** Comes back when nothing is on its way into the form or onto the disk; what failed was told already. */
  async settled(): Promise<void> {
    await this.#work.catch(() => undefined);
    await this.#writing.catch(() => undefined);
  }

  addPhoto(sha256: string): Promise<void> {
    if (!this.photos.includes(sha256)) this.photos.push(sha256);
    return this.keep();
  }

  async removePhoto(sha256: string): Promise<void> {
    this.photos = this.photos.filter((other) => other !== sha256);
    await this.keep();
    await discardDraftPhoto(this.#database, sha256);
  }

  /** Follows that a photo was taken off the feature itself. */
  forgetPhoto(sha256: string): void {
    const left = this.seen?.attachments.filter((one) => one.sha256 !== sha256) ?? [];
    this.seen = this.seen && { ...this.seen, attachments: left };
    if (this.is_dirty) void this.keep();
  }

  /** Writes the draft to the store. */
  keep(): Promise<void> {
    this.is_dirty = true;
    return this.#write();
  }

  #write(): Promise<void> {
    this.#end ??= holdDraft(this.#database, this.feature_id);
    const draft: Draft = {
      feature_id: this.feature_id,
      layer: this.layer.key,
      seen: this.seen,
      fields: $state.snapshot(this.fields),
      geometry: this.geometry,
      located: this.located,
      photos: $state.snapshot(this.photos),
      is_dirty: this.is_dirty,
      drawn: this.drawn,
    };
    return this.#follow(() => writeDraft(this.#database, draft));
  }

  /** Writes follow each other, so that the last one stands. */
  #follow(write: () => Promise<void>): Promise<void> {
    this.n_writing += 1;
    const written = () => {
      this.n_writing -= 1;
    };
    this.#writing = this.#writing.catch(() => undefined).then(write);
    this.#writing.then(written, written);
    return this.#writing;
  }

  /** Checks the form; true where it can be saved. */
  check(): boolean {
    this.problems = checkForm(this.layer, this.fields, this.seen?.fields ?? null);
    const n_photos = this.photos.length + (this.seen?.attachments.length ?? 0);
    if (photoRules(this.layer).required && !n_photos) this.problems._photo = { key: "problem_photo" };
    return !Object.keys(this.problems).length;
  }

  async wish(position: DevicePosition | null): Promise<Wish> {
    await this.settled();
    return {
      layer: this.layer,
      feature_id: this.feature_id,
      seen: this.seen,
      fields: $state.snapshot(this.fields),
      geometry: this.is_new ? (this.geometry ?? null) : this.geometry,
      located: this.located,
      attachments: await this.#attachments(),
      is_deletion: false,
      position,
    };
  }

  async discard(): Promise<void> {
    await this.settled();
    await discardDraft(this.#database, this.feature_id);
    this.end();
  }

  /** Ends the form, whose draft is no more. */
  end(): void {
    this.#end?.();
    this.#end = null;
  }

  async #attachments(): Promise<Attachment[]> {
    const photos = await Promise.all(this.photos.map((sha256) => readPhoto(this.#database, sha256)));
    return photos
      .filter((photo) => photo !== undefined)
      .map(({ state: _state, blob: _blob, thumbnail: _thumbnail, ...attachment }) => attachment);
  }
}
