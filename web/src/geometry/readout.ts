import type { Position } from "geojson";
import { inDegrees, nearestZone, planeCode, projectPlace } from "./projection.ts";

/** The code of the grid cell that holds a place (JIS X 0410, third level: about 1 km). */
export function meshCode([lon = 0, lat = 0]: Position): string {
  const [p, u] = [Math.floor(lat * 1.5), Math.floor(lon) - 100];
  const [north, east] = [lat * 1.5 - p, lon - Math.floor(lon)];
  const [q, v] = [Math.floor(north * 8), Math.floor(east * 8)];
  const [r, w] = [Math.floor((north * 8 - q) * 10), Math.floor((east * 8 - v) * 10)];
  return `${String(p).padStart(2, "0")}${String(u).padStart(2, "0")}${q}${v}${r}${w}`;
}

/** A place in plane rectangular coordinates, as surveyors write them: X runs north.
 *
 * @param zone The zone that is in use here; without one that whose origin is nearest, which at borders of prefectures
 * may be the neighbour's.
 */
export function planePlace(place: Position, zone: number | null): { zone: number; x_m: number; y_m: number } {
  const used = zone ?? nearestZone(place);
  const [y_m = 0, x_m = 0] = projectPlace(place, planeCode(used)) ?? [];
  return { zone: used, x_m, y_m };
}

/** "36°08′46.1″" of degrees. */
export function degreesMinutes(degrees: number): string {
  const tenths = Math.round(Math.abs(degrees) * 36_000);
  const [whole, minutes, seconds] = [Math.floor(tenths / 36_000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10];
  const two = (value: number, digits = 0) => value.toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
  return `${degrees < 0 ? "-" : ""}${whole}°${two(minutes)}′${two(seconds, 1)}″`;
}

const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const PART = String.raw`${NUMBER}\s*(?:[°度]\s*(?:${NUMBER}\s*[′'分]\s*(?:${NUMBER}\s*(?:[″"秒]|''))?)?)?`;
const COORDINATES = new RegExp(
  String.raw`^(?:緯度|北緯|N)?\s*${PART}\s*[NE]?[\s,、/]+(?:経度|東経|E)?\s*${PART}\s*[NE]?$`,
  "i",
);

const SIGNED = String.raw`([-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-−]?\d+(?:\.\d+)?)\s*(?:m|メートル)?`;
const PLANE = new RegExp(
  String.raw`^(?:(?:第?(\d{1,2})系)[\s,、:]*)?X\s*[=:]?\s*${SIGNED}[\s,、/]*Y\s*[=:]?\s*${SIGNED}$`,
  "i",
);
const MESH = /^(\d\d)(\d\d)-?([0-7])([0-7])-?(\d)(\d)$/;

/** Reads a place in Japan as people write it: "36.1461, 137.2526", either order, in degrees, minutes, seconds, as plane
 * rectangular coordinates ("7系 X=16213.4 Y=7732.9", X runs north), or as the code of a grid cell, whose middle it is.
 *
 * @param zone The plane rectangular zone in use, where none is written.
 */
export function parsePlace(text: string, zone: number | null = null): [number, number] | null {
  const plain = text.normalize("NFKC").replaceAll("′", "'").replaceAll("″", '"').trim();
  return parseDegrees(plain) ?? parsePlane(plain, zone) ?? parseMesh(plain);
}

const isInJapan = (lon: number, lat: number) => lat >= 20 && lat <= 46 && lon >= 122 && lon <= 154;

function parsePlane(plain: string, zone: number | null): [number, number] | null {
  const [, of_zone, x = "", y = ""] = PLANE.exec(plain) ?? [];
  const used = of_zone ? Number(of_zone) : zone;
  if (!x || !used || used < 1 || used > 19) return null;
  const [x_m = 0, y_m = 0] = [x, y].map((number) => Number(number.replaceAll(",", "").replace("−", "-")));
  const place = inDegrees({ type: "Point", coordinates: [y_m, x_m] }, planeCode(used));
  const [lon = 0, lat = 0] = place?.type === "Point" ? place.coordinates : [];
  return isInJapan(lon, lat) ? [lon, lat] : null;
}

function parseMesh(plain: string): [number, number] | null {
  const [p, u, q, v, r, w] = (MESH.exec(plain) ?? []).slice(1).map(Number);
  if (p === undefined || u === undefined || q === undefined || v === undefined) return null;
  const lat = (p + (q + ((r ?? 0) + 0.5) / 10) / 8) / 1.5;
  const lon = 100 + u + (v + ((w ?? 0) + 0.5) / 10) / 8;
  return isInJapan(lon, lat) ? [lon, lat] : null;
}

function parseDegrees(plain: string): [number, number] | null {
  const found = COORDINATES.exec(plain.replace(/^(東経|経度|E)\s*/i, ""));
  if (!found) return null;
  const value = (from: number) =>
    Number(found[from]) + Number(found[from + 1] ?? 0) / 60 + Number(found[from + 2] ?? 0) / 3600;
  const [first, second] = [value(1), value(4)];
  const [lat, lon] = first < second ? [first, second] : [second, first];
  return isInJapan(lon, lat) ? [lon, lat] : null;
}
