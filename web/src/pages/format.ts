import { currentLanguage } from "../i18n/language.svelte.ts";

const locale = () => (currentLanguage() === "ja" ? "ja-JP" : "en-GB");

export const formatNumber = (n: number): string => n.toLocaleString(locale());

/** Writes a day "2026-11-23" as 2026年11月23日(月). */
export function formatDate(day: string): string {
  const instant = new Date(`${day}T00:00:00+09:00`);
  if (Number.isNaN(instant.getTime())) return day;
  return instant.toLocaleDateString(locale(), {
    year: "numeric",
    month: "long",
    day: "numeric",
    weekday: "short",
    timeZone: "Asia/Tokyo",
  });
}

/** The day in Japan now, "2026-11-23". */
export const todayInJapan = (): string => new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Tokyo" });

/** Writes an instant in the office's own time: 2026年11月23日(月) 17:00. */
export function formatDateTime(at: string): string {
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime())) return at;
  const date = instant.toLocaleDateString(locale(), {
    year: "numeric",
    month: "long",
    day: "numeric",
    weekday: "short",
  });
  const time = instant.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  return `${date} ${time}`;
}

/** Writes the day of an instant, in the office's own time: 2026年11月23日. */
export function formatInstantDay(at: string): string {
  const instant = new Date(at);
  if (Number.isNaN(instant.getTime())) return at;
  return instant.toLocaleDateString(locale(), { year: "numeric", month: "long", day: "numeric" });
}
