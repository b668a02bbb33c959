import { expect, test } from "vitest";
import { simplify } from "../../src/geometry/simplify.ts";

test("a straight run keeps its ends, a bend keeps its corner", () => {
  expect(
    simplify(
      [
        [0, 0],
        [1, 0.1],
        [2, 0],
        [3, -0.1],
        [4, 0],
      ],
      0.5,
    ),
  ).toEqual([
    [0, 0],
    [4, 0],
  ]);
  expect(
    simplify(
      [
        [0, 0],
        [2, 0.1],
        [4, 0],
        [4, 2],
        [4, 4],
      ],
      0.5,
    ),
  ).toEqual([
    [0, 0],
    [4, 0],
    [4, 4],
  ]);
});

test("no point of the stroke is farther from the line that is kept than the tolerance", () => {
  const stroke = Array.from({ length: 300 }, (_, n) => [n, Math.sin(n / 9) * 20] as [number, number]);
  const kept = simplify(stroke, 0.8);
  expect(kept.length).toBeLessThan(100);
  for (const [x, y] of stroke) {
    const next = kept.findIndex(([kept_x]) => kept_x >= x);
    const [[bx, by] = [0, 0], [ax, ay] = [0, 0]] = [kept[next], kept[Math.max(0, next - 1)]];
    const away = Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / (Math.hypot(bx - ax, by - ay) || 1);
    expect(away).toBeLessThanOrEqual(0.8);
  }
});
