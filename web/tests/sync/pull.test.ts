import { afterEach, expect, test, vi } from "vitest";
import { chooseLayers, listFeatures, listLayers } from "../../src/store/features.ts";
import { OfflineError, ServerError } from "../../src/sync/http.ts";
import { parsePage, pullAll } from "../../src/sync/pull.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { filledDatabase, newDatabase, page } from "../store/stored.ts";
import { cut, ndjson, problem, serve } from "./fake_server.ts";

afterEach(() => vi.unstubAllGlobals());

const feature = (feature_id: string) => ({ type: "feature" as const, ...FEATURE, feature_id });
const answer = (...args: Parameters<typeof page>) => {
  const { header, lines, end } = page(...args);
  return ndjson([header, ...lines, end]);
};
const listing = (key: string) => ({
  definition: { ...LAYER, key },
  n_features: 2,
  n_unlocated: 0,
  extent: null,
  revision: 57,
});
const queries = (requests: Request[]) => requests.map(({ url }) => Object.fromEntries(new URL(url).searchParams));

test("pages follow each other by their cursor, and progress counts towards the layers' sizes", async () => {
  const database = newDatabase();
  await chooseLayers(database, [listing(LAYER.key)]);
  const requests = serve({
    "/sync/pull": ({ url }) =>
      url.includes("cursor") ? answer([feature("b")]) : answer([feature("a")], { next: "c2" }),
  });
  const progress: number[][] = [];
  await pullAll(database, (...numbers) => progress.push(numbers));
  expect(queries(requests)).toMatchObject([{ layers: LAYER.key, since: "0" }, { cursor: "c2" }]);
  expect((await listFeatures(database, LAYER.key)).map(({ feature_id }) => feature_id)).toEqual(["a", "b"]);
  expect(progress).toEqual([
    [1, 2],
    [2, 2],
  ]);
});

test("the next page is on its way while one is written", async () => {
  const database = newDatabase();
  await chooseLayers(database, [listing(LAYER.key)]);
  const requests = serve({
    "/sync/pull": ({ url }) =>
      url.includes("cursor") ? answer([feature("b")]) : answer([feature("a")], { next: "c2" }),
  });
  const n_asked: number[] = [];
  await pullAll(database, () => n_asked.push(requests.length));
  expect(n_asked).toEqual([2, 2]);
});

test("a pull that was cut goes on where it was", async () => {
  const database = newDatabase();
  await chooseLayers(database, [listing(LAYER.key)]);
  let is_cut = true;
  const requests = serve({
    "/sync/pull": ({ url }) => {
      if (!url.includes("cursor")) return answer([feature("a")], { next: "c2" });
      return is_cut ? cut() : answer([feature("b")]);
    },
  });
  await expect(pullAll(database)).rejects.toBeInstanceOf(OfflineError);
  is_cut = false;
  await pullAll(database);
  expect(queries(requests).map(({ cursor }) => cursor)).toEqual([undefined, "c2", "c2"]);
  expect(await listFeatures(database, LAYER.key)).toHaveLength(2);
});

test("a layer that was added later is pulled from the beginning, the others from where they are", async () => {
  const database = await filledDatabase();
  await chooseLayers(database, [listing(LAYER.key), listing("park")]);
  const requests = serve({ "/sync/pull": () => answer([]) });
  await pullAll(database);
  expect(queries(requests)).toMatchObject([
    { layers: "park", since: "0" },
    { layers: LAYER.key, since: "57", epoch: "e1" },
  ]);
});

test("a replaced store is pulled from the beginning, whether it says so or only shows it", async () => {
  for (const first of [() => problem(409, "epoch_changed"), () => answer([], { epoch: "e2", since: 57 })]) {
    const database = await filledDatabase();
    serve({
      "/sync/pull": ({ url }) =>
        url.includes("since=0") ? answer([feature("b")], { epoch: "e2", revision: 3 }) : first(),
    });
    await pullAll(database);
    expect((await listFeatures(database, LAYER.key)).map(({ feature_id }) => feature_id)).toEqual(["b"]);
    expect(await listLayers(database)).toMatchObject([{ revision: 3 }]);
  }
});

test("a layer that is taken along later shows that the store was replaced: all others come anew, too", async () => {
  const database = await filledDatabase();
  await chooseLayers(database, [listing(LAYER.key), listing("park")]);
  const requests = serve({ "/sync/pull": () => answer([feature("b")], { epoch: "e2", revision: 3 }) });
  await pullAll(database);
  expect(queries(requests).at(-1)).toMatchObject({ layers: `park,${LAYER.key}`, since: "0" });
  expect((await listLayers(database)).map(({ revision }) => revision)).toEqual([3, 3]);
});

test("other refusals are passed on with their words in both languages", async () => {
  const database = await filledDatabase();
  serve({ "/sync/pull": () => problem(403, "forbidden") });
  const refusal = await pullAll(database).catch((error) => error);
  expect(refusal).toBeInstanceOf(ServerError);
  expect(refusal).toMatchObject({ status: 403, code: "forbidden", detail: { ja: "だめです", en: "no" } });
});

test("a page counts only with its last line whole", () => {
  const { header, lines, end } = page([feature("a")]);
  const text = [header, ...lines, end].map((line) => `${JSON.stringify(line)}\n`).join("");
  expect(parsePage(text, "/").lines).toHaveLength(1);
  for (const n_lost of [1, 5, JSON.stringify(end).length + 1, text.length]) {
    expect(() => parsePage(text.slice(0, text.length - n_lost), "/")).toThrow(OfflineError);
  }
});

test("a pull asks for the area that is taken along, page after page", async () => {
  const database = newDatabase();
  await chooseLayers(database, [listing(LAYER.key)], { name: "花里町", bbox: [137.2, 36.1, 137.3, 36.2] });
  const requests = serve({
    "/sync/pull": ({ url }) => (url.includes("cursor") ? answer([]) : answer([feature("a")], { next: "c2" })),
  });
  await pullAll(database);
  const bbox = "137.200000,36.100000,137.300000,36.200000";
  expect(queries(requests)).toMatchObject([{ bbox }, { bbox, cursor: "c2" }]);
});
