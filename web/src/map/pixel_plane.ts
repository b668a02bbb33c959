import type { Position } from "geojson";

/** A scan is shown in a plane of its own: its pixels are those of zoom 22, east and south of 0, 0. */
export const PIXEL_ZOOM = 22;
const WORLD_PX = 256 * 2 ** PIXEL_ZOOM;

export function toPlane([column = 0, row = 0]: Position): [number, number] {
  const lat = Math.atan(Math.sinh((-2 * Math.PI * row) / WORLD_PX));
  return [(column / WORLD_PX) * 360, (lat * 180) / Math.PI];
}

export function toPixel([lon = 0, lat = 0]: Position): [number, number] {
  const up = Math.asinh(Math.tan((lat * Math.PI) / 180));
  return [(lon / 360) * WORLD_PX, (-up / (2 * Math.PI)) * WORLD_PX];
}
