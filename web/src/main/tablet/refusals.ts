import { t } from "../../i18n/tablet.ts";
import type { OutboxEntry } from "../../model/change.ts";
import type { Desk } from "./desk.svelte.ts";

/** Asks before what the office refused of a feature leaves the tablet: how many changes go, and that the office has them. */
export function askHandOver(desk: Desk, { change, label }: OutboxEntry): void {
  const { ledger } = desk;
  const n = ledger.entriesOf(change.feature_id).filter(({ state }) => state === "rejected" || state === "held").length;
  const hand = () =>
    desk.attempt(async () => {
      await ledger.handOver(change.layer, change.feature_id);
      desk.tell(t("handed_over"));
    });
  desk.question = {
    text: t("ask_hand_over", { label: label || t("no_name"), n }),
    answers: [
      { label: t("hand_over"), style: "danger", testid: "confirm-hand-over", run: hand },
      { label: t("cancel"), style: "plain", testid: "confirm-cancel", run: () => undefined },
    ],
  };
}
