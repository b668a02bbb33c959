import { afterEach, expect, test, vi } from "vitest";
import { comparisonUrl, previewImport, uploadTracks } from "../../src/sync/imports.ts";
import { json, serve } from "./fake_server.ts";

afterEach(() => vi.unstubAllGlobals());

const CLOCK = { zone: "+09:00", ahead_s: -12.5, max_gap_s: 60 };

test("tracks go beside an upload as files of their names", async () => {
  let sent: FormDataEntryValue[] = [];
  const found = { names: ["朝.gpx", "夕.gpx"], n_points: 2, from_at: "2024-04-05T00:30:00Z", until_at: "" };
  serve({
    "/imports/a%2Fb/tracks": async (request) => {
      sent = (await request.formData()).getAll("file");
      return json(found);
    },
  });
  expect(await uploadTracks("a/b", [new File(["1"], "朝.gpx"), new File(["2"], "夕.gpx")])).toEqual(found);
  expect(sent.map((file) => (file as File).name)).toEqual(["朝.gpx", "夕.gpx"]);
});

test("a preview is asked with the clock of the camera", async () => {
  let body: unknown;
  serve({
    "/imports/1/preview": async (request) => {
      body = await request.json();
      return json({ preview: [] });
    },
  });
  await previewImport("1", { layer: "generic", track: CLOCK });
  expect(body).toEqual({ layer: "generic", track: CLOCK });
});

test("a comparison carries what is no text as JSON, and each layer by itself", async () => {
  const target = { layer: "lamp", roles: { 甲: "lat" }, against: ["pole", "post"], track: CLOCK };
  const query = new URL(comparisonUrl("1", target, "html", "ja"), "http://office").searchParams;
  expect(JSON.parse(query.get("track") ?? "")).toEqual(CLOCK);
  expect(JSON.parse(query.get("roles") ?? "")).toEqual({ 甲: "lat" });
  expect([query.getAll("against"), query.get("layer")]).toEqual([["pole", "post"], "lamp"]);
  expect(new URL(comparisonUrl("1", { layer: "lamp" }, "html", "ja"), "http://office").searchParams.has("track")).toBe(
    false,
  );
});
