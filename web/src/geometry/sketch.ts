import type { Geometry, Polygon, Position } from "geojson";
import { bboxOf, distanceM } from "./distance.ts";
import { quantile } from "./quantile.ts";
import { isInside } from "./ring.ts";

/** Nearer than this to the vertex before, a fix on a walk says nothing new. */
const STEP_M = 3;

/** A corner in degrees. Where the device told it, with the radius in metres within which it lies; else null. */
export interface Vertex {
  place: Position;
  accuracy_m: number | null;
}

/** A line or an area while it is drawn, vertex by vertex: every step can be taken back and done again. */
export interface Sketch {
  vertices: readonly Vertex[];
  undone: readonly Vertex[];
  /** Of an area that was filled. */
  holes?: Position[][];
  /** What was there before it was filled, as long as nothing was added. */
  former?: Sketch;
}

export const EMPTY_SKETCH: Sketch = { vertices: [], undone: [] };

export function addVertex(sketch: Sketch, place: Position, accuracy_m: number | null = null): Sketch {
  const last = sketch.vertices.at(-1)?.place;
  const is_same = last && last[0] === place[0] && last[1] === place[1];
  if (is_same) return sketch;
  // Taken back corner by corner there is nothing left that they are holes of.
  const holes = sketch.vertices.length > 2 && sketch.holes;
  return { vertices: [...sketch.vertices, { place, accuracy_m }], undone: [], ...(holes && { holes }) };
}

/** Moves a vertex that is still there. */
export function moveVertex(sketch: Sketch, vertex: Vertex, place: Position): Sketch {
  const at = sketch.vertices.indexOf(vertex);
  return at < 0 ? sketch : { ...sketch, vertices: sketch.vertices.with(at, { place, accuracy_m: null }) };
}

/** Takes an area in the place of what was drawn; one step back gives that again. */
export function fillSketch(sketch: Sketch, { coordinates: [ring = [], ...holes] }: Polygon): Sketch {
  const vertices = ring.slice(0, -1).map((place) => ({ place, accuracy_m: null }));
  return { vertices, undone: [], holes, former: sketch };
}

export function undoVertex(sketch: Sketch): Sketch {
  if (sketch.former) return sketch.former;
  const last = sketch.vertices.at(-1);
  return last ? { ...sketch, vertices: sketch.vertices.slice(0, -1), undone: [...sketch.undone, last] } : sketch;
}

export function redoVertex(sketch: Sketch): Sketch {
  const next = sketch.undone.at(-1);
  return next ? { ...sketch, vertices: [...sketch.vertices, next], undone: sketch.undone.slice(0, -1) } : sketch;
}

/** Goes on with a walk: a fix becomes a vertex where it is exact enough and some steps away from the one before. */
export function walkOn(sketch: Sketch, fix: { lon: number; lat: number; accuracy_m: number }, limit_m: number): Sketch {
  if (fix.accuracy_m > limit_m) return sketch;
  const [lon, lat] = sketch.vertices.at(-1)?.place ?? [];
  const is_near = lon !== undefined && lat !== undefined && distanceM([lon, lat], [fix.lon, fix.lat]) < STEP_M;
  return is_near ? sketch : addVertex(sketch, [fix.lon, fix.lat], fix.accuracy_m);
}

export const placesOf = ({ vertices }: Sketch): Position[] => vertices.map(({ place }) => place);

/** How far off the corners of a sketch lie, metres: what the device told holds for 19 of 20 of them.
 *
 * Of fewer than 20 it is the worst; one poor fix does not speak for a long walk. Null as soon as a person pointed at
 * one of the corners on the map, for nobody knows how exact that is.
 */
export function sketchAccuracyM({ vertices }: Sketch): number | null {
  const known = vertices.map(({ accuracy_m }) => accuracy_m).filter((metres) => metres !== null);
  return known.length && known.length === vertices.length ? Math.round(quantile(known, 0.95) * 10) / 10 : null;
}

/** What vertices are drawn for; a box is the smallest around all of them. */
export type SketchKind = "LineString" | "Polygon" | "Box";

/** The shape so far; null while it has too few vertices for its kind. */
export function sketchShape(sketch: Sketch, kind: SketchKind): Geometry | null {
  const vertices = placesOf(sketch);
  if (kind === "Box") return boxShape(vertices);
  const [first] = vertices;
  if (kind === "LineString") return vertices.length < 2 ? null : { type: "LineString", coordinates: vertices };
  if (vertices.length < 3 || !first) return null;
  return { type: "Polygon", coordinates: [[...vertices, first], ...(sketch.holes ?? [])] };
}

function boxShape(vertices: Position[]): Geometry | null {
  const box = bboxOf([{ type: "MultiPoint", coordinates: vertices }]);
  if (!box) return null;
  const [west, south, east, north] = box;
  if (west === east || south === north) return null;
  const ring = [west, east, east, west, west].map((x, n) => [x, n < 2 || n === 4 ? south : north]);
  return { type: "Polygon", coordinates: [ring] };
}

/** Whether the sides of an area cross or touch each other. A line may: it goes round a block, or back the same way. */
export function crossesItself(geometry: Geometry): boolean {
  if (geometry.type !== "Polygon") return false;
  const [outer = [], ...holes] = geometry.coordinates;
  return (
    hasCrossing(geometry.coordinates, true) || holes.some((hole) => !hole.some((corner) => isInside(corner, outer)))
  );
}

/** Whether a line meets itself. */
export const lineCrosses = (line: readonly Position[]): boolean => hasCrossing([line], false);

/** One side of a line: which it is, of how many. */
interface Side {
  line: number;
  index: number;
  n_sides: number;
  ends: [Position, Position];
  west: number;
  east: number;
}

/** Goes from west to east, and compares sides only with those that reach as far: large shapes have many. */
function hasCrossing(lines: readonly (readonly Position[])[], is_ring: boolean): boolean {
  const sides = lines.flatMap(sidesOf).sort((one, other) => one.west - other.west);
  return sides.some((one, at) => {
    for (let next = at + 1; next < sides.length; next++) {
      const other = sides[next];
      if (!other || other.west > one.east) return false;
      const is_same = one.line === other.line;
      const steps = Math.abs(one.index - other.index);
      if (is_same && (steps < 2 || (is_ring && steps === one.n_sides - 1))) continue;
      // A hole may touch the outline in a corner.
      if ((is_same ? doCross : doPass)(...one.ends, ...other.ends)) return true;
    }
    return false;
  });
}

/** Its sides; a corner that a ledger has twice makes none. */
function sidesOf(line: readonly Position[], number: number): Side[] {
  const corners = line.filter(([x, y], at) => x !== line[at - 1]?.[0] || y !== line[at - 1]?.[1]);
  return corners.slice(1).map((end, index) => {
    const start = corners[index] ?? end;
    const [x1 = 0, x2 = 0] = [start[0], end[0]];
    const n_sides = corners.length - 1;
    return { line: number, index, n_sides, ends: [start, end], west: Math.min(x1, x2), east: Math.max(x1, x2) };
  });
}

/** Whether two sides go through each other, each with an end on either side of the other. */
function doPass(a: Position, b: Position, c: Position, d: Position): boolean {
  return turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
}

function doCross(a: Position, b: Position, c: Position, d: Position): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc === 0 && abd === 0) return overlaps(a, b, c, d, 0) && overlaps(a, b, c, d, 1);
  return abc * abd <= 0 && cda * cdb <= 0;
}

/** On which side of the line from a to b lies c. */
function turn([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, [cx = 0, cy = 0]: Position): number {
  return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
}

function overlaps(a: Position, b: Position, c: Position, d: Position, axis: 0 | 1): boolean {
  const range = (p: Position, q: Position) => [
    Math.min(p[axis] ?? 0, q[axis] ?? 0),
    Math.max(p[axis] ?? 0, q[axis] ?? 0),
  ];
  const [[low1 = 0, high1 = 0], [low2 = 0, high2 = 0]] = [range(a, b), range(c, d)];
  return low1 <= high2 && low2 <= high1;
}
