import { afterEach, expect, test } from "vitest";
import { findLot, findTowns, foldAddress, type Lot, type Town } from "../../src/model/address.ts";
import { useForms } from "../../src/model/fold.ts";

afterEach(() => useForms({}));

const town = (name: string, lon = 137.25, city = "高山市"): Town => ({ city, name, lon, lat: 36.14, radius_m: 300 });
const TOWNS = [
  town("花里町"),
  town("花里町一丁目"),
  town("花里町二丁目"),
  town("花里町十二丁目"),
  town("三福寺町", 137.26),
  town("大字国府町三日町", 137.3),
  town("本町", 137.9, "飛騨市"),
  town("本町一丁目", 137.24),
];
const HERE = 137.25;
const found = (query: string) =>
  findTowns(TOWNS, query, ({ lon }) => Math.abs(lon - HERE), 3).map(({ town, rest }) => `${town.name}|${rest}`);

test("one address in many ways of writing is one", () => {
  const same = [
    "花里町二丁目880番地の1",
    "花里町２丁目８８０－１",
    "花里町2-880-1",
    "花里町 ２ー８８０ー１",
    "花里町2丁目880番1号",
  ];
  expect(new Set(same.map(foldAddress))).toEqual(new Set(["花里町2-880-1"]));
  expect(foldAddress("大字三日町字上野")).toBe(foldAddress("三日町上野"));
});

test("the town with the longest name comes first, with what stands behind it", () => {
  expect(found("花里町2丁目880番地の1")).toEqual(["花里町二丁目|880-1", "花里町|2-880-1"]);
  expect(found("岐阜県高山市花里町12丁目3")[0]).toBe("花里町十二丁目|3");
  expect(found("高山市三福寺町55")).toEqual(["三福寺町|55"]);
  // Lot 13 of the town is not the first 丁目.
  expect(found("花里町13")).toEqual(["花里町|13"]);
});

test("a name that is not written to its end is found as well, the nearest first; one letter is too little", () => {
  expect(found("三日町")).toEqual(["大字国府町三日町|"]);
  expect(found("本町")).toEqual(["本町|", "本町一丁目|"]);
  expect(found("花里")).toHaveLength(3);
  expect(found("花")).toEqual([]);
  expect(found("A-0012")).toEqual([]);
});

test("a lot is found itself, else the one it belongs to, else none", () => {
  const lots: Lot[] = [
    ["880", 1, 2],
    ["880-1", 3, 4],
    ["12", 5, 6],
  ];
  expect(findLot(lots, "880-1")?.[1]).toBe(3);
  expect(findLot(lots, "880-1-7")?.[1]).toBe(3);
  expect(findLot(lots, "880-9先")?.[1]).toBe(1);
  expect(findLot(lots, "88")).toBeNull();
  expect(findLot(lots, "")).toBeNull();
});

test("old forms of characters are those that the office takes them for", () => {
  const towns = [town("髙砂町"), town("𠮷田町一丁目"), town("桜ヶ丘"), town("葛\u{E0100}原")];
  const names = (query: string) => findTowns([...towns], query, () => 0, 3).map((find) => find.town.name);
  expect(names("桜ケ丘")).toEqual([]);
  // Towns are folded once: these are others.
  for (const one of towns) towns[towns.indexOf(one)] = { ...one };
  useForms({ 髙: "高", 𠮷: "吉", ヶ: "ケ", が: "ケ" });
  expect(names("高砂町3")).toEqual(["髙砂町"]);
  expect(names("吉田町1丁目")).toEqual(["𠮷田町一丁目"]);
  for (const query of ["桜ケ丘", "桜が丘", "桜ｹ丘"]) expect(names(query)).toEqual(["桜ヶ丘"]);
  expect(names("葛原")).toHaveLength(1);
});
