import { expect, test } from "vitest";
import { readBars } from "../../src/form/barcodes.ts";

/** Widths of black and white in turn, as a printer of labels makes them, and what they say. */
const CODES: [string, string, string][] = [
  [
    "Code 128 (B)",
    "KN-2026/0012b",
    "2112141123311133211221321131412212313212211141311132221131412122221122321141311214211113412331112",
  ],
  ["Code 128 (B and C)", "No.0012345678", "2112141133211341111222311131412122221122321311233311212411121123312331112"],
  ["Code 128 (C)", "0123456789", "2112322221223121311131231411222121411421122331112"],
  [
    "Code 39",
    "A-12/B 7",
    "131131311131111311311311113131311311113111331111311313111311113113113113311131111113113131131131311",
  ],
  ["Codabar", "1234-5", "225525222222552222252252552222222252252222255222522225222525225"],
  ["Interleaved 2 of 5", "0012345678", "222222225555225225222255525225222552255522222522225552522"],
  ["EAN-13", "4901234567894", "11131121123222121221141231111111123111141312121331121132111"],
  ["EAN-8", "49123456", "1111132311222212122111111411113212311114111"],
];
const QUIET = 12;

interface Print {
  px?: number;
  is_down?: boolean;
  is_backwards?: boolean;
  grain?: number;
}

/** A photo of a label: darker to one side, with grain. */
function photo(widths: string, { px = 3, is_down = false, is_backwards = false, grain = 20 }: Print = {}) {
  const parts = [QUIET, ...[...widths].map(Number), QUIET];
  const line = (is_backwards ? parts.toReversed() : parts).flatMap((part, n) => Array(part * px).fill(n % 2 === 1));
  const across = 80;
  const [width, height] = is_down ? [across, line.length] : [line.length, across];
  const data = new Uint8ClampedArray(4 * width * height);
  let dice = 1;
  for (let pixel = 0; pixel < width * height; pixel++) {
    const along = is_down ? Math.floor(pixel / width) : pixel % width;
    dice = (dice * 48271) % 2147483647;
    const shadow = 1 - (0.5 * along) / line.length;
    const gray = (line[along] ? 50 : 230) * shadow + ((dice % 100) / 100 - 0.5) * grain;
    data.set([gray, gray, gray, 255], 4 * pixel);
  }
  return { data, width, height };
}

test.each(CODES)(
  "%s is read, also from the other side, turned by a quarter, small and large",
  (_name, text, widths) => {
    expect(readBars(photo(widths))).toBe(text);
    expect(readBars(photo(widths, { is_backwards: true }))).toBe(text);
    expect(readBars(photo(widths, { is_down: true }))).toBe(text);
    expect(readBars(photo(widths, { px: 2, grain: 8 }))).toBe(text);
    expect(readBars(photo(widths, { px: 9 }))).toBe(text);
  },
);

test("a code whose check digit is wrong is none, and neither is a picture of something else", () => {
  const [, , widths = ""] = CODES[6] ?? [];
  expect(readBars(photo(widths.replace(/1132111$/, "3211111")))).toBeNull();
  expect(readBars(photo("1".repeat(60)))).toBeNull();
  expect(readBars(photo("1", { grain: 250 }))).toBeNull();
  let dice = 7;
  const chance = () => {
    dice = (dice * 48271) % 2147483647;
    return String(1 + (dice % 4));
  };
  for (let n = 0; n < 40; n++) expect(readBars(photo(Array.from({ length: 61 }, chance).join("")))).toBeNull();
});
