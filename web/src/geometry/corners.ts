import type { Geometry, Position } from "geojson";

/** The corners of a line or an area in their order; those at which rings are closed count once. */
export function cornersOf(shape: Geometry): Position[] {
  if (shape.type === "LineString") return shape.coordinates;
  return shape.type === "Polygon" ? shape.coordinates.flatMap((ring) => ring.slice(0, -1)) : [];
}

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
