import type { Geometry, Position } from "geojson";
import { requestJson, ServerError } from "./http.ts";

/** How a scanned map helps: a place goes to its dark line, or the area that such lines close is filled. */
export type TracingAid = "snap" | "fill";

/** Asks the office for help to trace the uppermost of some rasters that shows something at a place, in degrees.
 *
 * @returns A Point or a Polygon; null where no dark line is within so many metres.
 * @throws OfflineError Nothing answered. @throws ServerError There is no closed area, with the reason.
 */
export async function trace(
  rasters: readonly string[],
  aid: TracingAid,
  [lon = 0, lat = 0]: Position,
  within_m: number,
): Promise<Geometry | null> {
  const asked = new URLSearchParams({ aid, lon: `${lon}`, lat: `${lat}`, within_m: `${Math.min(within_m, 100)}` });
  let outside: ServerError | null = null;
  for (const raster of rasters) {
    try {
      const path = `/rasters/${encodeURIComponent(raster)}/trace?${asked}`;
      const { geometry } = await requestJson<{ geometry: Geometry | null }>(path);
      if (geometry) return geometry;
    } catch (error) {
      if (!(error instanceof ServerError && error.code === "trace_outside")) throw error;
      outside = error;
    }
  }
  if (outside) throw outside;
  return null;
}
