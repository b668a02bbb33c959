import { expect, test } from "vitest";
import { decodeBytes } from "../../src/form/codes.ts";

test("the bytes of a code are UTF-8, or else Shift_JIS", () => {
  expect(decodeBytes(new TextEncoder().encode("B-銘板"))).toBe("B-銘板");
  expect(decodeBytes(Uint8Array.of(0x42, 0x2d, 0x96, 0xc1, 0x94, 0xc2))).toBe("B-銘板");
});
