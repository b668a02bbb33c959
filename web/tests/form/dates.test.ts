import { expect, test } from "vitest";
import { dateWords } from "../../src/form/dates.ts";

test("dates are told with their weekday and their era", () => {
  expect(dateWords("2026-11-23", "ja")).toBe("2026年11月23日(月) 令和8年");
  expect(dateWords("2019-04-30", "ja")).toBe("2019年4月30日(火) 平成31年");
  expect(dateWords("2019-05-01", "ja")).toBe("2019年5月1日(水) 令和元年");
  expect(dateWords("1989-01-07", "ja")).toBe("1989年1月7日(土) 昭和64年");
  expect(dateWords("2026-11-23", "en")).toBe("23 November 2026");
});

test("what is no date has no words", () => {
  for (const text of ["", "2026", "不明", "2026-13-40"]) expect(dateWords(text, "ja")).toBe("");
});
