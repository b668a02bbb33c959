/** Text as searching compares it: full and half width, hiragana and katakana, upper and lower case are one. */
export function foldText(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60))
    .replace(/[‐‑–—−ー－]/g, "-")
    .replace(/\s+/g, " ");
}
