import type { Position } from "geojson";

/** Whether a place lies in a ring, which may be closed or not. */
export function isInside([x = 0, y = 0]: Position, ring: readonly Position[]): boolean {
  let is_inside = false;
  for (const [index, [ax = 0, ay = 0]] of ring.entries()) {
    const [bx = 0, by = 0] = ring[(index + 1) % ring.length] ?? [];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) is_inside = !is_inside;
  }
  return is_inside;
}
