import type { Geometry } from "geojson";

/** How a geometry of a layer's type is made by hand. */
export type DrawKind = "Point" | "LineString" | "Polygon";

/** "Geometry" layers take points: that is what a crew notes on site. */
export function drawKind(geometry_type: string): DrawKind {
  if (geometry_type.endsWith("LineString")) return "LineString";
  return geometry_type.endsWith("Polygon") ? "Polygon" : "Point";
}

/** How a shape is corrected by hand, or made where there is none yet; null = not at all, as it mixes kinds. */
export function shapeKind(shape: Geometry | null, geometry_type: string): DrawKind | null {
  if (!shape) return drawKind(geometry_type);
  return shape.type === "GeometryCollection" ? null : drawKind(shape.type);
}

/** Gives a single shape the type of its layer. */
export function asLayerType(geometry: Geometry, geometry_type: string): Geometry {
  if (!geometry_type.startsWith("Multi") || geometry.type.startsWith("Multi")) return geometry;
  if (geometry.type === "GeometryCollection") return geometry;
  return { type: geometry_type, coordinates: [geometry.coordinates] } as unknown as Geometry;
}
