import { describe, expect, it } from "vitest";
import { toPixel, toPlane } from "../../src/map/pixel_plane.ts";
import { isWhole, nextSide, type Pair, withSide } from "../../src/model/scans.ts";

describe("control points", () => {
  it("take the scan and the map one after the other, in either order", () => {
    let pairs: Pair[] = withSide([], "place", [137, 36]);
    expect(nextSide(pairs)).toBe("pixel");
    pairs = withSide(pairs, "pixel", [10, 20]);
    expect(pairs).toEqual([{ id: 1, pixel: [10, 20], place: [137, 36] }]);
    expect(nextSide(pairs)).toBe("any");
    pairs = withSide(pairs, "pixel", [30, 40]);
    expect(nextSide(pairs)).toBe("place");
    expect(pairs.filter(isWhole)).toHaveLength(1);
  });

  it("are corrected by a second click on the same side, not begun anew", () => {
    const pairs = withSide(withSide([], "pixel", [1, 1]), "pixel", [2, 2]);
    expect(pairs).toEqual([{ id: 1, pixel: [2, 2], place: null }]);
  });

  it("of a map sheet are filled in its order", () => {
    const corners: Pair[] = [1, 2, 3, 4].map((id) => ({ id, pixel: null, place: [id, id] }));
    const after = withSide(withSide(corners, "pixel", [5, 5]), "pixel", [6, 5]);
    expect(after.map(({ pixel }) => pixel)).toEqual([[5, 5], [6, 5], null, null]);
  });

  it("get ids that no other has, also after one was deleted", () => {
    const kept: Pair[] = [{ id: 3, pixel: [1, 1], place: [1, 1] }];
    expect(withSide(kept, "pixel", [2, 2]).map(({ id }) => id)).toEqual([3, 4]);
  });
});

describe("the plane of a scan", () => {
  it("gives pixels back", () => {
    for (const pixel of [
      [0, 0],
      [1, 2],
      [12_345.5, 6_789.25],
      [40_000, 30_000],
    ]) {
      const [column, row] = toPixel(toPlane(pixel));
      expect(column).toBeCloseTo(pixel[0] ?? 0, 3);
      expect(row).toBeCloseTo(pixel[1] ?? 0, 3);
    }
  });

  it("lies east and south of 0, 0, a pixel of zoom 22 each", () => {
    expect(toPlane([256 * 2 ** 22, 0])[0]).toBe(360);
    expect(toPlane([0, 100])[1]).toBeLessThan(0);
  });
});
