import type { Feature } from "../../model/feature.ts";
import type { Layer } from "../../model/layer.ts";
import { needsConfirming } from "../../model/position.ts";
import { REDLINE } from "../../model/redline.ts";
import { countRound, localDay, type RoundCounts, type RoundState, roundState, type Visit } from "../../model/visit.ts";
import type { Database } from "../../store/database.ts";
import { readSetting, type Settings, writeSetting } from "../../store/settings.ts";
import { listVisits } from "../../store/visits.ts";

/** The round that this crew is on, over as many days as it takes: since when, in which layers, what was visited. */
export class Rounds {
  /** What was begun or chosen; without it a round is of today. */
  #kept = $state.raw<Settings["round"] | null>(null);
  #since = { at: "", day: "" };
  visits = new Map<string, Visit>();
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async load(): Promise<void> {
    const [kept = null, visits] = await Promise.all([readSetting(this.#database, "round"), listVisits(this.#database)]);
    this.#kept = kept;
    this.visits = new Map(visits.map((visit) => [visit.feature_id, visit]));
  }

  /** The day on which the round began, "2026-11-23". */
  get day(): string {
    return this.#begun.day;
  }

  /** Asked for each feature: made anew only where the day or the round is another one. */
  get #begun(): { at: string; day: string } {
    const midnight = () => new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
    const at = this.#kept?.since ?? midnight();
    if (at !== this.#since.at) this.#since = { at, day: localDay(new Date(at)) };
    return this.#since;
  }

  state(layer: Layer, feature: Feature): RoundState {
    return roundState(layer, feature, this.visits.get(feature.feature_id), this.#begun);
  }

  /** What this tablet did at a feature on this round. */
  done(feature_id: string): Visit["kind"] | null {
    const visit = this.visits.get(feature_id);
    return visit && visit.at >= this.#begun.at ? visit.kind : null;
  }

  /** Keys of the layers that the round goes over: those chosen, else those in which something was checked. */
  keys(): ReadonlySet<string> {
    if (this.#kept?.layers.length) return new Set(this.#kept.layers);
    const { at } = this.#begun;
    const checked = [...this.visits.values()].filter((visit) => visit.kind === "checked" && visit.at >= at);
    return new Set(checked.map(({ layer }) => layer).filter((key) => key !== REDLINE));
  }

  /** Whether the round goes only over features whose place is to be confirmed. */
  get is_of_tasks(): boolean {
    return this.#kept?.is_of_tasks ?? false;
  }

  /** Whether the round goes over a feature of its layers: a place that was confirmed on it still counts. */
  includes(feature: Feature): boolean {
    if (!this.is_of_tasks || needsConfirming(feature)) return true;
    return this.done(feature.feature_id) !== null && this.visits.get(feature.feature_id)?.is_placed === true;
  }

  /** Whether the round still leads to a feature: a task is left until its place is confirmed, whoever looked at it. */
  isLeft(layer: Layer, feature: Feature): boolean {
    return this.is_of_tasks ? needsConfirming(feature) : this.state(layer, feature) === "left";
  }

  count(layers: Iterable<{ layer: Layer; features: Feature[] }>): RoundCounts {
    const state = (layer: Layer, feature: Feature) =>
      this.isLeft(layer, feature) ? "left" : this.state(layer, feature);
    return countRound([...layers].flatMap(({ layer, features }) => features.map((feature) => state(layer, feature))));
  }

  /** Lets a round that begins with its first check last until another is begun. */
  async keep(): Promise<void> {
    if (!this.#kept) await this.#write({ since: this.#begun.at, layers: [] });
  }

  /** Begins a new round: nothing is visited yet. */
  async begin(): Promise<void> {
    const { layers = [], is_of_tasks } = this.#kept ?? {};
    await this.#write({ since: new Date().toISOString(), layers, is_of_tasks });
  }

  /** Chooses what the round goes over. Other work is another round: what was visited on the one before counts for nothing. */
  async choose(layers: readonly string[], is_of_tasks = this.is_of_tasks): Promise<void> {
    const since = is_of_tasks === this.is_of_tasks ? this.#begun.at : new Date().toISOString();
    await this.#write({ since, layers, is_of_tasks });
  }

  async #write(round: Settings["round"]): Promise<void> {
    await writeSetting(this.#database, "round", round);
    this.#kept = round;
  }
}
