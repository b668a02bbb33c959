import type { DevicePosition } from "../model/feature.ts";

/** What a camera wrote into a photo's file; null = nothing that can be read. */
export interface PhotoFacts {
  taken_at: Date | null;
  position: DevicePosition | null;
}

/** EXIF stands before the picture; more than this need not be read of a file. */
export const EXIF_WITHIN_BYTES = 256 * 1024;

// EXIF 2.32 (CIPA DC-008), 4.6: tags of the three directories.
const EXIF_DIRECTORY = 0x8769;
const GPS_DIRECTORY = 0x8825;
const TIME_TAKEN = 0x9003;
const OFFSET_TAKEN = 0x9011;
const LAT_REF = 1;
const LAT = 2;
const LON_REF = 3;
const LON = 4;
const DIRECTION = 17;
const ERROR_M = 31;

const TEXT = 2;
const RATIONAL = 5;
/** Bytes of one value of each type. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };
const MOST_TEXT_BYTES = 64;

/** Reads when and where a JPEG was taken, and which way the camera looked. Never throws: a file may hold anything.
 *
 * @param bytes The file, or its beginning.
 */
export function readExif(bytes: Uint8Array): PhotoFacts {
  const whole = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tiff = orNull(() => findTiff(whole));
  const main = tiff && orNull(() => tiff.directory(tiff.uint32(4)));
  const inside = (tag: number) => {
    const at = main && orNull(() => main.uint32(tag));
    return at ? orNull(() => tiff?.directory(at) ?? null) : null;
  };
  const [camera, gps] = [inside(EXIF_DIRECTORY), inside(GPS_DIRECTORY)];
  return {
    taken_at: camera && orNull(() => timeOf(camera)),
    position: gps && orNull(() => positionOf(gps)),
  };
}

/** A view refuses to be read beyond its end; what lies there is not known. */
function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The EXIF segment of a JPEG; segments follow each other up to the picture (ITU-T T.81, B.1.1.4). */
function findTiff(file: DataView): Tiff | null {
  if (file.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; ; ) {
    const marker = file.getUint16(at);
    if (marker === 0xffff) {
      at += 1;
      continue;
    }
    const n_bytes = file.getUint16(at + 2);
    if (marker < 0xffc0 || marker === 0xffda || marker === 0xffd9 || n_bytes < 2) return null;
    const is_exif = marker === 0xffe1 && file.getUint32(at + 4) === 0x45786966 && file.getUint16(at + 8) === 0;
    if (is_exif) {
      const start = file.byteOffset + at + 10;
      const end = Math.min(file.byteOffset + at + 2 + n_bytes, file.byteOffset + file.byteLength);
      return end > start ? Tiff.of(new DataView(file.buffer, start, end - start)) : null;
    }
    at += 2 + n_bytes;
  }
}

class Tiff {
  readonly view: DataView;
  readonly is_little: boolean;

  private constructor(view: DataView, is_little: boolean) {
    this.view = view;
    this.is_little = is_little;
  }

  static of(view: DataView): Tiff | null {
    const order = view.getUint16(0);
    const tiff = new Tiff(view, order === 0x4949);
    return (order === 0x4949 || order === 0x4d4d) && tiff.uint16(2) === 42 ? tiff : null;
  }

  uint16(at: number): number {
    return this.view.getUint16(at, this.is_little);
  }

  uint32(at: number): number {
    return this.view.getUint32(at, this.is_little);
  }

  directory(at: number): Directory {
    return new Directory(this, at);
  }
}

/** One list of tags. It is read tag by tag, so that a broken one spoils no other. */
class Directory {
  readonly #tiff: Tiff;
  readonly #entries = new Map<number, number>();

  constructor(tiff: Tiff, at: number) {
    this.#tiff = tiff;
    const n_entries = tiff.uint16(at);
    for (let n = 0; n < n_entries && at + 14 + 12 * n <= tiff.view.byteLength; n++) {
      const entry = at + 2 + 12 * n;
      this.#entries.set(tiff.uint16(entry), entry);
    }
  }

  uint32(tag: number): number | null {
    const entry = this.#entries.get(tag);
    return entry === undefined ? null : this.#tiff.uint32(entry + 8);
  }

  text(tag: number): string {
    const found = this.#values(tag, TEXT);
    if (!found) return "";
    const letters = Array.from({ length: Math.min(found.count, MOST_TEXT_BYTES) }, (_, n) =>
      this.#tiff.view.getUint8(found.at + n),
    );
    return (String.fromCharCode(...letters).split("\0", 1)[0] ?? "").trim();
  }

  /** As many fractions as are wanted, or null. */
  rationals(tag: number, n_wanted: number): number[] | null {
    const found = this.#values(tag, RATIONAL);
    if (!found || found.count < n_wanted) return null;
    const values = Array.from({ length: n_wanted }, (_, n) => {
      const [above, below] = [this.#tiff.uint32(found.at + 8 * n), this.#tiff.uint32(found.at + 8 * n + 4)];
      return above / below;
    });
    return values.every(Number.isFinite) ? values : null;
  }

  #values(tag: number, type: number): { at: number; count: number } | null {
    const entry = this.#entries.get(tag);
    if (entry === undefined || this.#tiff.uint16(entry + 2) !== type) return null;
    const count = this.#tiff.uint32(entry + 4);
    const is_here = count * (SIZES[type] ?? 1) <= 4;
    return { at: is_here ? entry + 8 : this.#tiff.uint32(entry + 8), count };
  }
}

/** A camera that does not tell its offset from UTC is taken for one that goes by the tablet's clock. */
function timeOf(camera: Directory): Date | null {
  const written = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(camera.text(TIME_TAKEN));
  if (!written) return null;
  const [, year, month, day, hour, minute, second] = written;
  const offset = /^[+-]\d\d:\d\d$/.exec(orNull(() => camera.text(OFFSET_TAKEN)) ?? "")?.[0] ?? "";
  const taken_at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number(year) > 0 && !Number.isNaN(taken_at.getTime()) ? taken_at : null;
}

function positionOf(gps: Directory): DevicePosition | null {
  const lat = degreesOf(gps.rationals(LAT, 3), gps.text(LAT_REF), "S");
  const lon = degreesOf(gps.rationals(LON, 3), gps.text(LON_REF), "W");
  // Receivers without a signal write zeros.
  if (lat === null || lon === null || Math.abs(lat) > 90 || Math.abs(lon) > 180 || (lat === 0 && lon === 0))
    return null;
  const accuracy_m = orNull(() => gps.rationals(ERROR_M, 1))?.[0] ?? null;
  const heading_deg = orNull(() => gps.rationals(DIRECTION, 1))?.[0];
  const heading = heading_deg === undefined || heading_deg > 360 ? {} : { heading_deg: Math.round(heading_deg) % 360 };
  return { lon, lat, accuracy_m: accuracy_m && Math.round(accuracy_m * 10) / 10, ...heading };
}

function degreesOf(parts: number[] | null, ref: string, negative: string): number | null {
  if (!parts) return null;
  const [degrees = 0, minutes = 0, seconds = 0] = parts;
  const value = degrees + minutes / 60 + seconds / 3600;
  return Math.round((ref === negative ? -value : value) * 1e7) / 1e7;
}
