import type { Text } from "../model/text.ts";
import { requestJson } from "./http.ts";

/** A setting as it counts from the next start of the server; docs/format.md §4. */
export interface OfficeSetting {
  name: string;
  value: string | number | boolean | null;
  default: string | number | boolean | null;
  source: "default" | "file" | "environment";
  variable: string;
  help: Text;
}

export const listSettings = async (): Promise<OfficeSetting[]> =>
  (await requestJson<{ settings: OfficeSetting[] }>("/settings")).settings;

/** Writes a setting; null takes it back to its default. */
export const writeSetting = (name: string, value: string | null): Promise<OfficeSetting> =>
  requestJson(`/settings/${name}`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ value }),
  });
