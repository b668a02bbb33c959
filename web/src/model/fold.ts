let forms: Readonly<Record<string, string>> = {};
let old_forms = /(?!)/g;

/** From now on old forms of characters (髙, 𠮷, ヶ) are those that the office takes them for. */
export function useForms(known: Readonly<Record<string, string>>): void {
  forms = known;
  old_forms = Object.keys(known).length ? new RegExp(`[${Object.keys(known).join("")}]`, "gu") : /(?!)/g;
}

/** Most numbers and codes: there is little to fold in them, and they are many. */
const PLAIN = /^[ -~]*$/;

/** Text as searching compares it: full and half width, hiragana and katakana, upper and lower case are one. */
export function foldText(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase().replace(/ {2,}/g, " ");
  return text
    .normalize("NFKC")
    .replace(/\p{Variation_Selector}/gu, "")
    .replace(old_forms, (char) => forms[char] ?? char)
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
    .replace(/[‐‑–—−ー－]/g, "-")
    .replace(/\s+/g, " ");
}
