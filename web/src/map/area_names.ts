import type { Feature as MapFeature } from "geojson";
import { innerPlace } from "../geometry/ring.ts";

/** The source of the names and badges of a layer's areas: on areas themselves, each tile that they reach would have its own. */
export const namesId = (key: string) => `names-${key}`;

/** Whether a layer may have areas. */
export const mayHaveAreas = (geometry_type: string) => ["Polygon", "MultiPolygon", "Geometry"].includes(geometry_type);

/** Where the name and badge of a feature stand: one place inside each of its areas; null for what is no area. */
export function nameOf({ geometry, properties }: MapFeature): MapFeature | null {
  const areas =
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
  if (!areas.length) return null;
  const { feature_id, label, badge } = properties ?? {};
  return {
    type: "Feature",
    geometry: { type: "MultiPoint", coordinates: areas.map(innerPlace) },
    properties: { feature_id, label, badge },
  };
}
