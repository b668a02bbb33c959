import type { Position } from "geojson";
import { inLayer, roundDegrees } from "../../geometry/projection.ts";
import type { FieldMap } from "../../map/field_map.ts";
import type { Freehand } from "../../map/freehand.ts";
import type { Wish } from "../../model/edit.ts";
import type { Layer } from "../../model/layer.ts";
import { erasureWish, PEN_COLORS, type PenColor, REDLINE, strokeWish } from "../../model/redline.ts";
import type { Desk } from "./desk.svelte.ts";

/** How near the eraser has to come to a stroke. */
const ERASER_PX = 14;

/** The red pen over the map: strokes are features of the redline layer, saved one by one. */
export class RedPen {
  tool = $state<PenColor | "eraser" | "move">("赤");
  n_strokes = $state(0);

  /** First change of each step that was made since the pen was taken: no other step is taken back by it. */
  #own = $state.raw<readonly string[]>([]);

  readonly layer: Layer | undefined;
  readonly #desk: Desk;
  readonly #map: FieldMap;
  readonly #author: string;
  #freehand: Freehand | null = null;
  #work: Promise<unknown> = Promise.resolve();
  readonly #erased = new Set<string>();

  constructor(desk: Desk, map: FieldMap, author: string) {
    this.#desk = desk;
    this.#map = map;
    this.#author = author;
    this.layer = desk.ledger.layer(REDLINE);
  }

  /** Takes the map's touches from now on; returns what gives them back. */
  begin(): () => void {
    const freehand = this.#map.freehand({
      onStroke: (line) => this.#draw(line),
      onErase: (place) => this.#erase(place),
    });
    this.#freehand = freehand;
    this.take(this.tool);
    this.#count();
    return () => freehand.remove();
  }

  take(tool: string): void {
    this.tool = tool as typeof this.tool;
    const color = PEN_COLORS[tool as PenColor];
    this.#freehand?.use(color ? { kind: "pen", color } : { kind: tool === "eraser" ? "eraser" : "move" });
  }

  get can_undo(): boolean {
    const [change_id = ""] = this.#desk.ledger.undoable.at(-1) ?? [];
    return this.#own.includes(change_id);
  }

  get can_redo(): boolean {
    return this.#own.includes(this.#desk.ledger.redoable.at(-1)?.entries[0]?.change.change_id ?? "");
  }

  /** Takes the last stroke or erasure back that was made since the pen was taken. */
  undo(): void {
    this.#follow(async () => {
      if (this.can_undo) await this.#desk.undo();
      this.#erased.clear();
    });
  }

  redo(): void {
    this.#follow(async () => {
      if (this.can_redo) await this.#desk.redo();
    });
  }

  /** Comes back when every stroke so far is on the disk. */
  async settled(): Promise<void> {
    await this.#work;
  }

  #draw(line: Position[]): void {
    const { layer } = this;
    if (!layer) return;
    const color = this.tool as PenColor;
    const [at, position] = [new Date(), this.#desk.gps.current()];
    const shape = inLayer(roundDegrees({ type: "LineString", coordinates: line }), layer.crs, null);
    this.#follow(() => this.#save(strokeWish(layer, shape, { color, author: this.#author, at, position })));
  }

  #erase(place: Position): void {
    for (const { layer: key, feature_id } of this.#map.around(place, ERASER_PX).features) {
      const { layer } = this;
      if (key !== REDLINE || !layer || this.#erased.has(feature_id)) continue;
      this.#erased.add(feature_id);
      this.#follow(async () => {
        const seen = this.#desk.ledger.feature(REDLINE, feature_id);
        if (seen) await this.#save(erasureWish(layer, seen, this.#desk.gps.current()));
      });
    }
  }

  async #save(wish: Wish): Promise<void> {
    if (!(await this.#desk.ledger.save(wish))) return;
    const [change_id] = this.#desk.ledger.undoable.at(-1) ?? [];
    if (change_id) this.#own = [...this.#own, change_id];
  }

  /** One after the other, in the order they were made. */
  #follow(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(() => this.#desk.attempt(work)).then(() => this.#count());
  }

  #count(): void {
    this.n_strokes = this.#desk.ledger.features(REDLINE).length;
  }
}
