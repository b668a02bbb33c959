import type { Geometry, Position } from "geojson";
import { distanceM, positionsOf } from "./distance.ts";

/** The vertex nearest to a place, else the nearest point on a side, within a tolerance; null where nothing is that near. */
export function snapTo(place: Position, geometries: Iterable<Geometry>, tolerance_m: number): Position | null {
  let [vertex, side]: (Position | null)[] = [null, null];
  let [to_vertex, to_side] = [tolerance_m, tolerance_m];
  for (const geometry of geometries) {
    for (const position of positionsOf(geometry)) {
      const distance = between(place, position);
      if (distance <= to_vertex) [vertex, to_vertex] = [position, distance];
    }
    for (const line of linesOf(geometry)) {
      for (const [index, end] of line.slice(1).entries()) {
        const foot = footOn(place, line[index] ?? end, end);
        const distance = between(place, foot);
        if (distance <= to_side) [side, to_side] = [foot, distance];
      }
    }
  }
  return vertex?.slice(0, 2) ?? side ?? null;
}

/** How far a place lies from the nearest corner or side of a geometry, metres. */
export function awayM(place: Position, geometry: Geometry): number {
  let away_m = Number.POSITIVE_INFINITY;
  for (const position of positionsOf(geometry)) away_m = Math.min(away_m, between(place, position));
  for (const line of linesOf(geometry))
    for (const [index, end] of line.slice(1).entries())
      away_m = Math.min(away_m, between(place, footOn(place, line[index] ?? end, end)));
  return away_m;
}

const between = ([x1 = 0, y1 = 0]: Position, [x2 = 0, y2 = 0]: Position) => distanceM([x1, y1], [x2, y2]);

/** Lines and rings of a geometry. */
function* linesOf(geometry: Geometry): Generator<Position[]> {
  if (geometry.type === "GeometryCollection") for (const part of geometry.geometries) yield* linesOf(part);
  else if (geometry.type === "LineString") yield geometry.coordinates;
  else if (geometry.type === "MultiLineString" || geometry.type === "Polygon") yield* geometry.coordinates;
  else if (geometry.type === "MultiPolygon") yield* geometry.coordinates.flat();
}

/** The point of a side nearest to a place; a degree of longitude counts as long as it is there. */
function footOn([x = 0, y = 0]: Position, [ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position): Position {
  const shrink = Math.cos((y * Math.PI) / 180);
  const [dx, dy] = [(bx - ax) * shrink, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? ((x - ax) * shrink * dx + (y - ay) * dy) / length : 0;
  const part = Math.min(1, Math.max(0, along));
  return [ax + (bx - ax) * part, ay + (by - ay) * part];
}
