import type { Position } from "geojson";

/** What takes positions of a datum to JGD2011, at the nodes of a grid (docs/format.md, `GET /datum-shift`); degrees. */
export interface DatumShift {
  crs: string;
  west: number;
  south: number;
  step: readonly [number, number];
  n_columns: number;
  n_rows: number;
  /** East and north of each node, row by row from the south-west. */
  shifts: readonly number[];
  /** How far this may be from the truth; null = nothing worth telling. */
  accuracy_m: number | null;
}

/** Steps of going back: each brings three digits. */
const N_STEPS = 5;

/** A position of the datum in JGD2011; beyond the grid its edge holds. */
export function shiftForward([lon = 0, lat = 0, ...rest]: Position, shift: DatumShift): Position {
  const [east, north] = shiftAt(lon, lat, shift);
  return [lon + east, lat + north, ...rest];
}

/** A position of JGD2011 in the datum: what `shiftForward` takes to it. */
export function shiftBack([lon = 0, lat = 0, ...rest]: Position, shift: DatumShift): Position {
  let [x, y] = [lon, lat];
  for (let step = 0; step < N_STEPS; step++) {
    const [east, north] = shiftAt(x, y, shift);
    [x, y] = [lon - east, lat - north];
  }
  return [x, y, ...rest];
}

function shiftAt(lon: number, lat: number, shift: DatumShift): [number, number] {
  const { west, south, step, n_columns, n_rows, shifts } = shift;
  const [column, right] = cellOf((lon - west) / step[0], n_columns);
  const [row, up] = cellOf((lat - south) / step[1], n_rows);
  const at = (axis: number) => {
    const node = (r: number, c: number) => shifts[2 * ((row + r) * n_columns + column + c) + axis] ?? 0;
    const below = node(0, 0) * (1 - right) + node(0, 1) * right;
    const above = node(1, 0) * (1 - right) + node(1, 1) * right;
    return below * (1 - up) + above * up;
  };
  return [at(0), at(1)];
}

/** The cell along one axis, and how far in it a position lies. */
function cellOf(position: number, n_nodes: number): [number, number] {
  const cell = Math.min(Math.max(Math.floor(position), 0), n_nodes - 2);
  return [cell, Math.min(Math.max(position - cell, 0), 1)];
}
