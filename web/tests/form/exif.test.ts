import { expect, test } from "vitest";
import { readExif } from "../../src/form/exif.ts";

type Entry = [tag: number, type: number, values: string | number[] | [number, number][]];

/** The bytes of a JPEG that holds nothing but an EXIF segment with these tags. */
function jpegWith(camera: Entry[], gps: Entry[], is_little = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(2000));
  const put16 = (at: number, value: number) => view.setUint16(at, value, is_little);
  const put32 = (at: number, value: number) => view.setUint32(at, value, is_little);
  const putBytes = (at: number, bytes: number[]) => new Uint8Array(view.buffer).set(bytes, at);
  let free = 400;
  const putDirectory = (at: number, entries: Entry[]) => {
    put16(at, entries.length);
    entries.forEach(([tag, type, values], n) => {
      const entry = at + 2 + 12 * n;
      const bytes = [...values].flatMap((value) => (typeof value === "string" ? [value.charCodeAt(0)] : []));
      const is_text = typeof values === "string";
      put16(entry, tag);
      put16(entry + 2, type);
      put32(entry + 4, is_text ? bytes.length + 1 : values.length);
      if (type === 4) put32(entry + 8, Number(values[0]));
      else if (is_text && bytes.length < 4) putBytes(entry + 8, bytes);
      else {
        put32(entry + 8, free);
        if (is_text) putBytes(free, bytes);
        else
          (values as [number, number][]).flat().forEach((half, m) => {
            put32(free + 4 * m, half);
          });
        free += is_text ? bytes.length + 2 : 8 * values.length;
      }
    });
  };
  view.setUint16(0, is_little ? 0x4949 : 0x4d4d);
  put16(2, 42);
  put32(4, 8);
  putDirectory(8, [
    [0x8769, 4, [100]],
    [0x8825, 4, [200]],
  ]);
  putDirectory(100, camera);
  putDirectory(200, gps);
  const tiff = new Uint8Array(view.buffer, 0, free);
  const n_bytes = tiff.length + 8;
  const other = [0xff, 0xe0, 0, 4, 1, 2];
  const head = [0xff, 0xd8, ...other, 0xff, 0xff, 0xe1, n_bytes >> 8, n_bytes & 255, 0x45, 0x78, 0x69, 0x66, 0, 0];
  return Uint8Array.from([...head, ...tiff, 0xff, 0xd9]);
}

const TIME: Entry = [0x9003, 2, "2020:01:02 09:10:11"];
const OFFSET: Entry = [0x9011, 2, "+09:00"];
const PLACE: Entry[] = [
  [1, 2, "N"],
  [
    2,
    5,
    [
      [36, 1],
      [8, 1],
      [4596, 100],
    ],
  ],
  [3, 2, "E"],
  [
    4,
    5,
    [
      [137, 1],
      [15, 1],
      [936, 100],
    ],
  ],
];
const NOTHING = { taken_at: null, position: null };

test.each([true, false])("time, place, direction and accuracy are read in both orders of bytes", (is_little) => {
  const more: Entry[] = [
    [17, 5, [[27049, 100]]],
    [31, 5, [[474, 100]]],
  ];
  expect(readExif(jpegWith([TIME, OFFSET], [...PLACE, ...more], is_little))).toEqual({
    taken_at: new Date("2020-01-02T00:10:11Z"),
    position: { lon: 137.2526, lat: 36.1461, accuracy_m: 4.7, heading_deg: 270 },
  });
});

test("south and west are negative; a camera without an offset goes by the tablet's clock", () => {
  const place = PLACE.map(([tag, type, values]): Entry => [tag, type, tag === 1 ? "S" : tag === 3 ? "W" : values]);
  expect(readExif(jpegWith([TIME], place))).toEqual({
    taken_at: new Date(2020, 0, 2, 9, 10, 11),
    position: { lon: -137.2526, lat: -36.1461, accuracy_m: null },
  });
});

test("what is no time or place is not taken for one", () => {
  const zero: [number, number][] = [
    [0, 1],
    [0, 1],
    [0, 1],
  ];
  const at = (lat: [number, number][], lon: [number, number][]) =>
    readExif(
      jpegWith(
        [],
        [
          [1, 2, "N"],
          [2, 5, lat],
          [3, 2, "E"],
          [4, 5, lon],
        ],
      ),
    ).position;
  expect(at(zero, zero)).toBeNull();
  expect(
    at(
      [
        [91, 1],
        [0, 1],
        [0, 1],
      ],
      zero,
    ),
  ).toBeNull();
  expect(
    at(
      [
        [36, 0],
        [0, 1],
        [0, 1],
      ],
      zero,
    ),
  ).toBeNull();
  expect(at([[36, 1]], zero)).toBeNull();
  for (const text of ["0000:00:00 00:00:00", "2020:13:02 09:10:11", "    :  :     :  :  ", "2020-01-02"]) {
    expect(readExif(jpegWith([[0x9003, 2, text]], [])).taken_at).toBeNull();
  }
});

test("a broken place does not spoil the time", () => {
  const far: Entry[] = [
    [
      2,
      5,
      [
        [36, 1],
        [8, 1],
        [4596, 100],
      ],
    ],
  ];
  expect(readExif(jpegWith([TIME, OFFSET], far))).toEqual({ ...NOTHING, taken_at: new Date("2020-01-02T00:10:11Z") });
});

test("a file of any bytes at all is read to an end without an error", () => {
  const whole = jpegWith([TIME, OFFSET], PLACE);
  for (let length = 0; length < whole.length; length++) readExif(whole.slice(0, length));
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
      const broken = whole.slice();
      broken[at] = byte;
      const { position } = readExif(broken);
      expect(Math.abs(position?.lat ?? 0)).toBeLessThanOrEqual(90);
    }
  }
  expect(readExif(Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0, 0, 0, 0))).toEqual(NOTHING);
  expect(readExif(new TextEncoder().encode("II*\0\x89PNG"))).toEqual(NOTHING);
});
