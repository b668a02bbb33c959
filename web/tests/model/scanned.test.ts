import { expect, test } from "vitest";
import { around, candidates, nextOpen, type ScannedCell, withDecisions } from "../../src/model/scanned.ts";

const cell = (row: number, column: number, text: string | null = null): ScannedCell => ({
  table: 0,
  row,
  column,
  page: 1,
  box: [10, 10, 20, 20],
  is_header: false,
  readings: [],
  proposal: "",
  doubts: [],
  decision: text === null ? null : { number: 1, table: 0, row, column, text, author: "係", at: "" },
  n_alike: 0,
});

test("what both engines read is one candidate, the proposal first", () => {
  const readings = [
    { engine: "a", text: "LEO" },
    { engine: "b", text: "LED" },
    { engine: "c", text: "LEO" },
  ];
  expect(candidates({ proposal: "LED", readings })).toEqual(["LED", "LEO"]);
});

test("the next cell that waits is sought from here on, then from the front", () => {
  const cells = [cell(0, 0), cell(1, 0, "x"), cell(2, 0)];
  expect([nextOpen(cells, 0), nextOpen(cells, 2), nextOpen(cells, -1)]).toEqual([2, 0, 0]);
  expect(nextOpen([cell(1, 0, "x")], 0)).toBe(-1);
});

test("decisions of others come in, and what was taken back waits again", () => {
  const made = { number: 2, table: 0, row: 0, column: 0, author: "乙", at: "" };
  expect(withDecisions([cell(0, 0)], [{ ...made, text: "a" }])[0]?.decision?.text).toBe("a");
  expect(withDecisions([cell(0, 0, "a")], [{ ...made, text: null }])[0]?.decision).toBeNull();
  expect(withDecisions([cell(0, 1)], [{ ...made, text: "a" }])[0]?.decision).toBeNull();
});

test("the room around a cell ends where the page does", () => {
  const page = { number: 1, width_px: 30, height_px: 100, dpi: 200, state: "read" } as const;
  expect(around([10, 10, 20, 20], page, 15, 5)).toEqual([0, 5, 30, 25]);
});
