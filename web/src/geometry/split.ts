import type { Geometry, Position } from "geojson";
import { bboxOf } from "./distance.ts";
import { isInside } from "./ring.ts";
import { lineCrosses } from "./sketch.ts";

/** Why a cut does not divide a shape. */
export type SplitProblem = "beside" | "crossing" | "hole";

/** Nearer than this share of a shape's size, a cut that meets a corner goes through it. */
const NEAR = 1e-6;

/** A point of a line or ring; `crossing` numbers the places where the cut meets it. */
interface Node {
  position: Position;
  crossing: number | null;
}

/** A place where the cut meets a line: how far along either one, counted in sides. */
interface Crossing {
  along_cut: number;
  along_line: number;
  position: Position;
}

/** The parts of a line or an area on both sides of a cut, the largest first; corners stay as they are to the last digit. */
export function splitShape(shape: Geometry, cut: readonly Position[]): Geometry[] | SplitProblem {
  if (lineCrosses(cut)) return "crossing";
  const [min_x, min_y, max_x, max_y] = bboxOf([shape]) ?? [0, 0, 0, 0];
  const near = Math.hypot(max_x - min_x, max_y - min_y) * NEAR;
  if (shape.type === "LineString") return splitLine(shape.coordinates, lengthened(cut, near), near);
  if (shape.type === "Polygon") return splitArea(shape.coordinates, lengthened(cut, near), near);
  return "beside";
}

function splitLine(line: Position[], cut: Position[], near: number): Geometry[] | SplitProblem {
  const places = crossingsOf(cut, line, near)
    .filter(({ along_line }) => along_line > 0 && along_line < line.length - 1)
    .toSorted((a, b) => a.along_line - b.along_line);
  if (!places.length) return "beside";
  const starts = [{ along_line: 0, position: line[0] ?? [] }, ...places];
  const parts = starts.map(({ along_line, position }, index) => {
    const end = places[index] ?? { along_line: line.length - 1, position: line.at(-1) ?? [] };
    const between = line.filter((_, corner) => corner > along_line && corner < end.along_line);
    return [position, ...between, end.position];
  });
  const longest = (part: Position[]) =>
    part.slice(1).reduce((sum, end, index) => sum + far(end, part[index] ?? end), 0);
  parts.sort((a, b) => longest(b) - longest(a));
  return parts.map((coordinates) => ({ type: "LineString", coordinates }));
}

function splitArea([outer = [], ...holes]: Position[][], cut: Position[], near: number): Geometry[] | SplitProblem {
  if (holes.some((hole) => crossingsOf(cut, hole, near).length)) return "hole";
  const crossings = crossingsOf(cut, outer, near);
  let parts: Node[][] = [withCrossings(outer, crossings)];
  for (const [number, from] of crossings.slice(0, -1).entries()) {
    const to = crossings[number + 1] ?? from;
    const bends = cut.filter((_, index) => index > from.along_cut && index < to.along_cut);
    if (!isInside(middle(from.position, bends[0] ?? to.position), outer)) continue;
    const chord = bends.map((position) => ({ position, crossing: null }));
    parts = parts.flatMap((part) => divide(part, number, chord) ?? [part]);
  }
  const rings = parts.map((part) => part.map(({ position }) => position)).filter((ring) => areaOf(ring) > near ** 2);
  if (rings.length < 2) return "beside";
  rings.sort((a, b) => areaOf(b) - areaOf(a));
  return rings.map((ring) => {
    const closed = [...ring, ring[0] ?? []];
    return { type: "Polygon", coordinates: [closed, ...holes.filter(([corner = []]) => isInside(corner, closed))] };
  });
}

/** A part (an open ring) along the chord between two numbered places; null where they are not both on it. */
function divide(part: Node[], number: number, chord: Node[]): [Node[], Node[]] | null {
  const from = part.findIndex(({ crossing }) => crossing === number);
  const to = part.findIndex(({ crossing }) => crossing === number + 1);
  if (from < 0 || to < 0) return null;
  const turned = [...part.slice(from), ...part.slice(0, from)];
  const end = (to - from + part.length) % part.length;
  const back = [...chord].reverse();
  return [
    [...turned.slice(0, end + 1), ...back],
    [...turned.slice(end), ...turned.slice(0, 1), ...chord],
  ];
}

/** The corners of a ring, not closed, with the places where the cut meets it among them. */
function withCrossings(ring: Position[], crossings: Crossing[]): Node[] {
  const corners = ring.slice(0, -1).map((position, along_line) => ({ position, along_line, crossing: null }));
  const met = crossings.map(({ position, along_line }, crossing) => ({ position, along_line, crossing }));
  const taken = new Set(met.map(({ along_line }) => along_line));
  return [...corners.filter(({ along_line }) => !taken.has(along_line)), ...met].toSorted(
    (a, b) => a.along_line - b.along_line,
  );
}

/** Where the cut meets a line, in the order of the cut; a corner that it comes near to is met itself, once. */
function crossingsOf(cut: Position[], line: Position[], near: number): Crossing[] {
  const found = new Map<number, Crossing>();
  const is_ring = far(line[0] ?? [], line.at(-1) ?? []) === 0;
  for (let side = 0; side < cut.length - 1; side++) {
    for (let other = 0; other < line.length - 1; other++) {
      const [a, b, c, d] = [cut[side], cut[side + 1], line[other], line[other + 1]];
      const met = a && b && c && d && meet(a, b, c, d);
      if (!met) continue;
      let [along_line, position] = [other + met.second, met.position];
      if (far(position, c) <= near) [along_line, position] = [other, c];
      else if (far(position, d) <= near) [along_line, position] = [other + 1, d];
      if (is_ring && along_line === line.length - 1) along_line = 0;
      if (!found.has(along_line)) found.set(along_line, { along_cut: side + met.first, along_line, position });
    }
  }
  return [...found.values()].sort((a, b) => a.along_cut - b.along_cut);
}

function meet([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, c: Position, [dx = 0, dy = 0]: Position) {
  const [cx = 0, cy = 0] = c;
  const [ux, uy, vx, vy] = [bx - ax, by - ay, dx - cx, dy - cy];
  const cross = ux * vy - uy * vx;
  if (cross === 0) return null;
  const first = ((cx - ax) * vy - (cy - ay) * vx) / cross;
  const second = ((cx - ax) * uy - (cy - ay) * ux) / cross;
  if (first < 0 || first > 1 || second < 0 || second > 1) return null;
  return { first, second, position: [cx + vx * second, cy + vy * second] };
}

/** A cut whose ends were put on the edge of a shape reaches over it. */
function lengthened(cut: readonly Position[], by: number): Position[] {
  const beyond = ([x = 0, y = 0]: Position, [from_x = 0, from_y = 0]: Position): Position => {
    const length = Math.hypot(x - from_x, y - from_y) || 1;
    return [x + ((x - from_x) / length) * by, y + ((y - from_y) / length) * by];
  };
  const [first = [], second = []] = cut;
  return [beyond(first, second), ...cut.slice(1, -1), beyond(cut.at(-1) ?? [], cut.at(-2) ?? [])];
}

const far = ([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position) => Math.hypot(ax - bx, ay - by);
const middle = ([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position): Position => [(ax + bx) / 2, (ay + by) / 2];

function areaOf(ring: readonly Position[]): number {
  const [x0 = 0, y0 = 0] = ring[0] ?? [];
  const twice = ring.reduce((sum, [x = 0, y = 0], index) => {
    const [next_x = 0, next_y = 0] = ring[(index + 1) % ring.length] ?? [];
    return sum + (x - x0) * (next_y - y0) - (next_x - x0) * (y - y0);
  }, 0);
  return Math.abs(twice) / 2;
}
