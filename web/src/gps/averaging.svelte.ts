import { distanceM } from "../geometry/distance.ts";
import { quantile } from "../geometry/quantile.ts";
import type { Fix } from "./gps.svelte.ts";

/** Fixes that make an average; the tenth brings little more. */
export const N_FIXES = 10;

/** A place from several fixes. */
export interface Average {
  lon: number;
  lat: number;
  /** Not better than the typical fix, and not smaller than how far they lie apart. */
  accuracy_m: number;
  n_fixes: number;
}

/** The mean of fixes, the exact ones weighing more; null without any.
 *
 * Fixes of one minute share their error, so their number makes the accuracy no smaller: it is the median of theirs,
 * or the distance that contains 95 % of them, whichever is larger.
 */
export function averageOf(fixes: readonly Fix[]): Average | null {
  if (!fixes.length) return null;
  const weights = fixes.map(({ accuracy_m }) => 1 / Math.max(accuracy_m, 0.1) ** 2);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const mean = (value: (fix: Fix) => number) =>
    fixes.reduce((total, fix, index) => total + value(fix) * (weights[index] ?? 0), 0) / sum;
  const [lon, lat] = [mean((fix) => fix.lon), mean((fix) => fix.lat)];
  const spread = quantile(
    fixes.map((fix) => distanceM([lon, lat], [fix.lon, fix.lat])),
    0.95,
  );
  const typical = quantile(
    fixes.map((fix) => fix.accuracy_m),
    0.5,
  );
  return { lon, lat, accuracy_m: Math.round(Math.max(spread, typical) * 10) / 10, n_fixes: fixes.length };
}

/** Collects fixes while the crew stands still; each fix counts once. */
export class Averaging {
  fixes = $state.raw<Fix[]>([]);

  get average(): Average | null {
    return averageOf(this.fixes);
  }

  get is_done(): boolean {
    return this.fixes.length >= N_FIXES;
  }

  take(fix: Fix): void {
    if (!this.is_done && this.fixes.at(-1)?.at.getTime() !== fix.at.getTime()) this.fixes = [...this.fixes, fix];
  }
}
