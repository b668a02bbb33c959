import { expect, test } from "vitest";
import { isSetUp, keepSetUp } from "../../src/main/tablet/setting_up.ts";
import type { WorkArea } from "../../src/model/area.ts";
import type { Database } from "../../src/store/database.ts";
import { chooseLayers, listLayers, restartPull } from "../../src/store/features.ts";
import { LAYER } from "../samples.ts";
import { filledDatabase, newDatabase } from "../store/stored.ts";

const listing = { definition: LAYER, n_features: 1, n_unlocated: 0, extent: null, revision: 57 };
const park = { ...listing, definition: { ...LAYER, key: "park" } };
const area: WorkArea = { name: "", bbox: [137, 36, 138, 37] };
const opens = async (database: Database) => isSetUp(database, await listLayers(database));

test("a tablet that was never set up asks, also where its first download was cut", async () => {
  const database = newDatabase();
  expect(await opens(database)).toBe(false);
  await chooseLayers(database, [listing]);
  expect(await opens(database)).toBe(false);
});

test.each<[string, (database: Database) => Promise<void>]>([
  ["another area", (database) => chooseLayers(database, [listing], area)],
  ["one more layer", (database) => chooseLayers(database, [listing, park])],
  ["a store that was replaced", restartPull],
])("a cut while %s is taken along locks no crew out, on a tablet of an older app neither", async (_, change) => {
  const database = await filledDatabase();
  await change(database);
  expect(await opens(database)).toBe(true);
});

test("a tablet that was set up stays so when all of its layers are others", async () => {
  const database = await filledDatabase();
  await keepSetUp(database);
  await chooseLayers(database, [park]);
  expect(await opens(database)).toBe(true);
  await chooseLayers(database, []);
  expect(await opens(database)).toBe(false);
});
