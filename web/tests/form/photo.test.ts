import { expect, test } from "vitest";
import { fitInside, photoName } from "../../src/form/photo.ts";

test("the longer edge is brought to its limit, and small pictures stay as they are", () => {
  expect(fitInside({ width: 4000, height: 3000 }, 2048)).toEqual({ width: 2048, height: 1536 });
  expect(fitInside({ width: 3000, height: 4000 }, 2048)).toEqual({ width: 1536, height: 2048 });
  expect(fitInside({ width: 800, height: 600 }, 2048)).toEqual({ width: 800, height: 600 });
  expect(fitInside({ width: 9000, height: 1 }, 100)).toEqual({ width: 100, height: 1 });
});

test("a photo is named by label, time and number, without what file systems forbid", () => {
  const taken_at = new Date("2026-11-23T02:10:05.500Z");
  expect(photoName("A/1 城見:町", taken_at, 2)).toBe("A_1_城見_町_20261123T021005_2.jpg");
  expect(photoName("", taken_at, 1)).toBe("photo_20261123T021005_1.jpg");
  expect(photoName("A", taken_at, 1, "image/png")).toBe("A_20261123T021005_1.png");
  expect(photoName("A", taken_at, 1, "")).toBe("A_20261123T021005_1.jpg");
});
