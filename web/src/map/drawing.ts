import type { Geometry, LineString, Point, Polygon, Position } from "geojson";
import type { Map as MapLibreMap } from "maplibre-gl";
import {
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawPointMode,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
  ValidateNotSelfIntersecting,
} from "terra-draw";

import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";
import { cornersOf, holesOf, outlineOf, withCorner, withHoles, withoutCorner } from "../geometry/corners.ts";
import { roundDegrees } from "../geometry/projection.ts";
import { crossesItself } from "../geometry/sketch.ts";
import { announceTouches } from "./touch_after_hover.ts";

type FeatureId = ReturnType<TerraDraw["getFeatureId"]>;
type Drawable = Point | LineString | Polygon;

/** How near a gloved finger has to come to a vertex. */
const FINGER_PX = 36;
/** Each is a handle that is drawn anew at every step. */
const MOST_CORNERS = 2000;
const COLORS = { line: "#0017c1", vertex: "#ffffff", outline: "#0017c1" } as const;

const isSimple = (
  feature: Parameters<typeof ValidateNotSelfIntersecting>[0],
  { updateType }: { updateType: string },
) => (updateType === "provisional" ? { valid: true } : ValidateNotSelfIntersecting(feature));

/** Reshapes a line or an area by its vertices. One at a time. */
export class Drawing {
  readonly #draw: TerraDraw;
  readonly #endTouches: () => void;
  #id: FeatureId = "";
  #steps: Geometry[] = [];
  #undone: Geometry[] = [];

  /**
   * @param onChange Called with the shape after each step.
   * @param snap Gives the place that draws a vertex to itself, null where none is near.
   */
  constructor(
    map: MapLibreMap,
    onChange: (geometry: Geometry | null) => void,
    snap: (place: Position) => Position | null = () => null,
  ) {
    this.#endTouches = announceTouches(map.getCanvas());
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
      modes: drawModes(snap),
    });
    this.#draw.start();
    this.#draw.on("change", () => onChange(this.geometry()));
    this.#draw.on("finish", () => {
      const now = this.geometry();
      if (!now || JSON.stringify(now) === JSON.stringify(this.#steps.at(-1))) return;
      this.#step(now);
      onChange(now);
    });
  }

  /** Shows a shape with its vertices to drag; false where terra-draw cannot take it (shapes of several parts, or of
   * so many corners that the tablet would stand still).
   *
   * The holes of an area stay as they are while its outline is dragged.
   */
  reshape(geometry: Geometry): boolean {
    const modes: Partial<Record<Geometry["type"], string>> = {
      Point: "point",
      LineString: "linestring",
      Polygon: "polygon",
    };
    const mode = modes[geometry.type];
    if (!mode || cornersOf(geometry).length > MOST_CORNERS) return false;
    // What is drawn is told of at once, and looks here for its holes.
    this.#steps = [structuredClone(geometry)];
    const id = this.#draw.getFeatureId();
    const [result] = this.#draw.addFeatures([
      { id, type: "Feature", geometry: outlineOf(geometry) as Drawable, properties: { mode } },
    ]);
    if (!result?.valid) return false;
    this.#draw.selectFeature(id);
    this.#id = id;
    return true;
  }

  get can_undo(): boolean {
    return this.#steps.length > 1;
  }

  get can_redo(): boolean {
    return this.#undone.length > 0;
  }

  /** The shape after the last step; null before there is one. */
  get shape(): Geometry | null {
    return this.#steps.at(-1) ?? null;
  }

  get corners(): Position[] {
    return this.shape ? cornersOf(this.shape) : [];
  }

  /** Moves a corner without a finger on it; false where the sides of an area would cross. */
  moveCorner(index: number, place: Position): boolean {
    const { shape } = this;
    return this.#take(shape ? roundDegrees(withCorner(shape, index, place)) : null);
  }

  /** Takes a corner away; tells where that cannot be: too few would be left, or the sides of an area would cross. */
  removeCorner(index: number): "few" | "crossing" | null {
    const { shape } = this;
    const now = shape ? withoutCorner(shape, index) : null;
    if (!now) return "few";
    return this.#take(now) ? null : "crossing";
  }

  #take(now: Geometry | null): boolean {
    if (!now || crossesItself(now)) return false;
    this.#step(now);
    this.#show();
    return true;
  }

  #step(now: Geometry): void {
    this.#steps.push(now);
    this.#undone = [];
  }

  /** Takes the last step back. */
  undo(): void {
    const last = this.can_undo && this.#steps.pop();
    if (last) this.#undone.push(last);
    this.#show();
  }

  /** Takes the step again that was taken back last. */
  redo(): void {
    const next = this.#undone.pop();
    if (next) this.#steps.push(next);
    this.#show();
  }

  #show(): void {
    const now = this.#steps.at(-1);
    if (!now) return;
    this.#draw.deselectFeature(this.#id);
    this.#draw.updateFeatureGeometry(this.#id, outlineOf(now) as Drawable);
    this.#draw.selectFeature(this.#id);
  }

  /** The shape, or null while it has too few vertices. */
  geometry(): Geometry | null {
    const drawn = this.#draw.getSnapshot().find((feature) => isShape(feature.properties));
    return drawn ? withHoles(structuredClone(drawn.geometry as Geometry), holesOf(this.shape)) : null;
  }

  remove(): void {
    this.#endTouches();
    this.#draw.stop();
  }
}

/** terra-draw keeps its handles (vertices, midpoints) beside the shapes; those are marked. */
function isShape(properties: Record<string, unknown>): boolean {
  const is_handle =
    properties.selectionPoint || properties.midPoint || properties.closingPoint || properties.coordinatePoint;
  return !is_handle && properties.mode !== "select";
}

export function drawModes(snap: (place: Position) => Position | null = () => null) {
  const line = { lineStringColor: COLORS.line, lineStringWidth: 4 } as const;
  const area = { fillColor: COLORS.line, fillOpacity: 0.25, outlineColor: COLORS.outline, outlineWidth: 4 } as const;
  const closing = {
    closingPointColor: COLORS.vertex,
    closingPointWidth: 10,
    closingPointOutlineWidth: 4,
    closingPointOutlineColor: COLORS.outline,
  } as const;
  const toCustom = ({ lng, lat }: { lng: number; lat: number }) => snap([lng, lat]) ?? undefined;
  const vertices = { draggable: true, midpoints: true, deletable: true, snappable: { toCustom } };
  const flags = {
    point: { feature: { draggable: true } },
    linestring: { feature: { coordinates: vertices } },
    polygon: { feature: { validation: isSimple, coordinates: vertices } },
  };
  return [
    new TerraDrawPointMode({ styles: { pointColor: COLORS.line, pointWidth: 12 } }),
    new TerraDrawLineStringMode({
      pointerDistance: FINGER_PX,
      showCoordinatePoints: true,
      styles: { ...line, ...closing },
    }),
    new TerraDrawPolygonMode({
      pointerDistance: FINGER_PX,
      showCoordinatePoints: true,
      validation: isSimple,
      styles: { ...area, ...closing },
    }),
    new TerraDrawSelectMode({
      pointerDistance: FINGER_PX,
      flags,
      allowManualDeselection: false,
      styles: {
        selectedLineStringColor: COLORS.line,
        selectedLineStringWidth: 4,
        selectedPolygonColor: COLORS.line,
        selectedPolygonOutlineColor: COLORS.outline,
        selectedPolygonOutlineWidth: 4,
        selectedPointColor: COLORS.line,
        selectedPointWidth: 12,
        selectionPointColor: COLORS.vertex,
        selectionPointOutlineColor: COLORS.outline,
        selectionPointWidth: 10,
        selectionPointOutlineWidth: 4,
        midPointColor: COLORS.outline,
        midPointOutlineColor: COLORS.vertex,
        midPointWidth: 7,
        midPointOutlineWidth: 2,
      },
    }),
  ];
}
