import { expect, test } from "vitest";
import { fitInside, photoName, stampPhoto } from "../../src/form/photo.ts";

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

const NOW = new Date("2026-11-23T02:10:00Z");
const HERE = { lon: 137.25, lat: 36.14, accuracy_m: 4 };
const THERE = { lon: 137.3, lat: 36.2, accuracy_m: null, heading_deg: 90 };
const OLD = new Date("2020-01-02T00:10:11Z");
const UNKNOWN = { taken_at: null, position: null };

test("a photo from the gallery tells itself when and where it was taken, or nothing is known of that", () => {
  const as = { is_camera: false, now: NOW, here: HERE };
  expect(stampPhoto({ taken_at: OLD, position: THERE }, as)).toEqual({ taken_at: OLD, position: THERE });
  expect(stampPhoto(UNKNOWN, as)).toEqual(UNKNOWN);
});

test("a photo from the camera is of now and here, and looks where the camera says", () => {
  const as = { is_camera: true, now: NOW, here: HERE };
  expect(stampPhoto(UNKNOWN, as)).toEqual({ taken_at: NOW, position: HERE });
  const moment = new Date(NOW.getTime() - 20_000);
  const position = { ...HERE, heading_deg: 90 };
  expect(stampPhoto({ taken_at: moment, position: THERE }, as)).toEqual({ taken_at: NOW, position });
  expect(stampPhoto({ taken_at: moment, position: THERE }, { ...as, here: null }).position).toEqual(THERE);
});

test("an old photo that came by the button of the camera is no photo of now", () => {
  const as = { is_camera: true, now: NOW, here: HERE };
  expect(stampPhoto({ taken_at: OLD, position: null }, as)).toEqual({ taken_at: OLD, position: null });
});
