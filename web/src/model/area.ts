export type Box = readonly [west: number, south: number, east: number, north: number];

/** The part of the city that is taken along; null wherever it is asked for = all of it. */
export interface WorkArea {
  name: string;
  bbox: Box;
}

const M_PER_DEG = 111_320;

/** A box that reaches so many metres from a place in each direction. */
export function boxAround([lon, lat]: readonly [number, number], reach_m: number): Box {
  const [east, north] = [reach_m / M_PER_DEG / Math.cos((lat * Math.PI) / 180), reach_m / M_PER_DEG];
  return [lon - east, lat - north, lon + east, lat + north];
}

/** As requests say it, and what tells one area from another. */
export const boxText = (bbox: Box | undefined) => bbox?.map((value) => value.toFixed(6)).join(",") ?? "";
