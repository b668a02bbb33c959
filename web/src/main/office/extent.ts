import type { Feature, Position } from "geojson";
import type { OfficeLayer } from "../../model/imports.ts";

function* positions(coordinates: unknown): Generator<Position> {
  if (Array.isArray(coordinates) && typeof coordinates[0] === "number") yield coordinates as Position;
  else if (Array.isArray(coordinates)) for (const part of coordinates) yield* positions(part);
}

/** The box that holds all features, in their coordinates. */
export function extentOf(features: Feature[]): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const { geometry } of features) {
    if (!geometry || geometry.type === "GeometryCollection") continue;
    for (const [x = 0, y = 0] of positions(geometry.coordinates)) {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  }
  return box;
}

/** The box of all layers that have something in them. */
export function boxOf(layers: readonly OfficeLayer[]): [number, number, number, number] | null {
  const boxes = layers.flatMap((layer) => (layer.extent ? [layer.extent] : []));
  if (boxes.length === 0) return null;
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ];
}
