import type { Geometry, Position } from "geojson";
import polygonClipping, { type MultiPolygon } from "polygon-clipping";
import { bboxOf } from "./distance.ts";

/** Ends nearer than this share of the size of both lines are one. */
const NEAR = 1e-6;

/** Two shapes of a layer as one; null where they do not touch and the layer takes no shapes of several parts. */
export function mergeShapes(one: Geometry, other: Geometry, geometry_type: string): Geometry | null {
  const takes_parts = geometry_type.startsWith("Multi") || geometry_type === "Geometry";
  const [areas, more_areas] = [areasOf(one), areasOf(other)];
  if (areas && more_areas) {
    const [area, ...others] = polygonClipping.union(areas, more_areas);
    if (area && !others.length) return { type: "Polygon", coordinates: area };
    return takes_parts && area ? { type: "MultiPolygon", coordinates: [area, ...others] } : null;
  }
  const [lines, more_lines] = [linesOf(one), linesOf(other)];
  if (!lines || !more_lines) return null;
  const [min_x, min_y, max_x, max_y] = bboxOf([one, other]) ?? [0, 0, 0, 0];
  const joined = join([...lines, ...more_lines], Math.hypot(max_x - min_x, max_y - min_y) * NEAR);
  if (joined.length === 1) return { type: "LineString", coordinates: joined[0] ?? [] };
  return takes_parts ? { type: "MultiLineString", coordinates: joined } : null;
}

/** Lines put together where the end of one is an end of another. */
function join(lines: Position[][], near: number): Position[][] {
  const done: Position[][] = [];
  for (const line of lines) {
    const index = done.findIndex((other) => joinTwo(other, line, near));
    const joined = done[index] && joinTwo(done[index], line, near);
    if (joined) done[index] = joined;
    else done.push(line);
  }
  return done.length < lines.length && done.length > 1 ? join(done, near) : done;
}

function joinTwo(one: Position[], other: Position[], near: number): Position[] | null {
  for (const first of [one, one.toReversed()]) {
    for (const second of [other, other.toReversed()]) {
      const [[end_x = 0, end_y = 0], [x = 0, y = 0]] = [first.at(-1) ?? [], second[0] ?? []];
      if (Math.hypot(end_x - x, end_y - y) <= near) return [...first, ...second.slice(1)];
    }
  }
  return null;
}

function areasOf(geometry: Geometry): MultiPolygon | null {
  if (geometry.type === "Polygon") return [geometry.coordinates] as MultiPolygon;
  return geometry.type === "MultiPolygon" ? (geometry.coordinates as MultiPolygon) : null;
}

function linesOf(geometry: Geometry): Position[][] | null {
  if (geometry.type === "LineString") return [geometry.coordinates];
  return geometry.type === "MultiLineString" ? geometry.coordinates : null;
}
