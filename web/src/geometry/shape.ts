import type { Geometry } from "geojson";
import { partsOf } from "./parts.ts";

/** How a geometry of a layer's type is made by hand. */
export type DrawKind = "Point" | "LineString" | "Polygon";

/** "Geometry" layers take points: that is what a crew notes on site. */
export function drawKind(geometry_type: string): DrawKind {
  if (geometry_type.endsWith("LineString")) return "LineString";
  return geometry_type.endsWith("Polygon") ? "Polygon" : "Point";
}

/** The single shape in a geometry; null where it has several parts. */
export function singleShape(geometry: Geometry | null): Geometry | null {
  const [only, ...others] = partsOf(geometry);
  return only && !others.length ? only : null;
}

/** Gives a single shape the type of its layer. */
export function asLayerType(geometry: Geometry, geometry_type: string): Geometry {
  if (!geometry_type.startsWith("Multi") || geometry.type.startsWith("Multi")) return geometry;
  if (geometry.type === "GeometryCollection") return geometry;
  return { type: geometry_type, coordinates: [geometry.coordinates] } as unknown as Geometry;
}
