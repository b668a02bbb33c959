import { expect, test } from "vitest";
import { fieldStyle } from "../../src/map/field_style.ts";
import { symbolOf, toMapFeature } from "../../src/map/layer_style.ts";
import { shapePath } from "../../src/map/markers.ts";
import { FEATURE, LAYER } from "../samples.ts";

const layer = {
  ...LAYER,
  style: {
    color: "#0017c1",
    shape: "circle" as const,
    label_min_zoom: 16,
    category_field: "status",
    categories: [{ code: "球切れ", color: "#ec0000", shape: "triangle" as const }],
  },
};
const drawn = { layer, n_features: 9 };
const pack = { name: "base", sha256: "ab", attribution: "市", read: async () => new ArrayBuffer(0) };

test("a feature has the colour and shape of its category, else those of its layer", () => {
  expect(symbolOf(layer, { status: "球切れ" })).toEqual({ color: "#ec0000", shape: "triangle" });
  expect(symbolOf(layer, { status: "点灯" })).toEqual({ color: "#0017c1", shape: "circle" });
  expect(symbolOf(LAYER, {})).toMatchObject({ shape: "circle" });
});

test("the map gets what it draws: label, marker and badge; what has no place is not drawn", () => {
  const told = { label: "A-1", mark: "unsent" as const };
  expect(toMapFeature(layer, FEATURE, told)?.properties).toMatchObject({
    feature_id: FEATURE.feature_id,
    label: "A-1",
    icon: "marker:circle:#0017c1",
    badge: "badge:unsent",
  });
  expect(toMapFeature(layer, { ...FEATURE, geometry: null }, told)).toBeNull();
});

test("a very long name is cut on the map, whole letters by whole letters", () => {
  const label = (text: string) => toMapFeature(layer, FEATURE, { label: text, mark: null })?.properties?.label;
  expect(label("𠮷".repeat(24))).toBe("𠮷".repeat(24));
  expect(label("𠮷".repeat(25))).toBe(`${"𠮷".repeat(23)}…`);
});

test("the style asks the network for nothing: no glyphs, no sprite, tiles only from packs on the device", () => {
  const style = fieldStyle([drawn], [pack]);
  expect(style).not.toHaveProperty("glyphs");
  expect(style).not.toHaveProperty("sprite");
  const urls = Object.values(style.sources).flatMap((source) => ("url" in source ? [source.url] : []));
  expect(urls).toEqual(["pmtiles://ab"]);
  expect(JSON.stringify(style)).not.toContain("http");
});

test("features keep their ids in the map, and names appear where the layer says", () => {
  const { sources, layers } = fieldStyle([drawn], []);
  expect(sources["ledger-street_light"]).toMatchObject({ promoteId: "feature_id" });
  expect(layers.find(({ id }) => id === "ledger-street_light-label")).toMatchObject({ minzoom: 16 });
});

test("markers of all layers lie above all areas, and names above all markers", () => {
  const ids = fieldStyle([drawn, { layer: { ...layer, key: "park" }, n_features: 9 }], []).layers.map(({ id }) => id);
  expect(ids.indexOf("ledger-park-area")).toBeLessThan(ids.indexOf("ledger-street_light-marker"));
  expect(ids.indexOf("ledger-park-marker")).toBeLessThan(ids.indexOf("ledger-street_light-label"));
});

test("a style of the office's own draws the features that are here, under badges and with their fields", () => {
  const lamp = {
    id: "street_light-lamp",
    type: "circle" as const,
    source: "layers",
    "source-layer": "street_light",
    minzoom: 12,
    paint: { "circle-color": "#00ff00", "circle-opacity": ["get", "watts"] as ["get", string] },
  };
  const hidden = { ...lamp, id: "hidden", layout: { visibility: "none" as const } };
  const own = { ...drawn, own_style: [lamp, hidden] };
  const { sources, layers } = fieldStyle([own], []);
  const ids = layers.map(({ id }) => id).filter((id) => id.startsWith("ledger-"));
  expect(ids).toEqual(["ring", "own0", "own1", "badge"].map((part) => `ledger-street_light-${part}`));
  const [first, second] = layers.filter(({ id }) => id.includes("-own"));
  expect(first).toMatchObject({ source: "ledger-street_light", minzoom: 12, paint: lamp.paint });
  expect(first).not.toHaveProperty("source-layer");
  expect(second?.layout?.visibility).toBe("none");
  expect(sources).toHaveProperty("ledger-street_light");
  const paler = fieldStyle([{ ...own, view: { is_visible: true, opacity: 0.5 } }], []).layers;
  expect(paler.find(({ id }) => id.endsWith("own0"))?.paint).toMatchObject({ "circle-opacity": 0.5 });
  const { length } = fieldStyle([{ ...drawn, own_style: [] }], []).layers;
  expect(length).toBe(fieldStyle([drawn], []).layers.length);

  const feature = { ...FEATURE, fields: { watts: 1, label: "x" } };
  const told = { label: "A-1", mark: null, is_styled: true };
  expect(toMapFeature(layer, feature, told)?.properties).toMatchObject({ watts: 1, label: "A-1" });
  expect(toMapFeature(layer, feature, { label: "", mark: null })?.properties).not.toHaveProperty("watts");
});

test("every shape has an outline of its own", () => {
  const paths = (["circle", "square", "triangle", "diamond", "cross"] as const).map((shape) => shapePath(shape));
  expect(new Set(paths).size).toBe(5);
  for (const path of paths) expect(path).toMatch(/^M[-\d. ]+.*Z$/);
});

test("a crowded layer of other than single points is drawn as dots from afar, so that no tile has more pictures than MapLibre can place", () => {
  const crowded = { layer: { ...layer, geometry_type: "MultiPoint" as const }, n_features: 50_000 };
  const { layers } = fieldStyle([crowded], []);
  const dots = layers.find(({ id }) => id === "ledger-street_light-dot");
  const markers = layers.find(({ id }) => id.endsWith("-marker"));
  expect(dots?.maxzoom).toBe(markers?.minzoom);
  expect(fieldStyle([drawn], []).layers.some(({ id }) => id === "ledger-street_light-dot")).toBe(false);
});

test("a poor position has a ring of its radius on the ground, coloured by how it was placed", () => {
  const feature = { ...FEATURE, position: { method: "address", accuracy_m: 300, note: null } };
  const drawn = toMapFeature(LAYER, feature, { label: "", mark: null });
  const lat = feature.geometry?.type === "Point" ? (feature.geometry.coordinates[1] ?? 0) : 0;
  const m_per_px = (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** 22);
  expect((drawn?.properties?.ring_px ?? 0) * m_per_px).toBeCloseTo(300, 3);
  expect(drawn?.properties?.ring_color).toBe("#c74700");
  expect(toMapFeature(LAYER, FEATURE, { label: "", mark: null })?.properties).not.toHaveProperty("ring_px");
});
