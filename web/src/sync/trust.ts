import { requestJson } from "./http.ts";

/** How a tablet comes to trust the server; docs/format.md §4. */
export interface Https {
  origin: string;
  setup_url: string;
  /** A picture (data URL) of the code that leads to the set-up page. */
  setup_code: string;
  fingerprint: string;
  ends_at: string;
}

export const readHttps = async (): Promise<Https | null> =>
  (await requestJson<{ https: Https | null }>("/https")).https;
