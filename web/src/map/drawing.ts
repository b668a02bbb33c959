import type { Geometry, LineString, Point, Polygon } from "geojson";
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
import { announceTouches } from "./touch_after_hover.ts";

type Drawable = Point | LineString | Polygon;

/** How near a gloved finger has to come to a vertex. */
const FINGER_PX = 36;
const COLORS = { line: "#0017c1", vertex: "#ffffff", outline: "#0017c1" } as const;

const isSimple = (
  feature: Parameters<typeof ValidateNotSelfIntersecting>[0],
  { updateType }: { updateType: string },
) => (updateType === "provisional" ? { valid: true } : ValidateNotSelfIntersecting(feature));

/** Reshapes a line or an area by its vertices. One at a time. */
export class Drawing {
  readonly #draw: TerraDraw;
  readonly #endTouches: () => void;

  /** @param onChange Called with the shape after each step. */
  constructor(map: MapLibreMap, onChange: (geometry: Geometry | null) => void) {
    this.#endTouches = announceTouches(map.getCanvas());
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
      modes: drawModes(),
    });
    this.#draw.start();
    this.#draw.on("change", () => onChange(this.geometry()));
  }

  /** Shows a shape with its vertices to drag; false where terra-draw cannot take it (shapes of several parts). */
  reshape(geometry: Geometry): boolean {
    const modes: Partial<Record<Geometry["type"], string>> = {
      Point: "point",
      LineString: "linestring",
      Polygon: "polygon",
    };
    const mode = modes[geometry.type];
    if (!mode) return false;
    const id = this.#draw.getFeatureId();
    const [result] = this.#draw.addFeatures([
      { id, type: "Feature", geometry: geometry as Drawable, properties: { mode } },
    ]);
    if (!result?.valid) return false;
    this.#draw.selectFeature(id);
    return true;
  }

  /** The shape, or null while it has too few vertices. */
  geometry(): Geometry | null {
    const drawn = this.#draw.getSnapshot().find((feature) => isShape(feature.properties));
    return drawn ? structuredClone(drawn.geometry as Geometry) : null;
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

export function drawModes() {
  const line = { lineStringColor: COLORS.line, lineStringWidth: 4 } as const;
  const area = { fillColor: COLORS.line, fillOpacity: 0.25, outlineColor: COLORS.outline, outlineWidth: 4 } as const;
  const closing = {
    closingPointColor: COLORS.vertex,
    closingPointWidth: 10,
    closingPointOutlineWidth: 4,
    closingPointOutlineColor: COLORS.outline,
  } as const;
  const vertices = { draggable: true, midpoints: true, deletable: true };
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
