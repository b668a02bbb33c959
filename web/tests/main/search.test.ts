import { expect, test } from "vitest";
import { matchedField, type Row, walkRound, walkRows } from "../../src/main/tablet/search.ts";
import type { Feature } from "../../src/model/feature.ts";
import { foldText } from "../../src/model/fold.ts";
import type { Layer } from "../../src/model/layer.ts";
import { FEATURE, FIELD, LAYER, POINT } from "../samples.ts";

function endOf<Found>(walk: Generator<void, Found>): Found {
  let step = walk.next();
  while (!step.done) step = walk.next();
  return step.value;
}

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
const search = (
  from_source: { layer: Layer; features: Feature[] }[],
  query: string,
  from: [number, number] | null,
  n_rows = 9,
) => endOf(walkRows(from_source, { query, from, label, n_rows }));
const found = (query: string, from: [number, number] | null = [137, 36]) =>
  search(source, query, from).rows.map((row) => row.feature.feature_id);

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
  expect(search(source, "", null).rows[0]?.distance_m).toBeNull();
});

test("as many rows as are wanted are kept, the first ones, and all are counted", () => {
  const lights = Array.from({ length: 50 }, (_, n) => feature(`${n}`, "A-1", [137 + ((n * 7) % 50) / 1000, 36]));
  const { rows, n_found } = search([{ layer: LAYER, features: lights }], "a", [137, 36], 3);
  expect([rows.map(({ distance_m }) => Math.round((distance_m ?? 0) / 89.96)), n_found]).toEqual([[0, 1, 2], 50]);
});

const NUMBERED: Layer = {
  ...LAYER,
  key_fields: ["ledger_number"],
  label: "{name}",
  fields: [...LAYER.fields, FIELD({ name: "name" }), FIELD({ name: "code" }), FIELD({ name: "seen_on", type: "date" })],
};
/** Each number at a place of its own, the first one farthest away. */
const numbered = (...lights: Record<string, string>[]) => {
  const source = lights.map((fields, n) => ({
    ...FEATURE,
    feature_id: fields.ledger_number ?? `${n}`,
    fields: { name: "灯", code: "212032", seen_on: "2012-04-01", ...fields },
    geometry: POINT(138 - n / 100, 36),
  }));
  return (query: string) =>
    search([{ layer: NUMBERED, features: source }], query, [137, 36], 99).rows.map(({ feature }) => feature.feature_id);
};

test("a ledger number is found however it is written, and before all else that holds its digits", () => {
  const found = numbered(
    { ledger_number: "0012" },
    { ledger_number: "0120" },
    { ledger_number: "7", name: "第12集会所" },
    { ledger_number: "8", code: "12-3" },
    { ledger_number: "9" },
  );
  for (const query of ["12", "0012", "№12", "No.12", "no. 12", "１２号", "12 番", "第12号", "防-12", "防１２"]) {
    expect([query, found(query)[0]]).toEqual([query, "0012"]);
  }
  expect(found("12")).toEqual(["0012", "0120", "7", "8"]);
  expect(found("2032")).toEqual(["9", "7", "0120", "0012"]);
  expect(found("032")).not.toContain("8");
});

test("a number with a name before it is found with and without that, but not by another name", () => {
  const found = numbered({ ledger_number: "防-0012" }, { ledger_number: "街No.12" }, { ledger_number: "R3-0012" });
  expect(found("防12")).toEqual(["防-0012"]);
  expect(found("街-12号")).toEqual(["街No.12"]);
  expect(found("12")).toEqual(["R3-0012", "街No.12", "防-0012"]);
  expect(found("12番地")).toEqual([]);
});

test("what matched is told where the label does not show it, a number before all else", () => {
  const told = (query: string, layer = NUMBERED) => {
    const fields = { code: "12-3", name: "灯", ledger_number: "0012" };
    return matchedField(layer, { ...FEATURE, fields }, query, fields.name)?.name;
  };
  expect(told("12号")).toBe("ledger_number");
  expect(told("12-3")).toBe("code");
  expect(told("灯")).toBeUndefined();
  expect(told("12", { ...NUMBERED, label: "{name} {ledger_number}" })).toBeUndefined();
});

test("all kinds of dashes are one", () => {
  expect(foldText("Ａ−１‐２ー３")).toBe("a-1-2-3");
});

test("the nearest of what a round has left is found; what has no place on earth is passed over", () => {
  const at = (feature_id: string, lon: number) => ({ ...FEATURE, feature_id, geometry: POINT(lon, 36.14) });
  const features = [at("far", 137.3), at("near", 137.2501), at("done", 137.25), at("drawing", 4000)];
  const source = [{ layer: LAYER, features }];
  const from = [137.25, 36.14] as const;
  const found = (is_left: (id: string) => boolean) => {
    const { n_done, n_total, next } = endOf(walkRound(source, from, (_, feature) => is_left(feature.feature_id)));
    return [n_done, n_total, next?.feature.feature_id ?? null];
  };
  expect(found((id) => id !== "done")).toEqual([1, 4, "near"]);
  expect(found(() => false)).toEqual([4, 4, null]);
  expect(found(() => true)).toEqual([0, 4, "done"]);
});
