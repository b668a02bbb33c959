import { expect, test } from "vitest";
import { type OutingFacts, outingChecks } from "../../src/model/checklist.ts";

const NOW = new Date(2026, 10, 23, 8, 0);
const READY: OutingFacts = {
  is_installed: true,
  is_persisted: true,
  n_layers: 2,
  n_layers_open: 0,
  n_packs: 1,
  n_packs_open: 0,
  position: "granted",
  compass: null,
  unsent_at: [new Date(2026, 10, 23, 7, 0).toISOString()],
  battery: { level: 0.9, is_charging: false },
  free_bytes: 4e9,
};
const todo = (over: Partial<OutingFacts>) =>
  outingChecks({ ...READY, ...over }, NOW)
    .filter(({ is_good }) => is_good === false)
    .map(({ key }) => key);

test("a tablet that has everything may leave; what was done this morning is no leftover", () => {
  expect(todo({})).toEqual([]);
  expect(outingChecks(READY, NOW)).toHaveLength(8);
});

test.each<[Partial<OutingFacts>, string]>([
  [{ is_installed: false }, "installed"],
  [{ is_persisted: false }, "persisted"],
  [{ n_layers_open: 1 }, "layers"],
  [{ n_layers: 0 }, "layers"],
  [{ n_packs_open: 1 }, "packs"],
  [{ n_packs: 0 }, "packs"],
  [{ position: "prompt" }, "position"],
  [{ position: "denied" }, "position"],
  [{ compass: "prompt" }, "compass"],
  [{ unsent_at: [new Date(2026, 10, 22, 23, 59).toISOString()] }, "unsent"],
  [{ battery: { level: 0.49, is_charging: false } }, "battery"],
  [{ free_bytes: 499e6 }, "space"],
])("%o is told as %s", (over, key) => expect(todo(over)).toEqual([key]));

test("a compass is told only where people have to allow it, and not to who refused", () => {
  const keys = (compass: OutingFacts["compass"]) => outingChecks({ ...READY, compass }, NOW).map(({ key }) => key);
  expect(keys("granted")).toContain("compass");
  expect(keys("denied")).not.toContain("compass");
});

test("a charging tablet may be empty; what the device does not tell is no fault; the battery is for a person to look at", () => {
  expect(todo({ battery: { level: 0.1, is_charging: true } })).toEqual([]);
  const checks = outingChecks({ ...READY, battery: null, free_bytes: null, position: null }, NOW);
  expect(checks.map(({ key }) => key)).toEqual(["installed", "persisted", "layers", "packs", "unsent", "battery"]);
  expect(checks.at(-1)?.is_good).toBeNull();
});

test("free space is told in a unit that people use", () => {
  const size = (free_bytes: number) =>
    outingChecks({ ...READY, free_bytes }, NOW).find(({ key }) => key === "space")?.values.size;
  expect([499e6, 4.26e9, 10.74e9].map(size)).toEqual(["499 MB", "4.3 GB", "11 GB"]);
});
