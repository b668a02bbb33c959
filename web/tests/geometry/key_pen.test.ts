import { expect, test } from "vitest";
import { KeyPen } from "../../src/geometry/key_pen.ts";

const press = (pen: KeyPen, ...keys: string[]) => keys.map((key) => pen.press({ key, shiftKey: false }));

test("arrows lead the pen from the middle, Space puts it down and lifts it; other keys are not its own", () => {
  const pen = new KeyPen(400, 200);
  expect(press(pen, "ArrowRight", "ArrowUp", "a", "Tab", " ")).toEqual(["moved", "moved", null, null, "down"]);
  expect([pen.at, pen.is_down]).toEqual([[204, 96], true]);
  expect(press(pen, "ArrowDown", " ")).toEqual(["moved", "up"]);
  expect([pen.at, pen.is_down]).toEqual([[204, 100], false]);
});

test("with Shift it goes finely, and it never leaves the picture", () => {
  const pen = new KeyPen(400, 200);
  pen.press({ key: "ArrowLeft", shiftKey: true });
  expect(pen.at[0]).toBeCloseTo(199.6);
  for (let n = 0; n < 100; n++) press(pen, "ArrowLeft", "ArrowDown");
  expect(pen.at).toEqual([0, 200]);
});
