import "fake-indexeddb/auto";
import { randomUUID } from "node:crypto";
import type { Wish } from "../../src/model/edit.ts";
import type { PullLine } from "../../src/model/messages.ts";
import { Database } from "../../src/store/database.ts";
import { saveEdit } from "../../src/store/edits.ts";
import { applyPage, chooseLayers } from "../../src/store/features.ts";
import { FEATURE, LAYER } from "../samples.ts";

/** A store that no other test knows. */
export const newDatabase = () => new Database(`test-${randomUUID()}`);

export const page = (
  lines: PullLine[],
  over: { epoch?: string; since?: number; revision?: number; next?: string } = {},
) => ({
  header: {
    type: "header" as const,
    format: "gis-capture.pull/v1" as const,
    epoch: over.epoch ?? "e1",
    since: over.since ?? 0,
    revision: over.revision ?? 57,
    clock_at: "2026-11-23T00:00:00Z",
  },
  lines,
  end: { type: "end" as const, revision: over.revision ?? 57, next: over.next ?? null },
});

/** A store with one layer and one feature in it, as after a first pull. */
export async function filledDatabase(): Promise<Database> {
  const database = newDatabase();
  await chooseLayers(database, [{ definition: LAYER, n_features: 1, n_unlocated: 0, extent: null, revision: 57 }]);
  await applyPage(database, page([{ type: "feature", ...FEATURE }]), [LAYER.key]);
  return database;
}

export const wishOf = (over: Partial<Wish> = {}): Wish & { label: string } => ({
  layer: LAYER,
  feature_id: FEATURE.feature_id,
  seen: FEATURE,
  fields: { ...FEATURE.fields, status: "球切れ" },
  attachments: [],
  is_deletion: false,
  position: null,
  label: "A-1",
  ...over,
});

export async function saved(database: Database, over: Partial<Wish> = {}) {
  const entry = await saveEdit(database, wishOf(over));
  if (!entry) throw new Error("nothing was saved");
  return entry;
}

export const photo = (sha256: string, blob = new Blob(["photo"], { type: "image/jpeg" })) => ({
  sha256,
  name: "A-1.jpg",
  size_bytes: blob.size,
  media_type: "image/jpeg",
  blob,
  thumbnail: new Blob(["small"], { type: "image/jpeg" }),
});
