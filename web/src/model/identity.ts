/** Clock and randomness, passed in so that tests are repeatable. */
export interface Nature {
  now: () => Date;
  randomBytes: (n_bytes: number) => Uint8Array;
}

export const NATURE: Nature = {
  now: () => new Date(),
  randomBytes: (n_bytes) => crypto.getRandomValues(new Uint8Array(n_bytes)),
};

/** Mints a UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then randomness. */
export function mintUuid(nature: Nature = NATURE): string {
  const bytes = nature.randomBytes(16);
  const time_ms = nature.now().getTime();
  for (let index = 0; index < 6; index++) bytes[index] = Math.floor(time_ms / 2 ** (8 * (5 - index))) & 0xff;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
