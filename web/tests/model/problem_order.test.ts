import { expect, test } from "vitest";
import type { RowProblem } from "../../src/model/imports.ts";
import { alike, inOrder } from "../../src/model/problem_order.ts";

const told = (code: string, severity: RowProblem["severity"], row: number) =>
  ({ code, severity, row, message: "", suggestion: "" }) as RowProblem;

test("a note that is told in every row hides no note of another kind, and none is lost", () => {
  const dittos = Array.from({ length: 50 }, (_, index) => told("ditto", "info", index));
  const problems = [...dittos, told("unit", "info", 60), told("empty", "warning", 61), told("bad", "error", 62)];
  const ordered = inOrder(problems);
  expect(ordered.slice(0, 6).map(({ code }) => code)).toEqual(["bad", "empty", "ditto", "ditto", "ditto", "unit"]);
  expect(new Set(ordered)).toEqual(new Set(problems));
});

test("warnings stay together, however many there are", () => {
  const problems = [
    ...Array.from({ length: 9 }, (_, index) => told("empty", "warning", index)),
    told("unit", "info", 9),
  ];
  expect(inOrder(problems)).toEqual(problems);
});

test("what is said alike of several rows is one line with their number", () => {
  const problems = [told("mark", "error", 5), told("empty", "warning", 6), told("mark", "error", 7)];
  const other = { ...told("mark", "error", 8), message: "another value" };
  const found = alike([...problems, other]);
  expect(found.map(({ first, n }) => [first.row, n])).toEqual([
    [5, 2],
    [6, 1],
    [8, 1],
  ]);
});
