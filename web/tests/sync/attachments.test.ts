import { afterEach, expect, test, vi } from "vitest";
import { saveEdit } from "../../src/store/edits.ts";
import { keepDraftPhoto, listUnsentPhotos, readPhoto } from "../../src/store/photos.ts";
import { sendPhotos } from "../../src/sync/attachments.ts";
import { OfflineError } from "../../src/sync/http.ts";
import { filledDatabase, photo, wishOf } from "../store/stored.ts";
import { cut, problem, serve } from "./fake_server.ts";

afterEach(() => vi.unstubAllGlobals());

const BYTES = Uint8Array.from({ length: 1_300_000 }, (_, index) => index % 251);

async function databaseWithPhotos(...hashes: string[]) {
  const database = await filledDatabase();
  for (const sha256 of hashes) await keepDraftPhoto(database, photo(sha256, new Blob([BYTES], { type: "image/jpeg" })));
  const attachments = hashes.map((sha256) => ({
    sha256,
    name: "p",
    size_bytes: BYTES.length,
    media_type: "image/jpeg",
  }));
  await saveEdit(database, wishOf({ attachments }));
  return database;
}

/** Keeps pieces as the server of docs/format.md does; may be cut after some requests. */
function keepPieces(path: string, options: { n_before_cut?: number } = {}) {
  let kept = new Uint8Array(0);
  let n_left = options.n_before_cut ?? Infinity;
  serve({
    [`HEAD ${path}`]: () =>
      kept.length === BYTES.length
        ? new Response(null)
        : new Response(null, { status: 404, headers: { "Upload-Offset": String(kept.length) } }),
    [`PUT ${path}`]: async (request) => {
      const first = Number(/bytes (\d+)-/.exec(request.headers.get("Content-Range") ?? "")?.[1]);
      const piece = new Uint8Array(await request.arrayBuffer());
      const all = new Uint8Array(first + piece.length);
      all.set(kept.slice(0, first));
      all.set(piece, first);
      kept = all;
      if (n_left-- <= 0) return cut();
      const headers = { "Upload-Offset": String(kept.length) };
      return kept.length === BYTES.length
        ? new Response(null, { status: 201 })
        : new Response(null, { status: 202, headers });
    },
  });
  return { bytes: () => kept, restore: () => (n_left = Infinity) };
}

test("a photo goes in pieces and arrives as it was; here only the thumbnail stays", async () => {
  const database = await databaseWithPhotos("aa");
  const server = keepPieces("/attachments/aa");
  const progress: number[][] = [];
  expect(await sendPhotos(database, (...numbers) => progress.push(numbers))).toEqual({ n_sent: 1, refusals: [] });
  expect(Buffer.from(BYTES).equals(server.bytes())).toBe(true);
  expect(progress).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect(await readPhoto(database, "aa")).toMatchObject({ state: "sent", blob: null });
});

test("an upload that was cut goes on where the server is, even when the lost piece had arrived", async () => {
  const database = await databaseWithPhotos("aa");
  const server = keepPieces("/attachments/aa", { n_before_cut: 1 });
  await expect(sendPhotos(database)).rejects.toBeInstanceOf(OfflineError);
  expect(await listUnsentPhotos(database)).toHaveLength(1);
  const n_there = server.bytes().length;
  server.restore();
  await sendPhotos(database);
  expect(n_there).toBeGreaterThan(0);
  expect(Buffer.from(BYTES).equals(server.bytes())).toBe(true);
  expect(await listUnsentPhotos(database)).toEqual([]);
});

test("a photo the server has already is not sent again", async () => {
  const database = await databaseWithPhotos("aa");
  const requests = serve({ "HEAD /attachments/aa": () => new Response(null) });
  await sendPhotos(database);
  expect(requests.map(({ method }) => method)).toEqual(["HEAD"]);
  expect(await listUnsentPhotos(database)).toEqual([]);
});

test("wrong bytes at the server are replaced from the start; a photo it refuses does not stop the others", async () => {
  const database = await databaseWithPhotos("aa", "bb");
  const offsets: string[] = [];
  serve({
    "HEAD /attachments/aa": () => new Response(null, { status: 404, headers: { "Upload-Offset": "600000" } }),
    "PUT /attachments/aa": ({ headers }) => {
      offsets.push(headers.get("Content-Range")?.split("-")[0] ?? "");
      return problem(422, "hash_mismatch");
    },
    "HEAD /attachments/bb": () => new Response(null),
  });
  const { n_sent, refusals } = await sendPhotos(database);
  expect(offsets).toEqual(["bytes 600000", "bytes 0"]);
  expect(n_sent).toBe(1);
  expect(refusals).toMatchObject([{ code: "hash_mismatch" }]);
  expect((await listUnsentPhotos(database)).map(({ sha256 }) => sha256)).toEqual(["aa"]);
});
