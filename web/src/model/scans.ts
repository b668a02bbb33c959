import type { Position } from "geojson";
import type { Text } from "./text.ts";

export const METHODS = ["similarity", "affine", "polynomial", "tps"] as const;
export type Method = (typeof METHODS)[number];

/** How far one control point can be trusted. */
export interface Trust {
  error_m: number;
  left_out_m: number | null;
  is_suspect: boolean;
}

/** A scanned map that is being placed: docs/format.md §4. */
export interface Scan {
  name: string;
  title: string;
  attribution: string;
  width: number;
  height: number;
  crs: string | null;
  method: Method;
  n_least: number;
  /** Column, row, and the place in the CRS. */
  points: [number, number, number, number][];
  /** The places in degrees. */
  places: Position[];
  mask: Position[];
  trust: Trust[];
  picture: {
    state: "ready" | "waiting" | "building" | "stopped" | "failed";
    url?: string;
    progress?: number;
    problem?: Text;
  };
}

/** A control point on its way: one of its sides may still be missing. */
export interface Pair {
  id: number;
  pixel: Position | null;
  place: Position | null;
}

export const isWhole = (pair: Pair): pair is Pair & { pixel: Position; place: Position } =>
  pair.pixel !== null && pair.place !== null;

/** Puts one side of a point where it is missing first, or begins a new point. */
export function withSide(pairs: readonly Pair[], side: "pixel" | "place", position: Position): Pair[] {
  const waiting = pairs.find((pair) => pair[side] === null);
  if (waiting) return pairs.map((pair) => (pair === waiting ? { ...pair, [side]: position } : pair));
  const id = Math.max(0, ...pairs.map((pair) => pair.id)) + 1;
  // One point at a time: a second click on the same side corrects the first one.
  const open = pairs.find((pair) => !isWhole(pair));
  if (open) return pairs.map((pair) => (pair === open ? { ...pair, [side]: position } : pair));
  return [...pairs, { id, pixel: null, place: null, [side]: position }];
}

/** What a person is to click next: the scan, the map, or either of them. */
export function nextSide(pairs: readonly Pair[]): "pixel" | "place" | "any" {
  if (pairs.some(({ pixel }) => pixel === null)) return "pixel";
  return pairs.some(({ place }) => place === null) ? "place" : "any";
}
