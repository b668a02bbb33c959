import type { Geometry, Position } from "geojson";
import proj4 from "proj4";
import { type DatumShift, shiftBack, shiftForward } from "./datum_shift.ts";
import { positionsOf } from "./distance.ts";

/** Plane rectangular zones 1 to 19 (平面直角座標系): latitude and longitude of their origins, degrees. */
const ZONES: readonly (readonly [number, number])[] = [
  [33, 129.5],
  [33, 131],
  [36, 132 + 1 / 6],
  [33, 133.5],
  [36, 134 + 1 / 3],
  [36, 136],
  [36, 137 + 1 / 6],
  [36, 138.5],
  [36, 139 + 5 / 6],
  [40, 140 + 5 / 6],
  [44, 140.25],
  [44, 142.25],
  [44, 144.25],
  [26, 142],
  [26, 127.5],
  [26, 124],
  [26, 131],
  [20, 136],
  [26, 154],
];
/** JGD2011 and WGS 84 are drawn as they are. The office tells how far the others lie from them, once for an area. */
type Datum = "jgd2011" | "jgd2000" | "tokyo";
const ELLIPSOIDS = {
  jgd2011: "+ellps=GRS80",
  jgd2000: "+ellps=GRS80",
  tokyo: "+a=6377397.155 +rf=299.1528128",
} satisfies Record<Datum, string>;
/** Codes of degrees, and the first of the codes of zones. */
const DEGREE_CODES = new Map<number, Datum>([
  [4326, "jgd2011"],
  [6668, "jgd2011"],
  [4612, "jgd2000"],
  [4301, "tokyo"],
]);
const PLANE_CODES: readonly { first: number; datum: Datum }[] = [
  { first: 6669, datum: "jgd2011" },
  { first: 2443, datum: "jgd2000" },
  { first: 30161, datum: "tokyo" },
];
const UTM_CODES: readonly { first: number; n: number; datum: Datum }[] = [
  { first: 6688, n: 5, datum: "jgd2011" },
  { first: 3097, n: 5, datum: "jgd2000" },
  { first: 3092, n: 5, datum: "tokyo" },
  { first: 32651, n: 6, datum: "jgd2011" },
];
const FIRST_UTM_ZONE = 51;
/** terra-draw keeps as many digits of a degree: a tenth of a millimetre. */
export const DEGREE_DIGITS = 9;

type Convert = (position: Position) => Position;
type Projection = { toDegrees: Convert; toLayer: Convert };

const projections = new Map<string, Projection | null>();
let converted = new WeakMap<Geometry, Geometry>();
let shifts = new Map<string, DatumShift>();

/** Takes what the office told of datums; by it places are converted from now on. */
export function useShifts(told: readonly DatumShift[]): void {
  shifts = new Map(told.map((shift) => [shift.crs, shift]));
  projections.clear();
  converted = new WeakMap();
}

/** Whether places of this CRS are only drawn well, or at all, with a shift that the office tells. */
export function wantsShift(crs: string): boolean {
  return (datumOf(crs) ?? "jgd2011") !== "jgd2011";
}

/** How far places of this CRS may be from the truth for its datum, metres; null = nothing worth telling. */
export const datumAccuracyM = (crs: string) => shifts.get(crs)?.accuracy_m ?? null;

/** Whether the tablet can show places of this CRS on a map, and make new ones. */
export function isPlaceable(crs: string): boolean {
  return projectionOf(crs) !== null;
}

/** The zone (1 to 19) of a plane rectangular CRS; null for any other. */
export function planeZone(crs: string): number | null {
  const code = codeOf(crs);
  const run = PLANE_CODES.find(({ first }) => code >= first && code < first + ZONES.length);
  return run ? code - run.first + 1 : null;
}

/** The CRS of a plane rectangular zone. */
export const planeCode = (zone: number) => `EPSG:${(PLANE_CODES[0]?.first ?? 0) + zone - 1}`;

/** The zone whose origin lies nearest to a place. */
export function nearestZone([lon = 0, lat = 0]: Position): number {
  const away = ZONES.map(([zone_lat, zone_lon]) => Math.hypot(zone_lat - lat, zone_lon - lon));
  return away.indexOf(Math.min(...away)) + 1;
}

/** A geometry of a layer in degrees, as maps show it; null where there is none, or its CRS is not known here. */
export function inDegrees(geometry: Geometry | null, crs: string): Geometry | null {
  const projection = geometry && projectionOf(crs);
  if (!geometry || !projection) return null;
  if (projection === UNPROJECTED) return geometry;
  const known = converted.get(geometry);
  if (known) return known;
  const shown = mapPositions(geometry, projection.toDegrees);
  converted.set(geometry, shown);
  return shown;
}

/** A shape in degrees as the layer keeps it.
 *
 * What was not moved on the map comes back as it was, to the last digit and with its heights: its positions are taken
 * from the geometry before. A corner that was put onto one of a neighbour becomes the same as that.
 */
export function inLayer(
  shape: Geometry,
  crs: string,
  before: Geometry | null,
  neighbours: Iterable<Geometry> = [],
): Geometry {
  const projection = projectionOf(crs);
  if (!projection) throw new Error(`no places can be made in ${crs}`);
  const own = new Map<string, Position[]>();
  const others = new Map<string, Position>();
  for (const position of before ? positionsOf(before) : []) {
    const key = keyOf(projection.toDegrees(position));
    own.set(key, [...(own.get(key) ?? []), position]);
  }
  for (const neighbour of neighbours)
    for (const position of positionsOf(neighbour)) others.set(keyOf(projection.toDegrees(position)), position);
  return mapPositions(shape, (position) => {
    const key = keyOf(position);
    const candidates = own.get(key);
    // Neighbours that are one place on the map stay the two that they are.
    const known = candidates && candidates.length > 1 ? candidates.shift() : candidates?.[0];
    return known ?? others.get(key)?.slice(0, 2) ?? projection.toLayer(position);
  });
}

/** A place in degrees in a CRS as (east, north); null where the CRS is not known here. */
export function projectPlace(place: Position, crs: string): Position | null {
  return projectionOf(crs)?.toLayer(place) ?? null;
}

/** A shape as drawing tools take it: flat, and with as many digits as they keep. */
export function roundDegrees(shape: Geometry): Geometry {
  return mapPositions(shape, ([lon = 0, lat = 0]) => [lon, lat].map((value) => Number(value.toFixed(DEGREE_DIGITS))));
}

const UNPROJECTED: Projection = { toDegrees: (position) => position, toLayer: (position) => position };
const keyOf = ([lon = 0, lat = 0]: Position) => `${lon.toFixed(DEGREE_DIGITS)} ${lat.toFixed(DEGREE_DIGITS)}`;
const codeOf = (crs: string) => Number(/^EPSG:(\d+)$/i.exec(crs)?.[1] ?? Number.NaN);

function projectionOf(crs: string): Projection | null {
  const known = projections.get(crs);
  if (known !== undefined) return known;
  const shift = shifts.get(crs);
  const plain = datumOf(crs) === "tokyo" && !shift ? null : withoutDatum(crs);
  const projection = plain && shift ? shifted(plain, shift) : plain;
  projections.set(crs, projection);
  return projection;
}

/** Between a CRS and degrees of its own datum. */
function withoutDatum(crs: string): Projection | null {
  if (DEGREE_CODES.has(codeOf(crs))) return UNPROJECTED;
  const definition = definitionOf(crs);
  if (definition === null) return null;
  const converter = proj4(`+proj=longlat ${ELLIPSOIDS[datumOf(crs) ?? "jgd2011"]} +no_defs`, definition);
  return {
    toDegrees: ([x = 0, y = 0]) => converter.inverse([x, y]),
    toLayer: ([lon = 0, lat = 0]) => converter.forward([lon, lat]),
  };
}

function shifted({ toDegrees, toLayer }: Projection, shift: DatumShift): Projection {
  return {
    toDegrees: (position) => shiftForward(toDegrees(position), shift),
    toLayer: (position) => toLayer(shiftBack(position, shift)),
  };
}

function datumOf(crs: string): Datum | null {
  const code = codeOf(crs);
  const plane = PLANE_CODES.find(({ first }) => code >= first && code < first + ZONES.length);
  const utm = UTM_CODES.find(({ first, n }) => code >= first && code < first + n);
  return DEGREE_CODES.get(code) ?? (plane ?? utm)?.datum ?? null;
}

/** The parameters of a CRS as PROJ writes them. */
function definitionOf(crs: string): string | null {
  const zone = planeZone(crs);
  const [lat, lon] = (zone && ZONES[zone - 1]) || [];
  const ellipsoid = ELLIPSOIDS[datumOf(crs) ?? "jgd2011"];
  if (lat !== undefined)
    return `+proj=tmerc +lat_0=${lat} +lon_0=${lon} +k=0.9999 +x_0=0 +y_0=0 ${ellipsoid} +units=m +no_defs`;
  const code = codeOf(crs);
  const utm = UTM_CODES.find(({ first, n }) => code >= first && code < first + n);
  if (utm) return `+proj=utm +zone=${FIRST_UTM_ZONE + code - utm.first} ${ellipsoid} +units=m +no_defs`;
  return code === 3857
    ? "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +no_defs"
    : null;
}

function mapPositions(geometry: Geometry, convert: Convert): Geometry {
  if (geometry.type === "GeometryCollection")
    return { type: geometry.type, geometries: geometry.geometries.map((part) => mapPositions(part, convert)) };
  const walk = (coordinates: unknown): unknown =>
    Array.isArray(coordinates) && typeof coordinates[0] === "number"
      ? convert(coordinates as Position)
      : (coordinates as unknown[]).map(walk);
  return { type: geometry.type, coordinates: walk(geometry.coordinates) } as Geometry;
}
