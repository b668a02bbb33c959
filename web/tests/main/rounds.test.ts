import { expect, test } from "vitest";
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

test("a round of tasks goes over places to be confirmed, counts those that were, and stays one when it begins anew", async () => {
  const { database, rounds } = await withVisits();
  const rough = { ...FEATURE, position: { method: "address", accuracy_m: 300, note: null } };
  expect(rounds.includes(FEATURE)).toBe(true);
  await rounds.choose([LAYER.key], true);
  expect([rounds.includes(FEATURE), rounds.includes(rough)]).toEqual([false, true]);
  const was_there = visit({ kind: "changed", at: new Date(Date.now() - 1000).toISOString() });
  await database.write(["visits"], (transaction) => transaction.objectStore("visits").put(was_there));
  const later = new Rounds(database);
  await later.load();
  expect([later.is_of_tasks, later.includes(FEATURE)]).toEqual([true, true]);
  await later.begin();
  expect([later.is_of_tasks, later.includes(FEATURE)]).toEqual([true, false]);
});
