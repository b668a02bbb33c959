import "fake-indexeddb/auto";
import { expect, test, vi } from "vitest";
import { FIRST_STORE, listCrews, newStore, removeCrew, windowLock } from "../../src/store/crews.ts";
import { Database } from "../../src/store/database.ts";
import { discardDraft, writeDraft } from "../../src/store/drafts.ts";
import { applyPage, chooseLayers } from "../../src/store/features.ts";
import { applyReceipts, handOver, listOutbox } from "../../src/store/outbox.ts";
import { keepDraftPhoto } from "../../src/store/photos.ts";
import { deviceId, writeSetting } from "../../src/store/settings.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { page, photo, saved } from "./stored.ts";

async function crew(store: string, author: string): Promise<Database> {
  const database = new Database(store);
  await writeSetting(database, "author", author);
  await chooseLayers(database, [{ definition: LAYER, n_features: 1, n_unlocated: 0, extent: null, revision: 57 }]);
  await applyPage(database, page([{ type: "feature", ...FEATURE }]), [LAYER.key]);
  return database;
}

test("crews are told by name, with what each has still to send; stores of other programs and without a name are none", async () => {
  const first = await crew(FIRST_STORE, "1班");
  const second = await crew(newStore(), "2班");
  await deviceId(new Database(newStore()));
  await writeSetting(new Database("gis-capture-other"), "author", "no crew");
  await keepDraftPhoto(first, photo("a".repeat(64)));
  const entry = await saved(first, { attachments: [{ ...photo("a".repeat(64)) }] });
  const { feature_id } = FEATURE;
  await writeDraft(second, { feature_id, layer: LAYER.key, seen: FEATURE, fields: {}, photos: [] });

  expect(await listCrews()).toMatchObject([
    { store: FIRST_STORE, author: "1班", n_unsent: 1, n_photos: 1, has_draft: false },
    { author: "2班", n_unsent: 0, n_photos: 0, has_draft: true },
  ]);

  // A receipt that one crew gets does nothing to the other's change, not even where it names it.
  const { change_id } = entry.change;
  await applyReceipts(second, [{ change_id, status: "applied", revision: 58 } as never], "e1");
  expect(await listOutbox(first)).toEqual([entry]);
  expect(await deviceId(first)).not.toBe(await deviceId(second));
});

/** Locks as a browser gives them, as far as they are used here. */
function stubLocks(held: Set<string>): void {
  const request = (name: string, _: object, work: (lock: object | null) => unknown) =>
    work(held.has(name) ? null : { name });
  vi.stubGlobal("navigator", { locks: { request } });
}

test("a crew is removed only when nothing of it is only here, and no window works with it", async () => {
  const held = new Set<string>();
  stubLocks(held);
  const store = newStore();
  const database = await crew(store, "3班");
  const { feature_id } = FEATURE;
  await writeDraft(database, { feature_id, layer: LAYER.key, seen: FEATURE, fields: {}, photos: [] });
  expect(await removeCrew(store)).toBe("unsent");
  await discardDraft(database, feature_id);
  const { change_id } = (await saved(database, {})).change;
  expect(await removeCrew(store)).toBe("unsent");
  await applyReceipts(database, [{ change_id, status: "rejected" } as never], "e1");
  expect(await removeCrew(store)).toBe("unsent");
  await handOver(database, feature_id);
  held.add(windowLock(store));
  expect(await removeCrew(store)).toBe("open");
  expect((await listCrews()).map((one) => one.store)).toContain(store);

  held.clear();
  expect(await removeCrew(store)).toBeNull();
  expect((await listCrews()).map((one) => one.store)).not.toContain(store);
});
