import { expect, test } from "vitest";
import type { ReceiptStatus } from "../../src/model/change.ts";
import { listFeatures, readAround, restartPull } from "../../src/store/features.ts";
import { applyReceipts, handOver, listOutbox } from "../../src/store/outbox.ts";
import { listSent } from "../../src/store/sent.ts";
import { FEATURE, LAYER, POINT } from "../samples.ts";
import { filledDatabase, saved } from "./stored.ts";

const receipt = (change_id: string, status: ReceiptStatus, conflicts: string[] = []) => ({
  change_id,
  status,
  revision: 58,
  conflicts,
  problem: null,
});

for (const status of ["applied", "merged"] as const) {
  test(`a change that was ${status} leaves, and the copy of the feature holds it`, async () => {
    const database = await filledDatabase();
    const { change } = await saved(database);
    await applyReceipts(database, [receipt(change.change_id, status)], "e1");
    expect(await listOutbox(database)).toEqual([]);
    expect((await readAround(database, LAYER.key, FEATURE.feature_id)).base).toMatchObject({
      fields: { status: "球切れ" },
    });
  });
}

for (const status of ["held", "rejected", "conflict"] as const) {
  test(`a change that is ${status} stays with its receipt`, async () => {
    const database = await filledDatabase();
    const { change } = await saved(database);
    const word = receipt(change.change_id, status, status === "conflict" ? ["status"] : []);
    await applyReceipts(database, [word], "e1");
    expect(await listOutbox(database)).toMatchObject([{ state: status, receipt: word }]);
    expect((await readAround(database, LAYER.key, FEATURE.feature_id)).base).toMatchObject({
      fields: { status: "点灯" },
    });
  });
}

test("the server's word on what was sent is kept for a week, the last word on each change", async () => {
  const database = await filledDatabase();
  const at = (day: number) => new Date(`2026-11-${day}T02:00:00Z`);
  const attachments = [{ sha256: "aa", name: "a.jpg", size_bytes: 1, media_type: "image/jpeg" }];
  const { change } = await saved(database, { attachments });
  const other = await saved(database, { feature_id: "other", seen: null });
  await applyReceipts(database, [receipt(change.change_id, "held")], "e1", at(20));
  await applyReceipts(database, [receipt(change.change_id, "conflict", ["status"])], "e1", at(21));
  const line = { status: "conflict", conflicts: ["status"], label: "A-1", layer: LAYER.key, photos: ["aa"] };
  expect(await listSent(database)).toMatchObject([{ ...line, at: at(21).toISOString() }]);
  await applyReceipts(database, [receipt(other.change.change_id, "applied")], "e1", at(27));
  expect((await listSent(database)).map(({ status }) => status)).toEqual(["conflict", "applied"]);
  await applyReceipts(database, [], "e1", at(29));
  expect((await listSent(database)).map(({ status }) => status)).toEqual(["applied"]);
});

test("an applied insert is a feature of the store, an applied delete is none any more", async () => {
  const database = await filledDatabase();
  const made = await saved(database, { feature_id: "new", seen: null, geometry: POINT(1, 2) });
  const gone = await saved(database, { is_deletion: true });
  const words = [made, gone].map(({ change }) => receipt(change.change_id, "applied"));
  await applyReceipts(database, words, "e1");
  const features = await listFeatures(database, LAYER.key);
  expect(features.map(({ feature_id, revision }) => [feature_id, revision])).toEqual([["new", 58]]);
});

test("a receipt for a change that is not here any more does nothing", async () => {
  const database = await filledDatabase();
  const { change } = await saved(database);
  const word = receipt(change.change_id, "applied");
  await applyReceipts(database, [word], "e1");
  await applyReceipts(database, [word], "e1");
  expect((await readAround(database, LAYER.key, FEATURE.feature_id)).base).toMatchObject({ revision: 58 });
});

test("handing over lets go of what the server has, not of what it never saw", async () => {
  const database = await filledDatabase();
  const first = await saved(database);
  const second = await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  await applyReceipts(database, [receipt(first.change.change_id, "rejected")], "e1");
  expect(await handOver(database, FEATURE.feature_id)).toBe(1);
  expect((await listOutbox(database)).map(({ change }) => change.change_id)).toEqual([second.change.change_id]);
});

test("for a replaced store changes get new ids, keep their order, links and values, and name no revision", async () => {
  const database = await filledDatabase();
  const first = await saved(database);
  const second = await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  await restartPull(database);
  const [now, then] = await listOutbox(database);
  expect(now?.change.change_id).not.toBe(first.change.change_id);
  expect(then?.change.after).toBe(now?.change.change_id);
  expect([now?.change.base_revision, then?.change.base_revision]).toEqual([null, null]);
  expect([now?.change.fields, then?.change.fields]).toEqual([first.change.fields, second.change.fields]);
  expect(now?.is_offered).toBe(false);
});
