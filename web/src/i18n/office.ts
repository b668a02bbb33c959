import { en } from "./office.en.ts";
import { ja } from "./office.ja.ts";
import { translator } from "./translate.ts";

export type OfficeKey = keyof typeof ja;

/** The words of the office pages. */
export const t = translator<OfficeKey>({ ja, en });
