import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { writeDraft } from "../../src/store/drafts.ts";
import { listOutbox } from "../../src/store/outbox.ts";
import { keepDraftPhoto } from "../../src/store/photos.ts";
import { readSetting } from "../../src/store/settings.ts";
import { isServerReachable, type Step, sendAll } from "../../src/sync/day.ts";
import { exportOutbox } from "../../src/sync/export.ts";
import { OfflineError } from "../../src/sync/http.ts";
import type { Sent } from "../../src/sync/push.ts";
import { filledDatabase, page, photo, saved } from "../store/stored.ts";
import { cut, ndjson, readPush, receiptsFor, serve } from "./fake_server.ts";
import { stubNavigator } from "./navigator.ts";

beforeEach(stubNavigator);
afterEach(() => vi.unstubAllGlobals());

const push = async (request: Request) => receiptsFor((await readPush(request)).changes);
const pull = () => {
  const { header, lines, end } = page([], { since: 57, revision: 60 });
  return ndjson([header, ...lines, end]);
};

test("a day's end goes through changes, photos and what is new, and notes when", async () => {
  const database = await filledDatabase();
  await saved(database);
  serve({ "/sync/push": push, "/sync/pull": pull });
  const steps: string[] = [];
  const report = await sendAll(database, ({ step }: Step) => steps.push(step), vi.fn());
  expect([...new Set(steps)]).toEqual(["changes", "photos", "pull"]);
  expect(report).toMatchObject({ n_sent: 0, n_photos: 0, sent: [{ receipt: { status: "applied" } }] });
  expect(await readSetting(database, "last_sync_at")).toMatch(/Z$/);
});

test("when the line is cut after the changes, their receipts are told and they have left", async () => {
  const database = await filledDatabase();
  await saved(database);
  serve({ "/sync/push": push, "/sync/pull": cut });
  const told: Sent[] = [];
  await expect(sendAll(database, vi.fn(), (sent) => told.push(...sent))).rejects.toBeInstanceOf(OfflineError);
  expect(told).toHaveLength(1);
  expect(await listOutbox(database)).toEqual([]);
});

test("two sendings at once send nothing twice", async () => {
  const database = await filledDatabase();
  await saved(database);
  const requests = serve({ "/sync/push": push, "/sync/pull": pull });
  await Promise.all([sendAll(database, vi.fn(), vi.fn()), sendAll(database, vi.fn(), vi.fn())]);
  expect(requests.filter(({ url }) => url.includes("push"))).toHaveLength(1);
});

test("the file of the outbox holds the message that would be sent", async () => {
  const database = await filledDatabase();
  const { change } = await saved(database);
  const file = await exportOutbox(database);
  expect(file.name).toMatch(/^gis-capture-outbox_\d{8}T\d{6}Z\.zip$/);
  // By the header of the first entry: checksums may hold any byte, braces too.
  const content = await file.arrayBuffer();
  const header = new DataView(content);
  const [size, name_length] = [header.getUint32(18, true), header.getUint16(26, true)];
  const message = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 30 + name_length, size)));
  expect(message).toMatchObject({ format: "gis-capture.push/v1", changes: [change] });
});

test("the file holds open forms with their photos beside the message, where the office does not look", async () => {
  const database = await filledDatabase();
  await keepDraftPhoto(database, photo("aa"));
  await writeDraft(database, {
    feature_id: "f1",
    layer: "lamp",
    seen: null,
    fields: { status: "球切れ" },
    photos: ["aa", "gone"],
  });
  const content = await (await exportOutbox(database)).text();
  expect(content.match(/push\.json|(drafts|attachments)\/(drafts\.json|aa|gone)/g)).toEqual([
    ...["push.json", "drafts/drafts.json", "drafts/aa"],
    ...["push.json", "drafts/drafts.json", "drafts/aa"],
  ]);
  expect(content).toContain("球切れ");
});

test("the server counts as reachable only when it answers well", async () => {
  serve({ "/health": () => Response.json({ status: "ok" }) });
  expect(await isServerReachable()).toBe(true);
  serve({ "/health": () => new Response(null, { status: 502 }) });
  expect(await isServerReachable()).toBe(false);
  serve({ "/health": cut });
  expect(await isServerReachable()).toBe(false);
});
