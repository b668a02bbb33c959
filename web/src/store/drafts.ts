import type { Geometry } from "geojson";
import type { Sketch } from "../geometry/sketch.ts";
import type { Feature, Fields, PositionQuality } from "../model/feature.ts";
import type { Database } from "./database.ts";

/** What is being drawn for a form, in degrees: a new shape or the cut that divides one, or the corners of one moved, of
 * a shape of several parts those of one (its index).
 */
export type Drawn =
  | { tool: "draw" | "split"; sketch: Sketch; is_walking: boolean }
  | { tool: "reshape"; shape: Geometry; part?: number };

/** An open form, kept at every keystroke and every corner. `seen` is null while a new feature is made. */
export interface Draft {
  feature_id: string;
  layer: string;
  seen: Feature | null;
  fields: Fields;
  geometry?: Geometry | null;
  located?: PositionQuality;
  photos: string[];
  /** Whether anything but what is drawn was entered; where it is not told, something was. */
  is_dirty?: boolean;
  drawn?: Drawn | null;
}

export async function writeDraft(database: Database, draft: Draft): Promise<void> {
  await database.write(["drafts"], (transaction) => transaction.objectStore("drafts").put(draft));
}

export async function listDrafts(database: Database): Promise<Draft[]> {
  return database.read(["drafts"], (transaction) => transaction.objectStore("drafts").getAll());
}

const draftLock = (database: Database, feature_id: string) => `${database.name}.draft.${feature_id}`;

/** Tells other windows that a draft is open in this one, until the page goes or what this gives is called. */
export function holdDraft(database: Database, feature_id: string): () => void {
  let is_over = false;
  let end = () => {
    is_over = true;
  };
  const held = () =>
    new Promise<void>((resolve) => {
      end = resolve;
      if (is_over) resolve();
    });
  void navigator.locks?.request(draftLock(database, feature_id), held);
  return () => end();
}

const SETTLED_MS = 300;

/** Drafts that are not open in another window. */
export async function listIdleDrafts(database: Database): Promise<Draft[]> {
  const drafts = await listDrafts(database);
  const listIdle = async () => {
    const held = new Set((await navigator.locks?.query?.())?.held?.map(({ name }) => name));
    return drafts.filter(({ feature_id }) => !held.has(draftLock(database, feature_id)));
  };
  const idle = await listIdle();
  if (idle.length || !drafts.length) return idle;
  // The page that was here before this one may be on its way out.
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  return listIdle();
}

/** Throws a draft away, with the photos that only it had. */
export async function discardDraft(database: Database, feature_id: string): Promise<void> {
  await database.write(["drafts", "photos"], async (transaction) => {
    const draft = await transaction.objectStore("drafts").get(feature_id);
    await transaction.objectStore("drafts").delete(feature_id);
    for (const sha256 of draft?.photos ?? []) {
      const photo = await transaction.objectStore("photos").get(sha256);
      if (photo?.state === "draft") await transaction.objectStore("photos").delete(sha256);
    }
  });
}
