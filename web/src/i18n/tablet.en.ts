import type { TabletKey } from "./tablet.ts";

export const en: Record<TabletKey, string> = {
  app_name: "Field ledger",
};
