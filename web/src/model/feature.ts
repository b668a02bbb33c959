import type { Geometry } from "geojson";
import type { Value } from "./layer.ts";

/** Where something happened, as the device told; metres are a 95 % radius. */
export interface DevicePosition {
  lon: number;
  lat: number;
  accuracy_m: number | null;
  /** Which way the device moved, degrees from north; only while it moves. */
  heading_deg?: number;
}

/** A photo that belongs to a feature; its bytes are known by their SHA-256. */
export interface Attachment {
  sha256: string;
  name: string;
  size_bytes: number;
  media_type: string;
  taken_at?: string | null;
  position?: DevicePosition | null;
}

/** How the geometry was found. */
export interface PositionQuality {
  method: string | null;
  accuracy_m: number | null;
  note: string | null;
}

export type Fields = Record<string, Value>;

/** A feature as the server gave it; revision 0 = not stored there yet. */
export interface Feature {
  layer: string;
  feature_id: string;
  revision: number;
  geometry: Geometry | null;
  fields: Fields;
  position?: PositionQuality | null;
  attachments: Attachment[];
}
