import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Ledger } from "../../src/main/tablet/ledger.svelte.ts";
import { Outing } from "../../src/main/tablet/outing.svelte.ts";
import { listFeatures, listLayers } from "../../src/store/features.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { newDatabase, page } from "../store/stored.ts";
import { json, ndjson, serve } from "../sync/fake_server.ts";
import { stubNavigator } from "../sync/navigator.ts";

beforeEach(() => {
  stubNavigator();
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible" }));
});
afterEach(() => vi.unstubAllGlobals());

const listing = { definition: LAYER, n_features: 2, n_unlocated: 0, extent: null, revision: 57 };

/** Gives one feature a page, each after a while. */
async function pull({ url }: Request): Promise<Response> {
  const query = new URL(url).searchParams;
  await new Promise((resolve) => setTimeout(resolve, 5));
  const is_first = !query.get("cursor");
  const since = Number(query.get("since"));
  const feature_id = is_first ? "a" : "b";
  const lines = since ? [] : [{ type: "feature" as const, ...FEATURE, feature_id }];
  const { header, end } = page([], { since, ...(is_first && !since ? { next: "c2" } : {}) });
  return ndjson([header, ...lines, end]);
}

test("two windows that take along at once do it one after the other: the second fetches only what is new", async () => {
  const requests = serve({
    "/layers": () => json({ layers: [listing] }),
    "/definitions": () => json({ definitions: [] }),
    "/basemap": () => json({ packs: [] }),
    "/sync/pull": pull,
    [`/layers/${LAYER.key}/features`]: () => json({ numberMatched: 0 }),
  });
  const database = newDatabase();
  const outings = await Promise.all(
    [1, 2].map(async () => {
      const outing = new Outing(new Ledger(database));
      await outing.ask();
      return outing;
    }),
  );
  expect(await Promise.all(outings.map((outing) => outing.take()))).toEqual([true, true]);
  const pulls = requests.map(({ url }) => new URL(url)).filter(({ pathname }) => pathname === "/sync/pull");
  const places = pulls.map(({ searchParams: query }) => [query.get("since"), query.get("cursor")]);
  expect(places).toEqual([
    ["0", null],
    ["0", "c2"],
    ["57", null],
  ]);
  expect(await listLayers(database)).toMatchObject([{ revision: 57, cursor: null, is_stale: false }]);
  const there = (await listFeatures(database, LAYER.key)).map(({ feature_id }) => feature_id);
  expect(there.sort()).toEqual(["a", "b"]);
});
