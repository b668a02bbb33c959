import type { Geometry } from "geojson";
import { anchorOf, distanceM } from "../../geometry/distance.ts";
import { partAt, partsOf, withPart } from "../../geometry/parts.ts";
import { datumAccuracyM, inLayer, isPlaceable } from "../../geometry/projection.ts";
import { asLayerType, drawKind, shapeKind } from "../../geometry/shape.ts";
import { EMPTY_SKETCH, type Sketch } from "../../geometry/sketch.ts";
import type { Gps } from "../../gps/gps.svelte.ts";
import { currentLanguage, words } from "../../i18n/language.svelte.ts";
import { t } from "../../i18n/tablet.ts";
import { templateFields } from "../../model/copies.ts";
import { hasUnsentPhoto } from "../../model/edit.ts";
import { type Layer, photoRules } from "../../model/layer.ts";
import { confirmedBy } from "../../model/position.ts";
import { findTwin } from "../../model/twins.ts";
import { visitedFields } from "../../model/visit.ts";
import { listIdleDrafts } from "../../store/drafts.ts";
import { discardLostPhotos } from "../../store/photos.ts";
import { metres } from "./distances.ts";
import { type DraftForm, DraftForm as Form } from "./draft.svelte.ts";
import { Filter } from "./filter.svelte.ts";
import type { Ledger } from "./ledger.svelte.ts";
import { MapViews } from "./map_views.svelte.ts";
import { rememberFields } from "./remembering.ts";
import { stepWords } from "./steps.ts";
import { explain, type Trouble } from "./trouble.ts";

/** What lies beside the map. */
export type Panel =
  | { kind: "map" | "list" | "send" | "menu" | "record" | "measure" | "redline" | "layers" | "area" }
  | { kind: "form" | "place" | "draw" | "split" | "merge"; form: DraftForm };

export interface Question {
  text: string;
  answers: { label: string; style: "primary" | "danger" | "plain"; testid: string; run: () => unknown }[];
}

const pointIn = (layer: Layer, coordinates: [number, number]) =>
  inLayer(asLayerType({ type: "Point", coordinates }, layer.geometry_type), layer.crs, null);

const TOAST_MS = 6000;
/** Farther than this outside of the area that was chosen, a place is asked about; where none was, of all taken along. */
const FAR_OUTSIDE_M = { area: 100, layers: 2000 };

/** Which screen is open, and what the crew does there. */
export class Desk {
  panel = $state.raw<Panel>({ kind: "map" });
  toast = $state<string | null>(null);
  trouble = $state.raw<Trouble | null>(null);
  question = $state.raw<Question | null>(null);
  /** Corners of the box that is drawn for an outing, until it is taken or given up. */
  box = $state.raw<Sketch>(EMPTY_SKETCH);
  /** Whether the first look around is shown. */
  is_touring = $state.raw(false);

  readonly ledger: Ledger;
  readonly gps: Gps;
  readonly filter: Filter;
  readonly views: MapViews;
  #toastTimer: ReturnType<typeof setTimeout> | undefined;
  #finishing: Promise<boolean> | null = null;

  constructor(ledger: Ledger, gps: Gps) {
    this.ledger = ledger;
    this.gps = gps;
    this.filter = new Filter(ledger);
    this.views = new MapViews(ledger);
  }

  /** The form that is open, also while its place is being chosen. */
  get form(): DraftForm | null {
    return "form" in this.panel ? this.panel.form : null;
  }

  /** Opens a screen; an unsaved form, and what is drawn for it, is asked about first. */
  open(kind: Exclude<Panel, { form: DraftForm }>["kind"]): void {
    this.#leaveForm(() => {
      this.toast = null;
      this.panel = { kind };
      if (kind === "record" && this.ledger.layers.length === 1) this.recordIn(this.ledger.layers[0]?.key ?? "");
    });
  }

  openFeature(layer: string, feature_id: string): void {
    const definition = this.ledger.layer(layer);
    const seen = this.ledger.feature(layer, feature_id);
    if (!definition || !seen || this.form?.feature_id === feature_id) return;
    this.#leaveForm(() => {
      this.panel = { kind: "form", form: new Form(this.ledger.database, definition, { seen }) };
    });
  }

  /** Begins a new feature like another one; its number and its place are its own. */
  duplicate(form: DraftForm): void {
    const template = templateFields(form.layer, form.fields);
    this.#leaveForm(() => this.choosePlace(new Form(this.ledger.database, form.layer, { seen: null, template })));
  }

  /** Begins a row that belongs to a feature (an inspection of an asset), at the place of that. */
  recordChild(parent: DraftForm, layer: Layer, relation: string): void {
    this.#leaveForm(() => {
      const form = new Form(this.ledger.database, layer, { seen: null, template: { [relation]: parent.feature_id } });
      this.panel = { kind: "form", form };
      const anchor = anchorOf(parent.shown);
      if (!anchor || drawKind(layer.geometry_type) !== "Point" || !isPlaceable(layer.crs)) return;
      const note = t("child_note", { label: this.ledger.label(parent.layer, parent.fields) });
      void this.attempt(() => form.place(pointIn(layer, anchor), { method: "tap", accuracy_m: null, note }));
    });
  }

  /** Goes on to dividing or joining a feature, once what was written is saved. */
  reshape(kind: "split" | "merge", form: DraftForm): void {
    this.#leaveForm(() => {
      const seen = this.ledger.feature(form.layer.key, form.feature_id);
      if (seen) this.panel = { kind, form: new Form(this.ledger.database, form.layer, { seen }) };
    });
  }

  /** Begins a new feature of a layer: first its place, then its form. */
  recordIn(key: string): void {
    const layer = this.ledger.layer(key);
    if (layer) this.choosePlace(new Form(this.ledger.database, layer, { seen: null }));
  }

  choosePlace(form: DraftForm): void {
    if (!isPlaceable(form.layer.crs)) {
      this.panel = { kind: "form", form };
      this.tell(t("crs_unknown", { crs: form.layer.crs }));
      return;
    }
    this.panel = { kind: shapeKind(form.shape, form.layer.geometry_type) === "Point" ? "place" : "draw", form };
  }

  /** Takes the place that was chosen, in degrees; `accuracy_m` where the device told it, null where a person pointed.
   *
   * It replaces the shape, or where that has several parts, the `part` of it that was reshaped: of several points the
   * one that lies nearest.
   */
  async place(
    geometry: Geometry,
    accuracy_m: number | null = null,
    note: string | null = null,
    part: number | null = null,
  ): Promise<void> {
    const { form, ledger } = this;
    if (!form || !anchorOf(geometry)) return;
    const put = () => this.#put(form, geometry, accuracy_m, note, part);
    const away_m = ledger.outsideM(geometry);
    // What reached as far outside before is not asked about again.
    const is_asked = away_m >= FAR_OUTSIDE_M[ledger.area ? "area" : "layers"] && away_m > ledger.outsideM(form.shown);
    if (!is_asked) return put();
    this.question = {
      text: t("ask_outside", { away: metres(away_m) }),
      answers: [
        { label: t("outside_put"), style: "danger", testid: "outside-put", run: put },
        { label: t("cancel"), style: "plain", testid: "confirm-cancel", run: () => undefined },
      ],
    };
  }

  async #put(
    form: DraftForm,
    geometry: Geometry,
    accuracy_m: number | null,
    note: string | null,
    part: number | null,
  ): Promise<void> {
    this.panel = { kind: "form", form };
    const { geometry_type, crs, key } = form.layer;
    const datum_m = datumAccuracyM(crs);
    const worse_m = datum_m && accuracy_m !== null ? Math.hypot(datum_m, accuracy_m) : (accuracy_m ?? datum_m);
    const located = { method: accuracy_m === null ? "tap" : "gps", accuracy_m: worse_m, note };
    const around = this.ledger.shapesAround(key, geometry);
    await this.attempt(() => {
      const { shape } = form;
      const parts = partsOf(shape);
      const moved = geometry.type === "Point" ? partAt(partsOf(form.shown), geometry.coordinates) : part;
      const single = moved === null ? null : parts[moved];
      const put =
        shape && single && moved !== null && parts.length > 1
          ? withPart(shape, moved, inLayer(geometry, crs, single, around))
          : inLayer(asLayerType(geometry, geometry_type), crs, shape, around);
      return form.place(put, located);
    });
  }

  /** Back from choosing a place: to the form, or out where there is nothing yet. */
  leavePlace(): void {
    this.#leaveSketch(() => this.#leavePlace());
  }

  /** Leaves what is open for where it was opened from. */
  leave(): void {
    const { kind } = this.panel;
    if (kind === "area") {
      this.box = EMPTY_SKETCH;
      this.open("menu");
    } else if (kind === "place" || kind === "draw") this.leavePlace();
    else if (kind !== "map") this.open("map");
  }

  #leavePlace(): void {
    const { form } = this;
    this.panel = form && (!form.is_new || form.is_dirty) ? { kind: "form", form } : { kind: "map" };
  }

  save(): Promise<boolean> {
    return this.#once(() => this.#save());
  }

  /** @param is_sure Whether the crew knows that another feature has the same number. */
  async #save({ is_sure } = { is_sure: false }): Promise<boolean> {
    const { form } = this;
    await form?.settled();
    if (!form?.check()) return false;
    const found = is_sure ? null : findTwin(form.layer, this.ledger.features(form.layer.key), form);
    if (found) {
      this.#askTwin(form, found);
      return false;
    }
    return this.attempt(async () => {
      const wish = await form.wish(this.gps.current());
      const is_saved = await this.ledger.save(wish);
      form.end();
      if (form.is_new) await rememberFields(this.ledger.database, form.layer, wish.fields);
      this.panel = { kind: "map" };
      this.tell(is_saved ? t("saved") : t("nothing_changed"));
    });
  }

  #askTwin({ layer, fields }: DraftForm, { field, twin }: NonNullable<ReturnType<typeof findTwin>>): void {
    const label = this.ledger.label(layer, twin.fields) || t("no_name");
    const save = () => this.#once(() => this.#save({ is_sure: true }));
    this.question = {
      text: t("ask_twin", { field: words(field.title), value: String(fields[field.name]), label }),
      answers: [
        { label: t("go_on_editing"), style: "primary", testid: "confirm-cancel", run: () => undefined },
        { label: t("twin_save"), style: "danger", testid: "twin-save", run: save },
      ],
    };
  }

  /** Notes that the crew looked at a feature and found nothing to change: when, and where they stood. */
  async check(form: DraftForm): Promise<boolean> {
    const { seen, layer } = form;
    if (!seen) return false;
    return this.finish(async () => {
      const position = this.gps.current();
      const fields = visitedFields(layer, seen.fields, new Date());
      const wish = { ...(await form.wish(position)), fields, attachments: [], visit_note: t("visit_note") };
      await this.ledger.save(wish);
      await this.ledger.rounds.keep();
      this.panel = { kind: "map" };
      const where = position ? t("checked_here", { metres: Math.max(1, Math.round(position.accuracy_m ?? 0)) }) : "";
      this.tell(`${t("checked")}${where || t("checked_nowhere")}`);
    });
  }

  /** Takes the crew's word that a feature is where it says; other edits of the form are saved with it. */
  async confirmPlace(form: DraftForm): Promise<boolean> {
    const { shape } = form;
    if (!shape) return false;
    const here = this.gps.current();
    const anchor = anchorOf(form.shown);
    const away_m = here && anchor && distanceM([here.lon, here.lat], anchor);
    const metres = { accuracy: Math.round(here?.accuracy_m ?? 0), away: Math.round(away_m ?? 0) };
    const at = new Date().toLocaleString(currentLanguage(), { dateStyle: "medium", timeStyle: "short" });
    const note = t(away_m === null ? "confirmed_note" : "confirmed_note_gps", { at, ...metres });
    await this.attempt(() => form.place(shape, confirmedBy(here, away_m, note)));
    return this.save();
  }

  /** Begins a new round, once the crew is sure that the one before is over. */
  askNewRound(): void {
    const begin = () =>
      this.attempt(async () => {
        await this.ledger.rounds.begin();
        await this.ledger.load();
        this.tell(t("round_begun"));
      });
    this.question = {
      text: t("ask_new_round"),
      answers: [
        { label: t("round_new"), style: "primary", testid: "confirm-round", run: begin },
        { label: t("cancel"), style: "plain", testid: "confirm-cancel", run: () => undefined },
      ],
    };
  }

  askDeletion(form: DraftForm): void {
    const { seen, layer } = form;
    if (!seen) return;
    const remove = () =>
      this.attempt(async () => {
        await form.discard();
        const wish = { ...(await form.wish(this.gps.current())), attachments: [], is_deletion: true };
        await this.ledger.save(wish);
        this.panel = { kind: "map" };
        this.tell(t("deleted"));
      });
    this.question = {
      text: t("ask_delete", { label: this.ledger.label(layer, seen.fields) || t("no_name") }),
      answers: [
        { label: t("delete"), style: "danger", testid: "confirm-delete", run: remove },
        { label: t("cancel"), style: "plain", testid: "confirm-cancel", run: () => undefined },
      ],
    };
  }

  /** Whether a photo can be taken off a saved feature: only this tablet has it, and the layer can do without. */
  canRemovePhoto(form: DraftForm, sha256: string): boolean {
    const n_photos = form.photos.length + (form.seen?.attachments.length ?? 0);
    if (photoRules(form.layer).required && n_photos < 2) return false;
    return this.ledger.entriesOf(form.feature_id).some((entry) => hasUnsentPhoto(entry, sha256));
  }

  askPhotoRemoval(form: DraftForm, sha256: string): void {
    const { key } = form.layer;
    const remove = () =>
      this.attempt(async () => {
        if (!(await this.ledger.removePhoto(key, form.feature_id, sha256))) return this.tell(t("undo_too_late"));
        form.forgetPhoto(sha256);
        this.tell(t("photo_removed"));
      });
    this.question = {
      text: t("ask_photo_remove"),
      answers: [
        { label: t("photo_remove"), style: "danger", testid: "confirm-photo-remove", run: remove },
        { label: t("cancel"), style: "plain", testid: "confirm-cancel", run: () => undefined },
      ],
    };
  }

  async undo(): Promise<void> {
    await this.attempt(async () => {
      const entries = await this.ledger.undo();
      this.tell(entries.length ? t("undone", { what: stepWords(this.ledger, entries) }) : t("undo_too_late"));
    });
  }

  async redo(): Promise<void> {
    await this.attempt(async () => {
      const entries = await this.ledger.redo();
      this.tell(entries.length ? t("redone", { what: stepWords(this.ledger, entries) }) : t("redo_too_late"));
    });
  }

  /** Goes on with the form that was open when the app was closed, and with what was drawn for it.
   *
   * What is open in another window stays there: two forms of one feature would be two records of it.
   */
  async resume(): Promise<void> {
    await discardLostPhotos(this.ledger.database);
    const drafts = await listIdleDrafts(this.ledger.database);
    const draft = drafts.find((one) => this.ledger.layer(one.layer));
    const layer = draft && this.ledger.layer(draft.layer);
    if (!layer) return;
    const tool = draft.drawn?.tool;
    const kind = tool === "reshape" ? "draw" : (tool ?? "form");
    this.panel = { kind, form: new Form(this.ledger.database, layer, { draft }) };
    this.tell(t("draft_resumed"));
  }

  tell(text: string): void {
    this.toast = text;
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => {
      this.toast = null;
    }, TOAST_MS);
  }

  /** Runs what ends the work on a feature; a second tap while it goes on means the same, not once more. */
  finish(work: () => Promise<unknown>): Promise<boolean> {
    return this.#once(() => this.attempt(work));
  }

  #once(work: () => Promise<boolean>): Promise<boolean> {
    this.#finishing ??= work().finally(() => {
      this.#finishing = null;
    });
    return this.#finishing;
  }

  /** Runs a piece of work; what goes wrong is told in three parts. False where it did. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      console.error(error);
      this.trouble = explain(error);
      return false;
    }
  }

  #leaveForm(leave: () => void): void {
    const { form } = this;
    if (form?.drawn) {
      this.#leaveSketch(() => {
        this.#leavePlace();
        this.#leaveForm(leave);
      });
      return;
    }
    if (!form?.is_dirty) {
      leave();
      return;
    }
    const saveAndLeave = async () => (await this.save()) && leave();
    const discardAndLeave = () =>
      this.attempt(async () => {
        await form.discard();
        this.panel = { kind: "map" };
        leave();
      });
    this.question = {
      text: t("ask_unsaved"),
      answers: [
        { label: t("save"), style: "primary", testid: "confirm-save", run: saveAndLeave },
        { label: t("discard"), style: "danger", testid: "confirm-discard", run: discardAndLeave },
        { label: t("go_on_editing"), style: "plain", testid: "confirm-cancel", run: () => undefined },
      ],
    };
  }

  /** What is drawn is thrown away on a person's word only. */
  #leaveSketch(leave: () => void): void {
    const { form } = this;
    if (!form?.drawn) {
      leave();
      return;
    }
    const discardAndLeave = () =>
      this.attempt(async () => {
        await form.draw(null);
        leave();
      });
    this.question = {
      text: t("ask_sketch"),
      answers: [
        { label: t("discard_sketch"), style: "danger", testid: "sketch-discard", run: discardAndLeave },
        { label: t("go_on_drawing"), style: "primary", testid: "confirm-cancel", run: () => undefined },
      ],
    };
  }
}
