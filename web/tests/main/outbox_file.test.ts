import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { handOutFile } from "../../src/main/tablet/outbox_file.ts";
import { filledDatabase, saved } from "../store/stored.ts";

const clicked: string[] = [];
beforeEach(() => {
  clicked.length = 0;
  const link = { href: "", download: "", click: () => clicked.push(link.download) };
  vi.stubGlobal("document", { createElement: () => link });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function handOut(share?: () => Promise<void>): Promise<number> {
  const database = await filledDatabase();
  await saved(database);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  vi.stubGlobal("navigator", share ? { canShare: () => true, share } : {});
  await handOutFile(database);
  return clicked.length;
}

const refuse = (name: string) => async () => {
  throw new DOMException("", name);
};

test("the file is shared, or downloaded where nothing can be shared or the tap's leave is over", async () => {
  expect(await handOut(async () => undefined)).toBe(0);
  expect(await handOut()).toBe(1);
  expect(await handOut(refuse("NotAllowedError"))).toBe(2);
  expect(clicked.at(-1)).toMatch(/^gis-capture-outbox_.*\.zip$/);
});

test("who closes the share sheet gets no file", async () => {
  expect(await handOut(refuse("AbortError"))).toBe(0);
});
