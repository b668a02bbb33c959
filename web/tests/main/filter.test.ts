import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Gps } from "../../src/gps/gps.svelte.ts";
import { Desk } from "../../src/main/tablet/desk.svelte.ts";
import { Ledger } from "../../src/main/tablet/ledger.svelte.ts";
import type { Layer } from "../../src/model/layer.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { filledDatabase } from "../store/stored.ts";

beforeEach(() => void vi.stubGlobal("navigator", {}));
afterEach(() => vi.unstubAllGlobals());

async function openDesk() {
  const ledger = new Ledger(await filledDatabase());
  await ledger.load();
  return new Desk(ledger, new Gps());
}

const layer: Layer = {
  ...LAYER,
  style: { category_field: "status", categories: [{ code: "点灯", color: "#ec0000" }] },
};

test("what was visited today leaves the list of what is left, and what waits to be sent is found", async () => {
  const desk = await openDesk();
  const { filter, ledger } = desk;
  const shown = () => {
    const feature = ledger.feature(LAYER.key, FEATURE.feature_id);
    return feature && filter.wants(LAYER, feature);
  };
  const standings = () =>
    (["all", "left", "done", "unsent", "attention"] as const).filter((standing) => {
      filter.standing = standing;
      return shown();
    });
  expect(standings()).toEqual(["all", "left"]);
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  if (desk.form) await desk.check(desk.form);
  expect(standings()).toEqual(["all", "done", "unsent"]);
});

test("each choice tells how many there would be by it, the other choices staying as they are", async () => {
  const desk = await openDesk();
  const { filter } = desk;
  const rough = { ...FEATURE, feature_id: "rough", position: { method: "address", accuracy_m: 300, note: null } };
  const gone = { ...FEATURE, feature_id: "gone", fields: { ...FEATURE.fields, status: "撤去" } };
  const counts = () => {
    const walk = filter.count([{ layer, features: [FEATURE, rough, gone] }]);
    for (let step = walk.next(); ; step = walk.next()) if (step.done) return step.value;
  };
  expect(counts()).toEqual({ all: 3, left: 3, done: 0, unsent: 0, attention: 0, task: 1 });
  desk.openFeature(LAYER.key, FEATURE.feature_id);
  if (desk.form) await desk.check(desk.form);
  expect(counts()).toEqual({ all: 3, left: 2, done: 1, unsent: 1, attention: 0, task: 1 });
  filter.toggle(layer.key, "撤去");
  filter.standing = "done";
  expect(counts()).toEqual({ all: 2, left: 1, done: 1, unsent: 1, attention: 0, task: 0 });
  filter.is_task = true;
  expect(counts()).toMatchObject({ all: 1, left: 1, done: 0 });
});

test("a kind of the legend is left out and taken in again; features without a kind always stay", async () => {
  const { filter } = await openDesk();
  filter.toggle(layer.key, "点灯");
  expect(filter.is_on).toBe(true);
  expect(filter.wants(layer, FEATURE)).toBe(false);
  expect(filter.wants(layer, { ...FEATURE, fields: { ...FEATURE.fields, status: null } })).toBe(true);
  expect(filter.wants({ ...layer, key: "park" }, FEATURE)).toBe(true);
  filter.toggle(layer.key, "点灯");
  expect([filter.is_on, filter.wants(layer, FEATURE)]).toEqual([false, true]);
});

test("layers are moved up and down, and the order is kept; a new layer lies over those that were put in order", async () => {
  const { views, ledger } = await openDesk();
  const [stored] = ledger.layers;
  if (!stored) throw new Error("no layer");
  const layers = ["a", "b", "c"].map((key) => ({ ...stored, key }));
  const keys = () => views.layers.map(({ key }) => key).join("");
  ledger.layers = layers;
  expect(keys()).toBe("cba");
  views.move("a", -1);
  expect(keys()).toBe("cab");
  views.move("c", -1);
  expect(keys()).toBe("cab");
  ledger.layers = [...layers, { ...stored, key: "d" }];
  expect(keys()).toBe("dcab");
});
