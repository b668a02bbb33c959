import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { listConflicts, readDay, readHistory } from "../../src/sync/office.ts";
import { json, serve } from "./fake_server.ts";

/** The office pages read what the Python tests say the server gives: sample_data/exchange. */
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../sample_data/exchange/${name}`, import.meta.url), "utf8"));

afterEach(() => vi.unstubAllGlobals());

/** RFC 8785 for what changes hold: members in the order of their UTF-16 names, numbers as JavaScript writes them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

test("the canonical JSON of a change has the same hash on both sides", () => {
  const { changes } = read("push.json") as { changes: { change_id: string }[] };
  const hashes = changes.map((change) => [
    change.change_id,
    createHash("sha256").update(canonical(change), "utf8").digest("hex"),
  ]);
  expect(Object.fromEntries(hashes)).toEqual(read("hashes.json"));
});

test("the receipt of a day says what is left to do and who decided", async () => {
  serve({ "/days/2026-11-23/report": async () => json(read("day.json")) });
  const report = await readDay("2026-11-23");
  for (const { n_sent, n_applied, n_merged, n_conflict, n_held, n_rejected } of report.devices)
    expect(n_sent).toBe(n_applied + n_merged + n_conflict + n_held + n_rejected);
  expect(report.devices.map(({ device_id, next }) => [device_id, next])).toEqual([
    ["tablet-1", []],
    ["tablet-2", ["photos", "rejected", "held"]],
  ]);
  expect(report.decisions).toMatchObject([{ field: "status", take: "incoming", author: "係長" }]);
});

test("the history of a feature goes from what was done last to its beginning", async () => {
  const golden = read("history.json");
  serve({ [`/layers/lamp/features/${golden.feature_id}/history`]: async () => json(golden) });
  const { entries, is_deleted } = await readHistory("lamp", golden.feature_id);
  expect(is_deleted).toBe(false);
  expect(entries.map(({ kind, author }) => [kind, author])).toEqual([
    ["update", "係長"],
    ["update", "班員"],
    ["update", "班員"],
    ["insert", "係長"],
  ]);
  expect(entries[0]?.fields).toEqual([{ field: "status", from: "撤去", to: "球切れ" }]);
});

test("a conflict record names both authors with their places", async () => {
  serve({ "/conflicts": async () => json({ conflicts: [read("conflict.json")] }) });
  const [record] = await listConflicts();
  expect([record?.stored_by.device_id, record?.incoming_by.device_id]).toEqual(["tablet-1", "tablet-2"]);
  expect(record?.stored_by.position).toEqual({ lon: 137.25, lat: 36.14, accuracy_m: 4 });
});
