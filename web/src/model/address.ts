import { foldText } from "./fold.ts";

/** A lot (番地, 地番, 街区) as (name, lon, lat). */
export type Lot = readonly [string, number, number];

/** A town or a part of one, as the office's gazetteer has it. */
export interface Town {
  city: string;
  name: string;
  lon: number;
  lat: number;
  radius_m: number;
}

/** A town that a query names, or may be going to name; `rest` is what stands behind its name. */
export interface TownFind<T extends Town> {
  town: T;
  rest: string;
}

/** Towns are found while their names are written, from so many letters. */
const LEAST_LETTERS = 2;
const DIGITS = "〇一二三四五六七八九";
const NUMBER_OF_CHOME = /([〇一二三四五六七八九十]+)(?=丁目|丁|番町|条)/g;
const folded = new WeakMap<Town, string>();

/** An address as it is compared: 花里町二丁目880番地の1 and 花里町2ー880ー1 are the same. */
export function foldAddress(text: string): string {
  return foldText(text)
    .replace(/\s+/g, "")
    .replace(/大字|小字|字(?=.)/g, "")
    .replace(NUMBER_OF_CHOME, (number) => String(parseKanji(number)))
    .replace(/(?<=\d)(?:丁目|番地の?|番|号|の)/g, "-")
    .replace(/-{2,}/g, "-")
    .replace(/-$/, "");
}

/** The towns that a query names, the best first: the longest name, then names that go on, the nearest first. */
export function findTowns<T extends Town>(
  towns: Iterable<T>,
  query: string,
  awayM: (town: T) => number,
  n_wanted: number,
): TownFind<T>[] {
  const wanted = foldAddress(query);
  if (wanted.length < LEAST_LETTERS) return [];
  const named: (TownFind<T> & { n_letters: number })[] = [];
  const begun: (TownFind<T> & { away_m: number })[] = [];
  for (const town of towns) {
    const text = withoutCity(wanted, town.city);
    const name = nameOf(town);
    if (text.startsWith(name)) {
      const behind = text.slice(name.length);
      if (!/\d$/.test(name) || !/^\d/.test(behind)) {
        named.push({ town, rest: behind.replace(/^-/, ""), n_letters: name.length });
      }
    } else if (text.length >= LEAST_LETTERS && name.includes(text)) {
      begun.push({ town, rest: "", away_m: awayM(town) });
    }
  }
  named.sort((a, b) => b.n_letters - a.n_letters);
  begun.sort((a, b) => a.away_m - b.away_m);
  return [...named, ...begun].slice(0, n_wanted).map(({ town, rest }) => ({ town, rest }));
}

/** The lot that the rest of an address names: itself, or the one it is a part of (880 for 880-1-3). */
export function findLot(lots: readonly Lot[], rest: string): Lot | null {
  const known = new Map(lots.map((lot) => [foldAddress(lot[0]), lot]));
  for (let text = /^[\d-]*/.exec(rest)?.[0] ?? ""; text; text = text.replace(/-?[^-]*$/, "")) {
    const found = known.get(text);
    if (found) return found;
  }
  return null;
}

function nameOf(town: Town): string {
  const known = folded.get(town) ?? foldAddress(town.name);
  folded.set(town, known);
  return known;
}

function withoutCity(text: string, city: string): string {
  const name = foldAddress(city);
  const at = text.indexOf(name);
  return at >= 0 && at <= 4 ? text.slice(at + name.length) : text;
}

/** 二十三 as 23, 一二 as 12. */
function parseKanji(text: string): number {
  if (!text.includes("十")) return Number([...text].map((digit) => DIGITS.indexOf(digit)).join(""));
  const [tens = "", ones = ""] = text.split("十");
  return (tens ? DIGITS.indexOf(tens) : 1) * 10 + (ones ? DIGITS.indexOf(ones) : 0);
}
