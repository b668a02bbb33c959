import type { Geometry, Position } from "geojson";
import {
  addVertex,
  EMPTY_SKETCH,
  redoVertex,
  type Sketch,
  type SketchKind,
  sketchShape,
  undoVertex,
  walkOn,
} from "../../geometry/sketch.ts";
import { snapTo } from "../../geometry/snap.ts";
import type { FieldMap } from "../../map/field_map.ts";
import { Awake } from "./awake.ts";
import type { Desk } from "./desk.svelte.ts";

/** A fix less exact than this makes no vertex of a walk, and a point at it deserves a second look. */
export const POOR_M = 15;
/** How far from a tap a vertex or a side draws it to itself. */
const SNAP_PX = 20;

/** Draws a line, an area or a box on the map: by taps, at the crosshair, at the crew's position, or by walking. */
export class Sketching {
  sketch = $state.raw<Sketch>(EMPTY_SKETCH);
  is_snapping = $state(true);
  is_walking = $state(false);

  readonly kind: SketchKind;
  /** A screen that goes dark would end the walk: positions stop coming. */
  #awake: Awake | null = null;
  readonly #desk: Desk;
  readonly #map: FieldMap;

  constructor(desk: Desk, map: FieldMap, kind: SketchKind) {
    this.#desk = desk;
    this.#map = map;
    this.kind = kind;
  }

  get shape(): Geometry | null {
    return sketchShape(this.sketch, this.kind);
  }

  /** Takes the taps on the map from now on; returns what gives them back. */
  begin(): () => void {
    this.#map.onPlace = (place) => this.add(place);
    return () => {
      this.#map.onPlace = null;
      this.#awake?.release();
      void this.#map.showSketch([]);
    };
  }

  add(place: Position): void {
    this.#set(addVertex(this.sketch, (this.is_snapping && this.#snapped(place)) || place));
  }

  addCentre(): void {
    const { lon, lat } = this.#map.view();
    this.add([lon, lat]);
  }

  /** Sets a vertex where the crew stands; false where that is not known. */
  addHere(): boolean {
    const here = this.#desk.gps.current();
    if (here) this.#set(addVertex(this.sketch, [here.lon, here.lat]));
    return here !== null;
  }

  /** Begins a walk with where the crew stands, or ends it. */
  toggleWalk(): void {
    this.is_walking = !this.is_walking;
    this.#awake?.release();
    this.#awake = this.is_walking ? new Awake() : null;
    this.walk();
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
    void this.#map.showSketch(sketch.vertices, this.shape);
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
