import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import type { Change } from "../../src/model/change.ts";
import { viewFeature } from "../../src/model/edit.ts";
import type { PushMessage, ReceiptsMessage } from "../../src/model/messages.ts";
import type { Database } from "../../src/store/database.ts";
import { saveEdit } from "../../src/store/edits.ts";
import {
  applyPage,
  chooseLayers,
  listConflicts,
  listFeatures,
  listLayers,
  readAround,
} from "../../src/store/features.ts";
import { listOutbox } from "../../src/store/outbox.ts";
import { parsePage } from "../../src/sync/pull.ts";
import { pushAll } from "../../src/sync/push.ts";
import { newDatabase } from "../store/stored.ts";
import { json, readPush, serve } from "./fake_server.ts";

/** The story of sample_data/exchange, lived through by a tablet; the Python tests read the same files. */
const read = (name: string) => readFileSync(new URL(`../../../sample_data/exchange/${name}`, import.meta.url), "utf8");
const push: PushMessage = JSON.parse(read("push.json"));
const receipts: ReceiptsMessage = JSON.parse(read("receipts.json"));

afterEach(() => vi.unstubAllGlobals());

async function pulled(database: Database, name: string): Promise<void> {
  const page = parsePage(read(name), name);
  const definitions = page.lines.flatMap((line) => (line.type === "layer" ? [line.layer] : []));
  if (!(await listLayers(database)).length) {
    const size = { n_features: 0, n_unlocated: 0, extent: null, revision: 0 };
    await chooseLayers(
      database,
      definitions.map((definition) => ({ definition, ...size })),
    );
  }
  await applyPage(
    database,
    page,
    definitions.map(({ key }) => key),
  );
}

/** Makes an edit of the story by hand; the ids are the tablet's own. */
async function edit(database: Database, change: Change): Promise<Change | undefined> {
  const layer = (await listLayers(database)).find(({ key }) => key === change.layer)?.definition;
  if (!layer) throw new Error(`${change.layer} is not here`);
  const { base } = await readAround(database, change.layer, change.feature_id);
  const before = (await listOutbox(database)).filter((entry) => entry.change.feature_id === change.feature_id);
  const seen = viewFeature(base, before);
  const fields = Object.fromEntries(Object.entries(change.fields).map(([name, { new: value }]) => [name, value]));
  const entry = await saveEdit(database, {
    layer,
    feature_id: change.feature_id,
    seen,
    fields: { ...seen?.fields, ...fields },
    ...(change.geometry && { geometry: change.geometry.new }),
    ...(change.located && { located: change.located }),
    attachments: change.attachments,
    is_deletion: change.kind === "delete",
    position: change.position,
    label: "",
  });
  return entry?.change;
}

test("edits made by hand become the changes of the golden push", async () => {
  const database = newDatabase();
  await pulled(database, "pull.ndjson");
  const made = new Map<string, string>();
  for (const change of push.changes) {
    // The story has a lost predecessor and two crews' edits of one feature; a tablet chains its own.
    const is_own_chain = !change.after || made.has(change.after);
    const first = [...push.changes].find(({ feature_id }) => feature_id === change.feature_id);
    if (!is_own_chain || (first !== change && !change.after)) continue;
    const own = await edit(database, change);
    made.set(change.change_id, own?.change_id ?? "");
    const after = change.after && (made.get(change.after) ?? null);
    expect(own).toEqual({ ...change, change_id: own?.change_id, made_at: own?.made_at, after });
  }
  expect(made.size).toBeGreaterThanOrEqual(5);
});

test("the receipts of the story leave in the outbox what waits, and the next pulls show what the office has", async () => {
  const database = newDatabase();
  await pulled(database, "pull.ndjson");
  await database.write(["outbox"], async (transaction) => {
    for (const [index, change] of push.changes.entries()) {
      const state = { state: "unsent" as const, is_offered: false, receipt: null, label: "" };
      await transaction.objectStore("outbox").put({ ...state, sequence: index + 1, change });
    }
  });
  serve({
    "/sync/push": async (request) => {
      expect((await readPush(request)).changes).toEqual(push.changes);
      return json(receipts);
    },
  });
  await pushAll(database);
  const waiting = async () => (await listOutbox(database)).map(({ state }) => state);
  expect(await waiting()).toEqual(["conflict", "held", "rejected"]);

  await pulled(database, "pull-since.ndjson");
  expect(await waiting()).toEqual(["conflict", "held", "rejected"]);
  expect(await listConflicts(database)).toMatchObject([{ state: "open", fields: [{ field: "status" }] }]);
  const statuses = async () =>
    Object.fromEntries((await listFeatures(database, "lamp")).map(({ fields }) => [fields.number, fields.status]));
  expect(await statuses()).toEqual({ "K-02": "撤去", "K-03": "球切れ", "K-09": "球切れ" });

  await pulled(database, "pull-decided.ndjson");
  expect(await waiting()).toEqual(["held", "rejected"]);
  expect(await listConflicts(database)).toEqual([]);
  expect(await statuses()).toMatchObject({ "K-02": "球切れ" });
});
