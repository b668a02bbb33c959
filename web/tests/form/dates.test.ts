import { expect, test } from "vitest";
import { parseDate, parseTime } from "../../src/form/dates.ts";

test.each([
  ["令和6年5月1日", "2024-05-01"],
  ["Ｒ６．５．１", "2024-05-01"],
  ["r06/05/01", "2024-05-01"],
  ["令和元年5月1日", "2019-05-01"],
  ["平成31年4月30日", "2019-04-30"],
  ["S64.1.7", "1989-01-07"],
  ["㍻2-3-4", "1990-03-04"],
  ["2024/2/29", "2024-02-29"],
  ["20240501", "2024-05-01"],
  ["2024年 5月 1日", "2024-05-01"],
])("%s is %s", (text, date) => expect(parseDate(text)).toBe(date));

test.each(["", "R6", "2023/2/29", "R6.13.1", "6.5.1", "令和0年1月1日", "R6.5.32", "5/1"])("%s is no date", (text) =>
  expect(parseDate(text)).toBeNull(),
);

test.each([
  ["令和6年5月1日 9時5分", "2024-05-01T09:05"],
  ["Ｒ６．５．１　１０：３０", "2024-05-01T10:30"],
  ["2024-05-01T23:59", "2024-05-01T23:59"],
  ["R6.5.1", "2024-05-01T14:20"],
])("%s is the time %s", (text, time) => expect(parseTime(text, "14:20")).toBe(time));

test("a date without a time begins the day where there was none before; what is no time is none", () => {
  expect(parseTime("R6.5.1", "")).toBe("2024-05-01T00:00");
  for (const text of ["", "10:30", "R6.5.1 24:00", "R6.5.1 10:60", "R6.13.1 10:30"])
    expect(parseTime(text, "14:20")).toBeNull();
});
