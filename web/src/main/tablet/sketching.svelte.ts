import type { Geometry, Polygon, Position } from "geojson";
import { untrack } from "svelte";
import {
  addVertex,
  EMPTY_SKETCH,
  fillSketch,
  moveVertex,
  placesOf,
  redoVertex,
  type Sketch,
  type SketchKind,
  sketchShape,
  undoVertex,
  type Vertex,
  walkOn,
} from "../../geometry/sketch.ts";
import { snapTo } from "../../geometry/snap.ts";
import type { FieldMap } from "../../map/field_map.ts";
import { Awake } from "./awake.ts";
import type { Desk } from "./desk.svelte.ts";
import type { DraftForm } from "./draft.svelte.ts";

/** A fix less exact than this makes no vertex of a walk, and a point at it deserves a second look. */
export const POOR_M = 15;
/** How far from a tap a vertex or a side draws it to itself. */
export const SNAP_PX = 20;

/** What was drawn so far, and who keeps it at each step; without one it ends with its panel. */
export interface SketchKeeper {
  sketch: Sketch;
  is_walking: boolean;
  keep: (sketch: Sketch, is_walking: boolean) => void;
}

/** Keeps a sketch in the draft of a form. */
export function inDraft(desk: Desk, form: DraftForm, tool: "draw" | "split"): SketchKeeper {
  const { sketch, is_walking } = form.drawn?.tool === tool ? form.drawn : { sketch: EMPTY_SKETCH, is_walking: false };
  return {
    sketch,
    is_walking,
    keep: (sketch, is_walking) =>
      void desk.attempt(() => form.draw(sketch.vertices.length || is_walking ? { tool, sketch, is_walking } : null)),
  };
}

/** Draws a line, an area or a box on the map: by taps, at the crosshair, at the crew's position, or by walking. */
export class Sketching {
  sketch = $state.raw<Sketch>(EMPTY_SKETCH);
  is_snapping = $state(true);
  is_walking = $state(false);
  /** Finds where a vertex that snapped to nothing belongs on a scanned map, while that is wanted. */
  toLine = $state.raw<((place: Position) => Promise<Position | null>) | null>(null);

  readonly kind: SketchKind;
  /** A screen that goes dark would end the walk: positions stop coming. */
  #awake: Awake | null = null;
  readonly #desk: Desk;
  readonly #map: FieldMap;
  readonly #keeper: SketchKeeper | null;

  constructor(desk: Desk, map: FieldMap, kind: SketchKind, keeper: SketchKeeper | null = null) {
    this.#desk = desk;
    this.#map = map;
    this.#keeper = keeper;
    this.kind = kind;
    this.sketch = keeper?.sketch ?? EMPTY_SKETCH;
    this.is_walking = keeper?.is_walking ?? false;
  }

  get shape(): Geometry | null {
    return sketchShape(this.sketch, this.kind);
  }

  /** Takes the taps on the map from now on, and goes on with a walk; returns what gives them back. */
  begin(): () => void {
    this.#map.onPlace = (place) => this.add(place);
    untrack(() => {
      this.#show();
      this.#accompany();
    });
    return () => {
      this.#map.onPlace = null;
      this.#awake?.release();
      void this.#map.showSketch([]);
    };
  }

  add(place: Position): void {
    const near = this.is_snapping && this.#snapped(place);
    this.#set(addVertex(this.sketch, near || place));
    const added = this.sketch.vertices.at(-1);
    if (!near && added) void this.#lead(added);
  }

  /** Takes an area in the place of what was drawn. */
  fill(area: Polygon): void {
    this.#set(fillSketch(this.sketch, area));
  }

  addCentre(): void {
    const { lon, lat } = this.#map.view();
    this.add([lon, lat]);
  }

  /** Sets a vertex where the crew stands; false where that is not known. */
  addHere(): boolean {
    const here = this.#desk.gps.current();
    if (here) this.#set(addVertex(this.sketch, [here.lon, here.lat], here.accuracy_m));
    return here !== null;
  }

  /** Begins a walk with where the crew stands, or ends it. */
  toggleWalk(): void {
    this.is_walking = !this.is_walking;
    this.#accompany();
    this.#keeper?.keep(this.sketch, this.is_walking);
    this.walk();
  }

  /** While the crew walks, the screen stays on and the map with them. */
  #accompany(): void {
    this.#awake?.release();
    this.#awake = this.is_walking ? new Awake() : null;
    if (this.is_walking) this.#map.follow();
  }

  /** Hears of the device's position while the crew walks. */
  walk(): void {
    const { fix } = this.#desk.gps;
    if (this.is_walking && fix) this.#set(walkOn(this.sketch, fix, POOR_M));
  }

  undo(): void {
    this.#set(undoVertex(this.sketch));
  }

  redo(): void {
    this.#set(redoVertex(this.sketch));
  }

  #set(sketch: Sketch): void {
    if (sketch === this.sketch) return;
    this.sketch = sketch;
    this.#keeper?.keep(sketch, this.is_walking);
    this.#show();
  }

  /** The vertex is there at once, and moves when the office has answered. */
  async #lead(vertex: Vertex): Promise<void> {
    const place = await this.toLine?.(vertex.place);
    if (place) this.#set(moveVertex(this.sketch, vertex, place));
  }

  #show(): void {
    void this.#map.showSketch(placesOf(this.sketch), this.shape);
  }

  /** Tiles hold rounded coordinates, so the shapes of the ledger itself are asked. */
  #snapped(place: Position): Position | null {
    return snapOnMap(this.#desk, this.#map, place);
  }
}

/** The vertex or the side of a feature near a place of the map; of the feature that is reshaped itself none. */
export function snapOnMap(desk: Desk, map: FieldMap, place: Position, own_id = ""): Position | null {
  const { metres_per_pixel, features } = map.around(place, SNAP_PX);
  const shapes = features
    .filter(({ feature_id }) => feature_id !== own_id)
    .map(({ layer, feature_id }) => desk.ledger.shape(layer, feature_id))
    .filter((shape) => shape !== null);
  return snapTo(place, shapes, SNAP_PX * metres_per_pixel);
}
