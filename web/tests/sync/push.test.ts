import { afterEach, expect, test, vi } from "vitest";
import { listDrafts, writeDraft } from "../../src/store/drafts.ts";
import { readAround } from "../../src/store/features.ts";
import { listOutbox } from "../../src/store/outbox.ts";
import { writeSetting } from "../../src/store/settings.ts";
import { OfflineError, readFor } from "../../src/sync/http.ts";
import { listOffered, pullAll } from "../../src/sync/pull.ts";
import { pushAll, writeMessage } from "../../src/sync/push.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { filledDatabase, page, saved } from "../store/stored.ts";
import { cut, ndjson, problem, readPush, receiptsFor, serve } from "./fake_server.ts";

afterEach(() => vi.unstubAllGlobals());

test("changes go out in the order they were made, with the device, its person and the epoch", async () => {
  const database = await filledDatabase();
  await writeSetting(database, "author", "維持係 1班");
  const first = await saved(database);
  const second = await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  const requests = serve({ "/sync/push": async (request) => receiptsFor((await readPush(request.clone())).changes) });
  const sent = await pushAll(database);
  const message = await readPush(requests[0] as Request);
  expect(message).toMatchObject({ format: "gis-capture.push/v1", author: "維持係 1班", epoch: "e1" });
  expect(message.changes).toEqual([first.change, second.change]);
  expect(sent.map(({ receipt }) => receipt.status)).toEqual(["applied", "applied"]);
  expect(await listOutbox(database)).toEqual([]);
});

test("changes of somebody who typed a PIN are sent for that one; without PINs nobody is named", async () => {
  const database = await filledDatabase();
  expect(await writeMessage(database, [])).not.toHaveProperty("person");
  await writeSetting(database, "person", "a1");
  expect(await writeMessage(database, [])).toMatchObject({ person: "a1" });
});

test("what is read is asked for as who typed the PIN; what is sent says it in its message", async () => {
  const database = await filledDatabase();
  await saved(database);
  const requests = serve({
    "/layers": () => Response.json({ layers: [] }),
    "/sync/push": async (request) => receiptsFor((await readPush(request)).changes),
  });
  await listOffered();
  readFor("a1");
  await listOffered();
  await pushAll(database);
  readFor("");
  expect(requests.map((request) => request.headers.get("Person"))).toEqual([null, "a1", null]);
});

test("when the answer is lost nothing leaves, and the same bodies are sent again", async () => {
  const database = await filledDatabase();
  const { change } = await saved(database);
  const bodies: unknown[] = [];
  let is_cut = true;
  serve({
    "/sync/push": async (request) => {
      const { changes } = await readPush(request);
      bodies.push(changes);
      return is_cut ? cut() : receiptsFor(changes, { status: "merged" });
    },
  });
  await expect(pushAll(database)).rejects.toBeInstanceOf(OfflineError);
  expect(await listOutbox(database)).toMatchObject([{ change, state: "unsent", is_offered: true }]);
  is_cut = false;
  await pushAll(database);
  expect(bodies).toEqual([[change], [change]]);
  expect(await listOutbox(database)).toEqual([]);
});

test("an answer that is cut in its middle counts as none", async () => {
  const database = await filledDatabase();
  await saved(database);
  serve({ "/sync/push": () => new Response('{"format": "gis-capture.rec') });
  await expect(pushAll(database)).rejects.toBeInstanceOf(OfflineError);
  expect(await listOutbox(database)).toHaveLength(1);
});

test("one change that is not accepted stays, the others leave", async () => {
  const database = await filledDatabase();
  await saved(database);
  await saved(database, { feature_id: "new", seen: null });
  serve({
    "/sync/push": async (request) => {
      const { changes } = await readPush(request);
      const answer = await receiptsFor(changes).json();
      answer.receipts[0].status = "rejected";
      return Response.json(answer);
    },
  });
  await pushAll(database);
  expect((await listOutbox(database)).map(({ state }) => state)).toEqual(["rejected"]);
});

test("what is held is asked about again; what is rejected or in conflict is not sent again", async () => {
  const database = await filledDatabase();
  await saved(database);
  await saved(database, { feature_id: "b", seen: null });
  await saved(database, { feature_id: "c", seen: null });
  const n_sent: number[] = [];
  serve({
    "/sync/push": async (request) => {
      const { changes } = await readPush(request);
      n_sent.push(changes.length);
      const answer = await receiptsFor(changes, { status: "held" }).json();
      if (changes.length === 3) answer.receipts[0].status = "rejected";
      if (changes.length === 3) answer.receipts[1].status = "conflict";
      return Response.json(answer);
    },
  });
  await pushAll(database);
  await pushAll(database);
  expect(n_sent).toEqual([3, 1]);
});

test("whatever is cut after the store was replaced, nothing goes out that names a revision of the old one", async () => {
  const database = await filledDatabase();
  const { change } = await saved(database);
  await writeDraft(database, { feature_id: "z", layer: LAYER.key, seen: FEATURE, fields: {}, photos: [] });
  const pages = [page([{ type: "feature", ...FEATURE, feature_id: "x", revision: 2 }], { epoch: "e2", next: "c2" })];
  const pull = () => {
    const next = pages.shift();
    return next ? ndjson([next.header, ...next.lines, next.end]) : cut();
  };
  const refuse = () => problem(409, "epoch_changed");
  serve({ "/sync/pull": ({ url }) => (new URL(url).searchParams.get("epoch") === "e1" ? refuse() : pull()) });
  await expect(pullAll(database)).rejects.toThrow(OfflineError);
  // The crew goes on: on a feature that is still as the old store had it, and on one that has come.
  await saved(database, { fields: { ...FEATURE.fields, status: "撤去" } });
  const x = (await readAround(database, LAYER.key, "x")).base;
  await saved(database, { feature_id: "x", seen: x });
  const { changes, epoch } = await writeMessage(database, await listOutbox(database));
  expect(epoch).toBe("e2");
  expect(changes.map(({ base_revision }) => base_revision)).toEqual([null, null, 2]);
  expect(changes[0]).toMatchObject({ fields: change.fields });
  const { base } = await readAround(database, LAYER.key, FEATURE.feature_id);
  expect((await saved(database, { feature_id: "y", seen: base })).change.base_revision).toBeNull();
  expect((await listDrafts(database))[0]?.seen?.revision).toBe(0);
});

test("a store that was replaced is pulled first; then the changes go there by their values", async () => {
  const database = await filledDatabase();
  const { change } = await saved(database);
  const epochs: unknown[] = [];
  serve({
    "/sync/push": async (request) => {
      const message = await readPush(request);
      epochs.push(message.epoch);
      if (message.epoch === "e1") return problem(409, "epoch_changed");
      expect(message.changes[0]).toMatchObject({ base_revision: null, fields: change.fields });
      return receiptsFor(message.changes, {}, "e2");
    },
    "/sync/pull": (request) => {
      const query = new URL(request.url).searchParams;
      if (query.get("epoch") === "e1") return problem(409, "epoch_changed");
      const { header, lines, end } = page([{ type: "feature", ...FEATURE, revision: 2 }], { epoch: "e2", revision: 2 });
      return ndjson([header, ...lines, end]);
    },
  });
  await pushAll(database);
  expect(epochs).toEqual(["e1", "e2"]);
  expect(await listOutbox(database)).toEqual([]);
});
