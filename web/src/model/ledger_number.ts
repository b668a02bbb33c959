import { foldText } from "./fold.ts";

/** Signs that only say that a number stands here: №12 and No.12, 第12. */
const BEFORE = /(?:no\.?|第)\s*(?=\d)/g;
/** And those after it: 12番, 12号. The 番地 of an address is none. */
const AFTER = /(\d)\s*(?:番号|番(?!地)|号)/g;

/** A ledger number as people compare it: "防-0012", "防No.12" and "防 12号" are all "防-12". */
export function foldNumber(text: string): string {
  const plain = foldText(text).replace(BEFORE, "-").replace(AFTER, "$1-");
  const parts = plain.match(/\d+|[^\d\s\-_.,:;#()/・]+/gu) ?? [];
  return parts.map((part) => part.replace(/^0+(?=\d)/, "")).join("-");
}

/** How well a number is the one that is asked for: 0 the same, 1 the same but for what stands before it ("防-", the
 * year), 2 it begins like that; null = it is another. Both are folded.
 */
export function numberRank(number: string, asked: string): 0 | 1 | 2 | null {
  if (!asked || !number) return null;
  if (number === asked) return 0;
  if (number.endsWith(`-${asked}`) || isBareOf(number, asked)) return 1;
  return number.startsWith(asked) || number.slice(number.search(/\d/)).startsWith(asked) ? 2 : null;
}

/** The ledger has 0012 where the board outside says 防-12. */
function isBareOf(number: string, asked: string): boolean {
  return asked.endsWith(`-${number}`) && !/\d/.test(asked.slice(0, -number.length));
}

/** Whether a folded word stands in a folded text; one that begins with a digit only where a number begins.
 *
 * Three digits and more may also be the end of a number (of a telephone): then "inside".
 */
export function findWord(text: string, word: string): "found" | "inside" | null {
  const digits = /^\d+/.exec(word)?.[0];
  let at = text.indexOf(word);
  if (at < 0 || !digits) return at < 0 ? null : "found";
  for (; at >= 0; at = text.indexOf(word, at + 1)) if (!/\d/.test(text[at - 1] ?? "")) return "found";
  return digits.length > 2 ? "inside" : null;
}
