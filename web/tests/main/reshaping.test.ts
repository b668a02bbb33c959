import type { Position } from "geojson";
import { expect, test } from "vitest";
import { DraftForm } from "../../src/main/tablet/draft.svelte.ts";
import { divideWishes } from "../../src/main/tablet/reshaping.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { newDatabase } from "../store/stored.ts";

const square = (west: number): Position[] => [
  [west, 36],
  [west + 1, 36],
  [west + 1, 37],
  [west, 37],
  [west, 36],
];
const shape = { type: "MultiPolygon" as const, coordinates: [[square(130)], [square(133)], [square(136)]] };
const seen = { ...FEATURE, geometry: shape };
const layer = { ...LAYER, geometry_type: "MultiPolygon" as const };
const form = () => new DraftForm(newDatabase(), layer, { seen });

function divide(...cut: Position[]) {
  const wishes = divideWishes(form(), cut, null);
  if (typeof wishes === "string") return wishes;
  return wishes.map(({ geometry }) => (geometry?.type === "MultiPolygon" ? geometry.coordinates : null));
}

test("of a shape of several parts the one that is cut is divided, and the others stay with it to the last digit", () => {
  const found = divide([133.75, 35], [133.75, 38]);
  if (typeof found === "string") throw new Error(found);
  const [made, left] = found;
  expect(made).toHaveLength(1);
  expect(left?.[0]).toEqual([square(130)]);
  expect(left?.[2]).toEqual([square(136)]);
  const width = (ring: Position[] = []) =>
    Math.max(...ring.map(([x = 0]) => x)) - Math.min(...ring.map(([x = 0]) => x));
  expect([width(made?.[0]?.[0]), width(left?.[1]?.[0])]).toEqual([0.25, 0.75]);
});

test("a cut through two parts divides both; one beside all of them none", () => {
  expect(divide([129, 36.5], [135, 36.6])).toHaveLength(3);
  expect(divide([129, 38], [140, 38])).toBe("beside");
});
