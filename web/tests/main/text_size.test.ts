import { afterEach, beforeEach, expect, test, vi } from "vitest";

const root = { style: { fontSize: "" } };
let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  root.style.fontSize = "";
  vi.stubGlobal("document", { documentElement: root });
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
  });
});
afterEach(() => vi.unstubAllGlobals());

/** The module as the app finds it at its start. */
async function start() {
  vi.resetModules();
  const text = await import("../../src/main/tablet/text_size.svelte.ts");
  text.showTextSize();
  return text;
}

test("the size of text that was chosen is there at the next start, and 100 % leaves it to the browser", async () => {
  const text = await start();
  expect([text.textSize(), root.style.fontSize]).toEqual([100, ""]);
  text.setTextSize(150);
  expect([text.textSize(), root.style.fontSize]).toEqual([150, "150%"]);
  root.style.fontSize = "";
  expect([(await start()).textSize(), root.style.fontSize]).toEqual([150, "150%"]);
  text.setTextSize(100);
  expect(root.style.fontSize).toBe("");
});

test("a size that nobody can choose is none", async () => {
  stored.set("gis-capture.text_size", "1000");
  expect((await start()).textSize()).toBe(100);
});
