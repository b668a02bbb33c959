import type { Position } from "geojson";

/** GRS 80, the ellipsoid of JGD2011. */
const A_M = 6_378_137;
const F = 1 / 298.257222101;
const B_M = A_M * (1 - F);
const E2 = F * (2 - F);
const E = Math.sqrt(E2);
const RADIANS = Math.PI / 180;
const N_ROUNDS = 100;

/** Length of the geodesic between two (lon, lat) by Vincenty's inverse formula, metres. */
export function geodesicM([lon1 = 0, lat1 = 0]: Position, [lon2 = 0, lat2 = 0]: Position): number {
  const difference = (lon2 - lon1) * RADIANS;
  const [u1, u2] = [lat1, lat2].map((lat) => Math.atan((1 - F) * Math.tan(lat * RADIANS))) as [number, number];
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = difference;
  for (let round = 0; round < N_ROUNDS; round++) {
    const [sin_lambda, cos_lambda] = [Math.sin(lambda), Math.cos(lambda)];
    const sin_sigma = Math.hypot(cos2 * sin_lambda, cos1 * sin2 - sin1 * cos2 * cos_lambda);
    if (sin_sigma === 0) return 0;
    const cos_sigma = sin1 * sin2 + cos1 * cos2 * cos_lambda;
    const sigma = Math.atan2(sin_sigma, cos_sigma);
    const sin_alpha = (cos1 * cos2 * sin_lambda) / sin_sigma;
    const cos2_alpha = 1 - sin_alpha ** 2;
    const cos_2m = cos2_alpha === 0 ? 0 : cos_sigma - (2 * sin1 * sin2) / cos2_alpha;
    const c = (F / 16) * cos2_alpha * (4 + F * (4 - 3 * cos2_alpha));
    const inner = sigma + c * sin_sigma * (cos_2m + c * cos_sigma * (-1 + 2 * cos_2m ** 2));
    const next = difference + (1 - c) * F * sin_alpha * inner;
    if (Math.abs(next - lambda) > 1e-12) {
      lambda = next;
      continue;
    }
    const square = (cos2_alpha * (A_M ** 2 - B_M ** 2)) / B_M ** 2;
    const a = 1 + (square / 16384) * (4096 + square * (-768 + square * (320 - 175 * square)));
    const b = (square / 1024) * (256 + square * (-128 + square * (74 - 47 * square)));
    const tail = (b / 6) * cos_2m * (-3 + 4 * sin_sigma ** 2) * (-3 + 4 * cos_2m ** 2);
    const delta = b * sin_sigma * (cos_2m + (b / 4) * (cos_sigma * (-1 + 2 * cos_2m ** 2) - tail));
    return B_M * a * (sigma - delta);
  }
  return Number.NaN;
}

/** Length of a line on the ellipsoid, metres. */
export function lineLengthM(line: readonly Position[]): number {
  return line.slice(1).reduce((sum, position, index) => sum + geodesicM(line[index] ?? position, position), 0);
}

/** Area inside a ring on the ellipsoid, square metres, whichever way round it goes.
 *
 * In the cylindrical projection that keeps areas; sides of some kilometres differ from geodesics by parts per million.
 */
export function ringAreaM2(ring: readonly Position[]): number {
  const [lon0 = 0, lat0 = 0] = ring[0] ?? [];
  const y0 = height(lat0);
  // From a corner of its own, so that small areas lose no digits.
  const flat = ring.map(([lon = 0, lat = 0]) => [A_M * (lon - lon0) * RADIANS, height(lat) - y0] as const);
  const twice = flat.reduce((sum, [x, y], index) => {
    const [next_x, next_y] = flat[(index + 1) % flat.length] ?? [x, y];
    return sum + x * next_y - next_x * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/** Height of a latitude in the projection that keeps areas, metres. */
function height(lat: number): number {
  const sin = Math.sin(lat * RADIANS);
  const q = sin / (1 - E2 * sin ** 2) + Math.atanh(E * sin) / E;
  return (A_M * (1 - E2) * q) / 2;
}
