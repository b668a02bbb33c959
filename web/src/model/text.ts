export type Language = "ja" | "en";

/** Words for people, in both languages. */
export interface Text {
  ja: string;
  en: string;
}
