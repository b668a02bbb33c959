import { afterEach, expect, test, vi } from "vitest";
import { applyPage } from "../../src/store/features.ts";
import { keepDraftPhoto, readPhoto } from "../../src/store/photos.ts";
import { OfflineError } from "../../src/sync/http.ts";
import { fetchThumbnails } from "../../src/sync/thumbnails.ts";
import { FEATURE, LAYER } from "../samples.ts";
import { filledDatabase, page, photo } from "../store/stored.ts";
import { cut, problem, serve } from "./fake_server.ts";

afterEach(() => vi.unstubAllGlobals());

const PICTURE = (text: string) => () => new Response(text, { headers: { "Content-Type": "image/jpeg" } });

/** A feature with photos at the office; of "own" the tablet has a picture. */
async function databaseWithPhotos(...hashes: string[]) {
  const database = await filledDatabase();
  const attachments = hashes.map((sha256) => ({ sha256, name: "p.jpg", size_bytes: 9, media_type: "image/jpeg" }));
  await applyPage(database, page([{ type: "feature", ...FEATURE, revision: 58, attachments }]), [LAYER.key]);
  await keepDraftPhoto(database, photo("own"));
  return database;
}

test("small pictures of the office's photos come along, once, and none of what is here", async () => {
  const database = await databaseWithPhotos("aa", "own", "odd");
  const requests = serve({
    "/attachments/aa/thumbnail": PICTURE("small"),
    "/attachments/odd/thumbnail": () => problem(422, "thumbnail_impossible"),
  });
  await fetchThumbnails(database);
  const kept = await readPhoto(database, "aa");
  expect([kept?.state, kept?.blob, await kept?.thumbnail.text()]).toEqual(["sent", null, "small"]);
  expect((await readPhoto(database, "own"))?.state).toBe("draft");
  expect(await readPhoto(database, "odd")).toBeUndefined();
  const n_before = requests.length;
  await fetchThumbnails(database);
  expect([n_before, requests.length]).toEqual([2, 3]);
});

test("a cut line is told, and what came before it counts", async () => {
  const database = await databaseWithPhotos(...Array.from({ length: 7 }, (_, n) => `p${n}`));
  const pictures = Array.from({ length: 6 }, (_, n) => [`/attachments/p${n}/thumbnail`, PICTURE("small")] as const);
  serve({ ...Object.fromEntries(pictures), "/attachments/p6/thumbnail": cut });
  await expect(fetchThumbnails(database)).rejects.toThrow(OfflineError);
  expect((await readPhoto(database, "p5"))?.state).toBe("sent");
});
