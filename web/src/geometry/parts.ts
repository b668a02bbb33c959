import type { Geometry, Position } from "geojson";
import { isInside } from "./ring.ts";
import { awayM } from "./snap.ts";

/** The single shapes that a geometry is of; none where it mixes kinds. */
export function partsOf(geometry: Geometry | null): Geometry[] {
  if (!geometry || geometry.type === "GeometryCollection") return [];
  if (!geometry.type.startsWith("Multi")) return [geometry];
  const type = geometry.type.slice("Multi".length);
  return (geometry.coordinates as Position[]).map((coordinates) => ({ type, coordinates }) as unknown as Geometry);
}

/** A geometry with one of its parts replaced; the others are the same to the last digit. */
export function withPart(geometry: Geometry, index: number, part: Geometry): Geometry {
  if (!geometry.type.startsWith("Multi") || !("coordinates" in geometry) || !("coordinates" in part)) return part;
  const coordinates = (geometry.coordinates as Position[]).with(index, part.coordinates as Position);
  return { type: geometry.type, coordinates } as unknown as Geometry;
}

/** The part that lies around a place in degrees, else the nearest to it. */
export function partAt(parts: readonly Geometry[], place: Position): number {
  const away = parts.map((part) => (isAround(part, place) ? 0 : awayM(place, part)));
  return away.indexOf(Math.min(...away));
}

function isAround(part: Geometry, place: Position): boolean {
  return part.type === "Polygon" && part.coordinates.filter((ring) => isInside(place, ring)).length === 1;
}
