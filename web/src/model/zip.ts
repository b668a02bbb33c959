const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Bit 11: names are UTF-8. */
const UTF8_NAMES = 0x0800;
/** 1980-01-01: the entries carry no time. */
const NO_DATE = 0x21;

export interface ZipEntry {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Puts files into a ZIP (APPNOTE 6.3) without compressing them: photos are packed already. */
export function zipFiles(entries: readonly ZipEntry[]): Blob {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let [offset, directory_bytes] = [0, 0];
  for (const { name, bytes } of entries) {
    const named = new TextEncoder().encode(name);
    const common = [20, UTF8_NAMES, 0, 0, NO_DATE];
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    const local = record([LOCAL], common, sizes, [named.length, 0]);
    const central = record([CENTRAL], [20, ...common], sizes, [named.length, 0, 0, 0, 0], [0, offset]);
    parts.push(local, named, bytes);
    directory.push(central, named);
    offset += local.length + named.length + bytes.length;
    directory_bytes += central.length + named.length;
  }
  const n = entries.length;
  return new Blob([...parts, ...directory, record([END], [0, 0, n, n], [directory_bytes, offset], [0])], {
    type: "application/zip",
  });
}

/** Groups of numbers, by turns 4 and 2 bytes wide, little-endian. */
function record(...groups: number[][]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  groups.forEach((group, index) => {
    for (const number of group) {
      for (let byte = 0; byte < (index % 2 ? 2 : 4); byte++) bytes.push((number >>> (8 * byte)) & 0xff);
    }
  });
  return Uint8Array.from(bytes);
}

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
