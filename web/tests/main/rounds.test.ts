import { expect, test, vi } from "vitest";
import { Rounds } from "../../src/main/tablet/rounds.svelte.ts";
import type { Visit } from "../../src/model/visit.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { newDatabase } from "../store/stored.ts";

const visit = (over: Partial<Visit>): Visit => ({
  feature_id: FEATURE.feature_id,
  layer: LAYER.key,
  at: new Date().toISOString(),
  change_id: "c",
  kind: "checked",
  ...over,
});

async function withVisits(...visits: Visit[]) {
  const database = newDatabase();
  await database.write(["visits"], async (transaction) => {
    for (const one of visits) await transaction.objectStore("visits").put(one);
  });
  const rounds = new Rounds(database);
  await rounds.load();
  return { database, rounds };
}

test("a round goes over the layers in which something was checked, or over those that were chosen", async () => {
  const { database, rounds } = await withVisits(visit({}), visit({ feature_id: "x", layer: "park", kind: "changed" }));
  expect([...rounds.keys()]).toEqual([LAYER.key]);
  await rounds.choose(["park", "aed"]);
  const again = new Rounds(database);
  await again.load();
  expect([...again.keys()]).toEqual(["park", "aed"]);
});

test("a round that was begun by its first check lasts; a new one has visited nothing", async () => {
  const { database, rounds } = await withVisits(visit({ at: new Date(Date.now() - 1000).toISOString() }));
  await rounds.keep();
  const later = new Rounds(database);
  await later.load();
  expect(later.day).toBe(rounds.day);
  expect(later.state(LAYER, FEATURE)).toBe("checked");
  await later.begin();
  expect(later.state(LAYER, FEATURE)).toBe("left");
  expect(later.done(FEATURE.feature_id)).toBeNull();
  expect([...later.keys()]).toEqual([]);
  expect(later.count([{ layer: LAYER, features: [FEATURE] }])).toMatchObject({ n_total: 1, n_left: 1 });
});

const ROUGH = { method: "address", accuracy_m: 300, note: null };
const was_at = (over: Partial<Visit>) => visit({ at: new Date(Date.now() + 1000).toISOString(), ...over });

test("a round of tasks goes over places to be confirmed, counts those that were, and stays one when it begins anew", async () => {
  const { database, rounds } = await withVisits();
  const rough = { ...FEATURE, position: ROUGH };
  expect(rounds.includes(FEATURE)).toBe(true);
  await rounds.choose([LAYER.key], true);
  expect([rounds.includes(FEATURE), rounds.includes(rough)]).toEqual([false, true]);
  const confirmed = was_at({ kind: "changed", is_placed: true });
  await database.write(["visits"], (transaction) => transaction.objectStore("visits").put(confirmed));
  const later = new Rounds(database);
  await later.load();
  expect([later.is_of_tasks, later.includes(FEATURE), later.isLeft(LAYER, FEATURE)]).toEqual([true, true, false]);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2000 });
  await later.begin().finally(() => vi.useRealTimers());
  expect([later.is_of_tasks, later.includes(FEATURE)]).toEqual([true, false]);
});

test("a round of tasks begins when it is chosen, and so does the round after it; more layers begin nothing", async () => {
  const { rounds } = await withVisits(visit({ at: new Date(Date.now() - 1000).toISOString(), is_placed: true }));
  await rounds.keep();
  await rounds.choose([LAYER.key], true);
  expect(rounds.includes(FEATURE)).toBe(false);
  rounds.visits = new Map([[FEATURE.feature_id, was_at({ is_placed: true })]]);
  await rounds.choose([LAYER.key, "park"], true);
  expect(rounds.includes(FEATURE)).toBe(true);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2000 });
  await rounds.choose([LAYER.key], false).finally(() => vi.useRealTimers());
  expect(rounds.isLeft(LAYER, FEATURE)).toBe(true);
});

test("a task that was looked at and not confirmed is left; other work on a round of tasks is not counted", async () => {
  const { rounds } = await withVisits();
  await rounds.choose([LAYER.key], true);
  const rough = { ...FEATURE, feature_id: "rough", position: ROUGH };
  rounds.visits = new Map([FEATURE, rough].map(({ feature_id }) => [feature_id, was_at({ feature_id })]));
  const features = [FEATURE, rough].filter((feature) => rounds.includes(feature));
  expect(features).toEqual([rough]);
  expect(rounds.state(LAYER, rough)).toBe("checked");
  expect(rounds.isLeft(LAYER, rough)).toBe(true);
  expect(rounds.count([{ layer: LAYER, features }])).toMatchObject({ n_total: 1, n_left: 1 });
});
