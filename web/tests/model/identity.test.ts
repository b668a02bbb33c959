import { expect, test } from "vitest";
import { mintUuid, NATURE, sha256Hex } from "../../src/model/identity.ts";

test("a minted id is a UUID of version 7 that carries its time in the first 48 bits", () => {
  const now = () => new Date("2026-11-23T02:10:00.123Z");
  const id = mintUuid({ now, randomBytes: (n_bytes) => new Uint8Array(n_bytes).fill(0xff) });
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7fff-bfff-f{12}$/);
  expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(now().getTime());
});

test("ids differ, and later ones sort after earlier ones", () => {
  const at = (time_ms: number) => mintUuid({ ...NATURE, now: () => new Date(time_ms) });
  const ids = Array.from({ length: 200 }, (_, index) => at(1_700_000_000_000 + index));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test("the SHA-256 is written in lower-case hex (FIPS 180-4, example 'abc')", async () => {
  const bytes = new TextEncoder().encode("abc");
  expect(await sha256Hex(bytes.buffer)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
