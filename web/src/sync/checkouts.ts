import type { Checkin, Checkout } from "../model/checkouts.ts";
import { requestJson } from "./http.ts";

/** Files that go out to QGIS or QField and come back: docs/format.md §4. */

export const listCheckouts = async (): Promise<Checkout[]> =>
  (await requestJson<{ checkouts: Checkout[] }>("/checkouts")).checkouts;

export const makeCheckout = (layers: string[], author: string): Promise<Checkout> =>
  requestJson<Checkout>("/checkouts", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ layers, author }),
  });

/** Takes a file back, or tells what it would bring. */
export function sendCheckin(file: File, choice: { isDryRun: boolean; areDeletionsAllowed: boolean }): Promise<Checkin> {
  const body = new FormData();
  body.append("file", file, file.name);
  body.append("is_dry_run", choice.isDryRun ? "1" : "0");
  body.append("are_deletions_allowed", choice.areDeletionsAllowed ? "1" : "0");
  return requestJson<Checkin>("/checkins", { method: "POST", body });
}
