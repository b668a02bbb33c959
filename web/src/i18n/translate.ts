import type { Language } from "../model/text.ts";
import { currentLanguage } from "./language.svelte.ts";

type Values = Record<string, string | number>;

/** Makes the `t()` of one app; the type of the Japanese dictionary says which keys there are.
 *
 * "{name}" in a text is replaced by the value of that name.
 */
export function translator<Key extends string>(dictionaries: Record<Language, Record<Key, string>>) {
  return (key: Key, values: Values = {}): string => {
    const text = dictionaries[currentLanguage()][key];
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}
