import type { Language } from "../model/text.ts";

const ERA = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { era: "long", year: "numeric", timeZone: "UTC" });
const PLAIN: Record<Language, Intl.DateTimeFormat> = {
  ja: new Intl.DateTimeFormat("ja-JP", {
    year: "numeric",
    month: "long",
    day: "numeric",
    weekday: "short",
    timeZone: "UTC",
  }),
  en: new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }),
};

/** "2026-11-23" → "2026年11月23日(月) 令和8年"; empty where the text is no date. English has no era. */
export function dateWords(value: string, language: Language): string {
  const date = new Date(/^\d{4}-\d\d-\d\d/.test(value) ? `${value.slice(0, 10)}T00:00:00Z` : Number.NaN);
  if (Number.isNaN(date.getTime())) return "";
  const plain = PLAIN[language].format(date);
  return language === "ja" ? `${plain} ${ERA.format(date)}` : plain;
}

/** The year before the first of each era, by its name and its letter. */
const ERAS: Record<string, number> = { 令和: 2018, 平成: 1988, 昭和: 1925, 大正: 1911, 明治: 1867 };
const LETTERS: Record<string, string> = { r: "令和", h: "平成", s: "昭和", t: "大正", m: "明治" };
const DATE =
  /^(?:(令和|平成|昭和|大正|明治|[rhstm])\s*(元|\d{1,2})|(\d{4}))\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?$/;

/** Reads a date as people write it: 令和6年5月1日, R6.5.1, 2024/5/1, 20240501; null where it is none. */
export function parseDate(text: string): string | null {
  const plain = text.normalize("NFKC").trim().toLowerCase();
  const packed = /^(\d{4})(\d\d)(\d\d)$/.exec(plain);
  const [, era = "", of_era, western, month, day] = DATE.exec(packed ? packed.slice(1).join("-") : plain) ?? [];
  const base = ERAS[LETTERS[era] ?? era];
  const year = western ? Number(western) : base && base + (of_era === "元" ? 1 : Number(of_era));
  if (!year || !month || !day) return null;
  const date = new Date(Date.UTC(year, Number(month) - 1, Number(day)));
  const is_real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return is_real && of_era !== "0" ? date.toISOString().slice(0, 10) : null;
}

const TIME = /^(.*?)[\sT]\s*(\d{1,2})(?::|時)(\d{1,2})分?$/;

/** Reads a date with or without a time ("R6.5.1 10:30") as "2024-05-01T10:30"; null where it is none.
 *
 * @param before The time, "10:30", that stays where none is written.
 */
export function parseTime(text: string, before: string): string | null {
  const plain = text.normalize("NFKC").trim();
  const [, day, hour = "", minute = ""] = TIME.exec(plain) ?? [];
  const date = parseDate(day ?? plain);
  if (!date || Number(hour) > 23 || Number(minute) > 59) return null;
  return `${date}T${day === undefined ? before || "00:00" : `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`}`;
}
