import type { Point } from "geojson";
import type { Change, OutboxEntry } from "../src/model/change.ts";
import type { Feature } from "../src/model/feature.ts";
import type { Nature } from "../src/model/identity.ts";
import type { Field, Layer } from "../src/model/layer.ts";

/** Small values that many tests need; every call gives the same. */

export const POINT = (lon: number, lat: number): Point => ({ type: "Point", coordinates: [lon, lat] });

export const FIELD = (over: Partial<Field> & { name: string }): Field => ({
  field_id: `street_light.${over.name}`,
  title: { ja: over.name, en: over.name },
  type: "text",
  ...over,
});

export const LAYER: Layer = {
  format: "gis-capture.layer/v1",
  key: "street_light",
  definition_version: 3,
  title: { ja: "街路灯", en: "Street lights" },
  geometry_type: "Point",
  crs: "EPSG:6668",
  label: "{ledger_number}",
  fields: [
    FIELD({ name: "ledger_number", constraints: { required: true, max_length: 10 } }),
    FIELD({
      name: "status",
      default: "点灯",
      domain: {
        allows_other: false,
        codes: ["点灯", "球切れ", "撤去"].map((code) => ({ code, title: { ja: code, en: code } })),
      },
    }),
  ],
};

export const FEATURE: Feature = {
  layer: "street_light",
  feature_id: "01939a00-0000-7000-8000-000000000001",
  revision: 41,
  geometry: POINT(137.25, 36.14),
  fields: { ledger_number: "A-1", status: "点灯" },
  attachments: [],
};

/** A clock that stands still and dice that count. */
export const NATURE: Nature = {
  now: () => new Date("2026-11-23T02:10:00Z"),
  randomBytes: (n_bytes) => Uint8Array.from({ length: n_bytes }, (_, index) => index),
};

export const entryOf = (change: Change, state: OutboxEntry["state"] = "unsent", sequence = 1): OutboxEntry => ({
  sequence,
  change,
  state,
  is_offered: false,
  receipt: null,
  label: "A-1",
});
