import { en } from "./tablet.en.ts";
import { ja } from "./tablet.ja.ts";
import { translator } from "./translate.ts";

export type TabletKey = keyof typeof ja;

/** The words of the tablet app. */
export const t = translator<TabletKey>({ ja, en });
