import { expect, test } from "vitest";
import { findRows, type Row, walkRound } from "../../src/main/tablet/search.ts";
import { foldText } from "../../src/model/fold.ts";
import { FEATURE, LAYER, POINT } from "../samples.ts";

const feature = (feature_id: string, ledger_number: string, place: [number, number] | null) => ({
  ...FEATURE,
  feature_id,
  fields: { ledger_number, status: "点灯" },
  geometry: place && POINT(...place),
});
const features = [
  feature("far", "Ａ－１０ サクラ町", [138, 36]),
  feature("none", "A-10 無所", null),
  feature("near", "A-12 さくら町", [137.001, 36]),
];
const source = [{ layer: LAYER, features }];
const label = ({ feature: one }: Row) => String(one.fields.ledger_number);
const found = (query: string, from: [number, number] | null = [137, 36]) =>
  findRows(source, query, from, label).map((row) => row.feature.feature_id);

test("the nearest comes first, what has no place last", () => {
  expect(found("")).toEqual(["near", "far", "none"]);
});

test("width, case and kana do not matter; all words must be there", () => {
  expect(found("a-10")).toEqual(["far", "none"]);
  expect(found("ｻｸﾗ")).toEqual(["near", "far"]);
  expect(found("桜")).toEqual([]);
  expect(found("さくら 12")).toEqual(["near"]);
});

test("without a place to measure from, rows go by their names", () => {
  expect(found("", null)).toEqual(["far", "none", "near"]);
  expect(findRows(source, "", null, label)[0]?.distance_m).toBeNull();
});

test("all kinds of dashes are one", () => {
  expect(foldText("Ａ−１‐２ー３")).toBe("a-1-2-3");
});

function endOf<Found>(walk: Generator<void, Found>): Found {
  let step = walk.next();
  while (!step.done) step = walk.next();
  return step.value;
}

test("the nearest of what a round has left is found; what has no place on earth is passed over", () => {
  const at = (feature_id: string, lon: number) => ({ ...FEATURE, feature_id, geometry: POINT(lon, 36.14) });
  const features = [at("far", 137.3), at("near", 137.2501), at("done", 137.25), at("drawing", 4000)];
  const untouched = { layer: { ...LAYER, key: "park" }, features: [at("nearest", 137.25)] };
  const source = [{ layer: LAYER, features }, untouched];
  const from = [137.25, 36.14] as const;
  const found = (is_left: (id: string) => boolean) => {
    const { is_going, next } = endOf(walkRound(source, from, (_, feature) => is_left(feature.feature_id)));
    return [is_going, next?.feature.feature_id ?? null];
  };
  expect(found((id) => id !== "done")).toEqual([true, "near"]);
  expect(found((id) => id === "nearest")).toEqual([true, null]);
  expect(found(() => true)).toEqual([false, null]);
});
