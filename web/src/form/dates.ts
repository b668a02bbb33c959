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
