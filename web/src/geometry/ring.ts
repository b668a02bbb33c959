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

/** A place inside an area with holes: the middle of where it is widest at half its height. */
export function innerPlace(rings: readonly (readonly Position[])[]): Position {
  const heights = (rings[0] ?? []).map(([, y = 0]) => y);
  const y = (Math.min(...heights) + Math.max(...heights)) / 2;
  const crossings = rings
    .flatMap((ring) =>
      ring.flatMap(([ax = 0, ay = 0], index) => {
        const [bx = 0, by = 0] = ring[(index + 1) % ring.length] ?? [];
        return ay > y === by > y ? [] : [ax + ((y - ay) / (by - ay)) * (bx - ax)];
      }),
    )
    .sort((a, b) => a - b);
  let [west = rings[0]?.[0]?.[0] ?? 0, east = west] = crossings;
  for (let index = 2; index + 1 < crossings.length; index += 2) {
    const [from = 0, to = 0] = crossings.slice(index, index + 2);
    if (to - from > east - west) [west, east] = [from, to];
  }
  return [(west + east) / 2, y];
}
