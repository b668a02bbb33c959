import { words } from "../../i18n/language.svelte.ts";
import { t } from "../../i18n/tablet.ts";
import type { OutboxEntry } from "../../model/change.ts";
import type { Ledger } from "./ledger.svelte.ts";

/** Ids of the changes of an outbox, step by step: those that were saved together are one step. */
export function stepsOf(entries: readonly OutboxEntry[]): string[][] {
  const steps = new Map<string, string[]>();
  for (const { change, first_id = change.change_id } of entries) {
    steps.set(first_id, [...(steps.get(first_id) ?? []), change.change_id]);
  }
  return [...steps.values()];
}

/** Names a step by the first of its changes, and tells how many there are besides. */
export function stepWords(ledger: Ledger, [first, ...others]: OutboxEntry[]): string {
  if (!first) return "";
  const { change, label } = first;
  const layer = words(ledger.layer(change.layer)?.title ?? { ja: "", en: "" });
  const kind = t(change.is_visit ? "kind_visit" : `kind_${change.kind}`);
  const what = t("step", { layer, label: label && t("step_label", { label }), kind });
  return others.length ? t("step_and_others", { what, n: others.length }) : what;
}
