import { expect, test } from "vitest";
import { en as officeEn } from "../../src/i18n/office.en.ts";
import { ja as officeJa } from "../../src/i18n/office.ja.ts";
import { en } from "../../src/i18n/tablet.en.ts";
import { ja } from "../../src/i18n/tablet.ja.ts";

/** Every app's pair of dictionaries. */
const DICTIONARIES = { office: { ja: officeJa, en: officeEn }, tablet: { ja, en } };

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

for (const [app, pair] of Object.entries(DICTIONARIES)) {
  test(`${app}: both languages have the same keys, and no text is empty`, () => {
    expect(Object.keys(pair.en).sort()).toEqual(Object.keys(pair.ja).sort());
    for (const text of [...Object.values(pair.ja), ...Object.values(pair.en)]) expect(text.trim()).not.toBe("");
  });

  test(`${app}: a text has the same placeholders in both languages`, () => {
    const english: Record<string, string> = pair.en;
    for (const [key, text] of Object.entries(pair.ja)) {
      expect(placeholders(english[key] ?? ""), key).toEqual(placeholders(text));
    }
  });
}
