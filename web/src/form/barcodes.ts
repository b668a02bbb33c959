/** Reads bar codes in pictures, for browsers that cannot: Code 128 (ISO/IEC 15417), EAN and UPC (15420), Code 39 (16388),
 * Codabar (NW-7, EN 798), Interleaved 2 of 5 (16390).
 *
 * A line through the picture becomes the widths of its white and black parts in turn, white first.
 */

/** The one shape of pixels that this needs: red, green, blue, opacity of each, row by row. */
export interface Pixels {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

/** Lines that are looked at, across and down. */
const N_LINES = 41;
/** A chance reading comes on one line, not on several. */
const N_AGREEING = 2;
/** How far a part may be from its ideal width, in narrowest parts. */
const MOST_OFF = 0.75;

/** The text of a bar code in a picture, however it is turned by quarters; null where there is none. */
export function readBars(pixels: Pixels): string | null {
  for (const read of [readCode128, readEan, readCode39, readCodabar, readInterleaved]) {
    const votes = new Map<string, number>();
    for (const widths of linesOf(pixels)) {
      const text = readEither(read, widths);
      if (text === null) continue;
      const n_votes = (votes.get(text) ?? 0) + 1;
      if (n_votes >= N_AGREEING) return text;
      votes.set(text, n_votes);
    }
  }
  return null;
}

type Reader = (widths: readonly number[], at: number) => string | null;

/** Looks for a code from left to right, and from right to left. */
function readEither(read: Reader, widths: readonly number[]): string | null {
  for (const line of [widths, widths.toReversed()])
    for (let at = 1; at < line.length; at += 2) {
      const text = mayBegin(line, at) ? read(line, at) : null;
      if (text !== null) return text;
    }
  return null;
}

/** Whether the white before is wide beside what follows: most of a picture need not be looked at more closely. */
function mayBegin(widths: readonly number[], at: number): boolean {
  const next = widths.slice(at, at + 6);
  return next.length === 6 && (at === 1 || (widths[at - 1] ?? 0) >= sumOf(next) / 4);
}

function* linesOf({ data, width, height }: Pixels): Generator<number[]> {
  const gray = (pixel: number) =>
    ((data[4 * pixel] ?? 0) * 2 + (data[4 * pixel + 1] ?? 0) * 5 + (data[4 * pixel + 2] ?? 0)) / 8;
  for (let n = 1; n <= N_LINES; n++) {
    const row = Math.floor((n * height) / (N_LINES + 1));
    yield widthsOf(Array.from({ length: width }, (_, x) => gray(row * width + x)));
  }
  for (let n = 1; n <= N_LINES; n++) {
    const column = Math.floor((n * width) / (N_LINES + 1));
    yield widthsOf(Array.from({ length: height }, (_, y) => gray(y * width + column)));
  }
}

const N_AROUND = 60;
const LEAST_CONTRAST = 24;

/** Widths of white and black in turn; what is black depends on how light it is around, as a shadow may lie over a code. */
export function widthsOf(grays: readonly number[]): number[] {
  const widths = [0];
  let is_black = false;
  for (let start = 0; start < grays.length; start += N_AROUND) {
    const around = grays.slice(Math.max(0, start - N_AROUND), start + 2 * N_AROUND);
    const [least, most] = [Math.min(...around), Math.max(...around)];
    const limit = most - least < LEAST_CONTRAST ? -1 : (least + most) / 2;
    for (const gray of grays.slice(start, start + N_AROUND)) {
      if (gray <= limit !== is_black) {
        is_black = !is_black;
        widths.push(0);
      }
      widths[widths.length - 1] = (widths.at(-1) ?? 0) + 1;
    }
  }
  if (widths.length % 2 === 0) widths.push(0);
  return widths;
}

const sumOf = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0);
/** Whether the white before a code is as wide as so many of its narrowest parts. */
const isQuiet = (widths: readonly number[], at: number, unit: number) =>
  at <= 1 || at >= widths.length - 1 || (widths[at - 1] ?? 0) >= 4 * unit;

/** How far widths are from a pattern ("212222"), in narrowest parts on average; Infinity where they are another. */
function awayFrom(widths: readonly number[], at: number, pattern: string): number {
  const n_parts = pattern.length;
  if (at + n_parts > widths.length) return Infinity;
  let [width, n_units] = [0, 0];
  for (let n = 0; n < n_parts; n++) {
    width += widths[at + n] ?? 0;
    n_units += Number(pattern[n]);
  }
  let away = 0;
  for (let n = 0; n < n_parts; n++) {
    const off = Math.abs(((widths[at + n] ?? 0) * n_units) / width - Number(pattern[n]));
    if (off > MOST_OFF) return Infinity;
    away += off;
  }
  return away / n_parts;
}

/** The pattern that widths are nearest to; -1 where none is near. */
function nearest(widths: readonly number[], at: number, patterns: readonly string[]): number {
  const away = patterns.map((pattern) => awayFrom(widths, at, pattern));
  const least = Math.min(...away);
  return least === Infinity ? -1 : away.indexOf(least);
}

const CODE_128 = (
  "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 " +
  "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 " +
  "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 " +
  "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 " +
  "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 " +
  "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 " +
  "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
).split(" ");
const STOP_128 = "2331112";
const START_A = 103;
const SHIFT = 98;

function readCode128(widths: readonly number[], at: number): string | null {
  const values: number[] = [];
  if (nearest(widths, at, CODE_128.slice(START_A)) < 0) return null;
  for (let place = at; ; place += 6) {
    if (awayFrom(widths, place, STOP_128) < Infinity && values.length > 2) break;
    const value = nearest(widths, place, CODE_128);
    const is_start = value >= START_A;
    if (value < 0 || is_start !== (place === at)) return null;
    if (is_start && !isQuiet(widths, at, sumOf(widths.slice(at, at + 6)) / 11)) return null;
    values.push(value);
  }
  const sum = values.slice(0, -1).reduce((total, value, n) => total + value * Math.max(n, 1), 0);
  return sum % 103 === values.at(-1) ? text128(values.slice(0, -1)) : null;
}

/** Sets A (capitals and control characters), B (letters) and C (pairs of digits) change within a code. */
function text128([start = START_A, ...values]: readonly number[]): string {
  let set = "ABC"[start - START_A] ?? "B";
  let is_shifted = false;
  let text = "";
  for (const value of values) {
    const used = is_shifted ? (set === "A" ? "B" : "A") : set;
    is_shifted = false;
    if (used === "C" && value < 100) text += String(value).padStart(2, "0");
    else if (value < 64 || (value < 96 && used === "B")) text += String.fromCharCode(value + 32);
    else if (value < 96) text += String.fromCharCode(value - 64);
    else if (value === SHIFT) is_shifted = true;
    else if (value === 99) set = "C";
    else if (value === 100 && used !== "B") set = "B";
    else if (value === 101 && used !== "A") set = "A";
  }
  return text;
}

const EAN = ["3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112"];
const EAN_EVEN = EAN.map((pattern) => [...pattern].reverse().join(""));
/** Which of the six digits on the left are even tells the first one. */
const FIRST = [0, 11, 13, 14, 19, 25, 28, 21, 22, 26];

function readEan(widths: readonly number[], at: number): string | null {
  if (awayFrom(widths, at, "111") > MOST_OFF) return null;
  return readEanOf(6, widths, at) ?? readEanOf(4, widths, at);
}

function readEanOf(n_half: number, widths: readonly number[], at: number): string | null {
  const middle = at + 3 + 4 * n_half;
  const end = middle + 5 + 4 * n_half;
  if (awayFrom(widths, middle, "11111") > MOST_OFF || awayFrom(widths, end, "111") > MOST_OFF) return null;
  const unit = sumOf(widths.slice(at, end + 3)) / (11 + 14 * n_half);
  if (!isQuiet(widths, at, unit) || !isQuiet(widths, end + 4, unit)) return null;
  const digit = (place: number, patterns: readonly string[]) => nearest(widths, place, patterns);
  const left = Array.from({ length: n_half }, (_, n) => digit(at + 3 + 4 * n, [...EAN, ...EAN_EVEN]));
  const right = Array.from({ length: n_half }, (_, n) => digit(middle + 5 + 4 * n, EAN));
  const evens = left.reduce((bits, value) => bits * 2 + Number(value >= 10), 0);
  const first = FIRST.indexOf(evens);
  const digits = [...(n_half === 6 ? [first] : []), ...left.map((value) => value % 10), ...right];
  if (digits.some((value) => value < 0) || (n_half === 4 && evens)) return null;
  const sum = digits.toReversed().reduce((total, value, n) => total + value * (n % 2 ? 3 : 1), 0);
  return sum % 10 === 0 ? digits.join("") : null;
}

/** The bits of a character whose parts are narrow (0) or wide (1), where so many are wide; null where that is not clear. */
function wideBits(parts: readonly number[], n_wide: number): number | null {
  const sorted = parts.toSorted((a, b) => b - a);
  const [least_wide = 0, most_narrow = 0] = [sorted[n_wide - 1], sorted[n_wide]];
  if (!most_narrow || least_wide < 1.4 * most_narrow || (sorted[0] ?? 0) > 5 * most_narrow) return null;
  return parts.reduce((bits, part) => bits * 2 + Number(part >= least_wide), 0);
}

const CODE_39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*";
const BITS_39 = [
  0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064, 0x109, 0x049, 0x148, 0x019, 0x118, 0x058, 0x00d,
  0x10c, 0x04c, 0x01c, 0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016, 0x181, 0x0c1, 0x1c0, 0x091,
  0x190, 0x0d0, 0x085, 0x184, 0x0c4, 0x0a8, 0x0a2, 0x08a, 0x02a, 0x094,
];

function readCode39(widths: readonly number[], at: number): string | null {
  const text = readApart(widths, at, 9, (parts) => CODE_39[BITS_39.indexOf(wideBits(parts, 3) ?? -1)], "*");
  return text && text.length > 1 ? text : null;
}

const CODABAR = "0123456789-$:/.+ABCD";
const BITS_CODABAR = [
  0x03, 0x06, 0x09, 0x60, 0x12, 0x42, 0x21, 0x24, 0x30, 0x48, 0x0c, 0x18, 0x45, 0x51, 0x54, 0x15, 0x1a, 0x29, 0x0b,
  0x0e,
];

function readCodabar(widths: readonly number[], at: number): string | null {
  const charOf = (parts: readonly number[]) =>
    [2, 3].map((n_wide) => CODABAR[BITS_CODABAR.indexOf(wideBits(parts, n_wide) ?? -1)]).find(Boolean);
  const text = readApart(widths, at, 7, charOf, "ABCD");
  return text && text.length > 2 ? text : null;
}

/** The characters between a first and a last one that mark the ends; a narrow white part lies between any two. */
function readApart(
  widths: readonly number[],
  at: number,
  n_parts: number,
  charOf: (parts: readonly number[]) => string | undefined,
  ends: string,
): string | null {
  let text = "";
  for (let place = at; ; place += n_parts + 1) {
    const parts = widths.slice(place, place + n_parts);
    const char = parts.length === n_parts ? charOf(parts) : undefined;
    const is_end = char !== undefined && ends.includes(char);
    const unit = Math.min(...parts);
    if (!char || (place === at && !(is_end && isQuiet(widths, at, unit)))) return null;
    if (is_end && place > at) return isQuiet(widths, place + n_parts + 1, unit) ? text : null;
    if (place > at) text += char;
    if ((widths[place + n_parts] ?? Infinity) > Math.max(...parts)) return null;
  }
}

const INTERLEAVED = [0b00110, 0b10001, 0b01001, 0b11000, 0b00101, 0b10100, 0b01100, 0b00011, 0b10010, 0b01010];
const LEAST_DIGITS = 6;

function readInterleaved(widths: readonly number[], at: number): string | null {
  if (awayFrom(widths, at, "1111") > MOST_OFF) return null;
  const unit = sumOf(widths.slice(at, at + 4)) / 4;
  if (!isQuiet(widths, at, unit)) return null;
  let text = "";
  for (let place = at + 4; place + 3 <= widths.length; place += 10) {
    const parts = widths.slice(place, place + 10);
    const pair = [0, 1].map((one) =>
      INTERLEAVED.indexOf(
        wideBits(
          parts.filter((_, n) => n % 2 === one),
          2,
        ) ?? -1,
      ),
    );
    if (parts.length === 10 && pair.every((digit) => digit >= 0) && Math.max(...parts) < 5 * unit) {
      text += pair.join("");
      continue;
    }
    const [bar = 0, white = 0, last = 0] = parts;
    const is_end = bar > 1.4 * white && bar > 1.4 * last && isQuiet(widths, place + 4, unit);
    return is_end && text.length >= LEAST_DIGITS ? text : null;
  }
  return null;
}
