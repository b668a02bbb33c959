import { expect, test } from "vitest";
import { innerPlace, isInside } from "../../src/geometry/ring.ts";
import { nameOf } from "../../src/map/area_names.ts";
import { fieldStyle } from "../../src/map/field_style.ts";
import { LAYER } from "../samples.ts";

const SQUARE = [
  [0, 0],
  [4, 0],
  [4, 4],
  [0, 4],
  [0, 0],
];
/** Open to the east: the middle of its box is outside. */
const HORSESHOE = [
  [0, 0],
  [9, 0],
  [9, 1],
  [2, 1],
  [2, 5],
  [9, 5],
  [9, 6],
  [0, 6],
  [0, 0],
];
const HOLE = [
  [1, 1],
  [1, 3],
  [3.5, 3],
  [3.5, 1],
  [1, 1],
];

test("the place of a name lies inside its area, not in a bay or a hole", () => {
  expect(innerPlace([SQUARE])).toEqual([2, 2]);
  expect(isInside(innerPlace([HORSESHOE]), HORSESHOE)).toBe(true);
  expect(innerPlace([SQUARE, HOLE])).toEqual([0.5, 2]);
});

test("each area of a feature is named once, and what is no area is not named here", () => {
  const properties = { feature_id: "a", label: "冠水", badge: "", color: "#8b0000" };
  const geometry = { type: "MultiPolygon" as const, coordinates: [[SQUARE], [HORSESHOE]] };
  expect(nameOf({ type: "Feature", geometry, properties })).toEqual({
    type: "Feature",
    geometry: { type: "MultiPoint", coordinates: [innerPlace([SQUARE]), innerPlace([HORSESHOE])] },
    properties: { feature_id: "a", label: "冠水", badge: "" },
  });
  expect(nameOf({ type: "Feature", geometry: { type: "LineString", coordinates: SQUARE }, properties })).toBeNull();
});

test("areas have their names from a source of places, and no second one of their own", () => {
  const layer = { ...LAYER, key: "flood", geometry_type: "Polygon" as const };
  const { sources, layers } = fieldStyle([{ layer, n_features: 1 }], []);
  const named = layers.filter(({ id }) => id.includes("-label"));
  expect(named.map((one) => "source" in one && one.source)).toEqual(["ledger-flood", "names-flood"]);
  expect(sources).toHaveProperty("names-flood");
  expect(JSON.stringify(named[0])).toContain('["!",["in",["geometry-type"],["literal",["Polygon","MultiPolygon"]]]]');
  expect(fieldStyle([{ layer: LAYER, n_features: 1 }], []).sources).not.toHaveProperty(`names-${LAYER.key}`);
});
