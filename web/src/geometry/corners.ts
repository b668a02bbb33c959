import type { Geometry, Position } from "geojson";

/** The corners of a line or an area in their order; those at which rings are closed count once. */
export function cornersOf(shape: Geometry): Position[] {
  if (shape.type === "LineString") return shape.coordinates;
  return shape.type === "Polygon" ? shape.coordinates.flatMap((ring) => ring.slice(0, -1)) : [];
}

/** The rings of an area that are left out of it. */
export const holesOf = (shape: Geometry | null): Position[][] =>
  shape?.type === "Polygon" ? shape.coordinates.slice(1) : [];

/** A shape without its holes; drawing tools take none. */
export const outlineOf = (shape: Geometry): Geometry =>
  shape.type === "Polygon" ? { ...shape, coordinates: shape.coordinates.slice(0, 1) } : shape;

/** The shape with these holes in it. */
export const withHoles = (shape: Geometry, holes: Position[][]): Geometry =>
  shape.type === "Polygon" ? { ...shape, coordinates: [...shape.coordinates.slice(0, 1), ...holes] } : shape;

/** The shape with one of its corners at another place. */
export function withCorner(shape: Geometry, index: number, place: Position): Geometry {
  let n_before = 0;
  const move = (line: Position[], n_corners: number) => {
    const at = index - n_before;
    n_before += n_corners;
    return line.map((corner, n) => (n % n_corners === at ? place : corner));
  };
  if (shape.type === "LineString") return { ...shape, coordinates: move(shape.coordinates, shape.coordinates.length) };
  if (shape.type !== "Polygon") return shape;
  return { ...shape, coordinates: shape.coordinates.map((ring) => move(ring, ring.length - 1)) };
}

/** The shape without one of its corners; null where too few would be left of a line or a ring. */
export function withoutCorner(shape: Geometry, index: number): Geometry | null {
  if (shape.type === "LineString") {
    const { length } = shape.coordinates;
    return length > 2 ? { ...shape, coordinates: shape.coordinates.filter((_, n) => n !== index) } : null;
  }
  if (shape.type !== "Polygon") return null;
  let n_before = 0;
  let is_enough = true;
  const coordinates = shape.coordinates.map((ring) => {
    const corners = ring.slice(0, -1);
    const left = corners.filter((_, n) => n !== index - n_before);
    n_before += corners.length;
    if (left.length < 3) is_enough = false;
    return [...left, ...left.slice(0, 1)];
  });
  return is_enough ? { ...shape, coordinates } : null;
}
