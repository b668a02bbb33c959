import type { Geometry, Position } from "geojson";

/** Mean radius of the GRS 80 ellipsoid, metres. */
const EARTH_RADIUS_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/** Great-circle distance between two (lon, lat), metres; within 0.6 % of the ellipsoid's. */
export function distanceM(a: readonly [number, number], b: readonly [number, number]): number {
  const half_lat = Math.sin(((b[1] - a[1]) * RADIANS) / 2);
  const half_lon = Math.sin(((b[0] - a[0]) * RADIANS) / 2);
  const chord = half_lat ** 2 + Math.cos(a[1] * RADIANS) * Math.cos(b[1] * RADIANS) * half_lon ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** A circle around (lon, lat) as a closed ring of (lon, lat). */
export function circleRing(centre: readonly [number, number], radius_m: number, n_points = 48): Position[] {
  const lat_deg = radius_m / EARTH_RADIUS_M / RADIANS;
  const lon_deg = lat_deg / Math.max(Math.cos(centre[1] * RADIANS), 1e-6);
  return Array.from({ length: n_points + 1 }, (_, index) => {
    const angle = ((index % n_points) / n_points) * 2 * Math.PI;
    return [centre[0] + lon_deg * Math.cos(angle), centre[1] + lat_deg * Math.sin(angle)];
  });
}

/** All positions of a geometry, in order. */
export function* positionsOf(geometry: Geometry): Generator<Position> {
  if (geometry.type === "GeometryCollection") for (const part of geometry.geometries) yield* positionsOf(part);
  else yield* flatten(geometry.coordinates);
}

function* flatten(coordinates: unknown): Generator<Position> {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === "number") yield coordinates;
  else for (const part of coordinates) yield* flatten(part);
}

/** The box (min_x, min_y, max_x, max_y) around geometries, null where there is none. */
export function bboxOf(geometries: Iterable<Geometry | null>): [number, number, number, number] | null {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const geometry of geometries) {
    for (const [x = 0, y = 0] of geometry ? positionsOf(geometry) : []) {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  }
  return box[0] <= box[2] ? box : null;
}

const boxOfPoint = ([x = 0, y = 0]: Position) => [x, y, x, y] as const;

/** A place to point at: the middle of the geometry's box. */
export function anchorOf(geometry: Geometry | null): [number, number] | null {
  if (geometry?.type === "Point") return [geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0];
  const box = bboxOf([geometry]);
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

/** Whether a map of the world can show it; local drawings may have coordinates in metres. */
export function isOnEarth(geometry: Geometry | null): boolean {
  const box = geometry?.type === "Point" ? boxOfPoint(geometry.coordinates) : bboxOf([geometry]);
  return box !== null && box[0] >= -180 && box[2] <= 180 && box[1] >= -90 && box[3] <= 90;
}
