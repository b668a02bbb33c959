import { expect, test } from "vitest";
import { packStyle } from "../../src/map/pack_style.ts";

const SCHEMAS = {
  protomaps: ["earth", "landuse", "water", "roads", "buildings", "boundaries", "places", "pois", "landcover"],
  gsi: ["WA", "WL", "RdCL", "RdEdg", "RailCL", "BldA", "AdmBdry", "Anno", "Cntr", "RvrCL"],
  ours: ["landuse", "river", "building", "road", "boundary", "place"],
};
const drawnOf = (source_layers: string[]) =>
  packStyle({ name: "city", attribution: "国土地理院", source_layers }, "pmtiles://x").layers;

test.each(Object.entries(SCHEMAS))("the layers of %s are drawn, each under an id of its own", (_, source_layers) => {
  const { source, layers } = packStyle({ name: "city", attribution: "国土地理院", source_layers }, "pmtiles://x");
  expect(new Set(layers.map((layer) => "source-layer" in layer && layer["source-layer"]))).toEqual(
    new Set(source_layers),
  );
  expect(new Set(layers.map(({ id }) => id)).size).toBe(layers.length);
  expect(source).toMatchObject({ type: "vector", attribution: "国土地理院" });
});

test("what a base map does not have is not asked of it", () => {
  expect(drawnOf(["roads"]).every((layer) => "source-layer" in layer && layer["source-layer"] === "roads")).toBe(true);
});

test("a photograph keeps the opacity it was given, and can be hidden", () => {
  const pack = { name: "raster-photo", attribution: "", kind: "raster" as const };
  const { source, layers } = packStyle(pack, "pmtiles://x", { is_visible: false, opacity: 0.4 });
  expect(source.type).toBe("raster");
  expect(layers).toMatchObject([{ paint: { "raster-opacity": 0.4 }, layout: { visibility: "none" } }]);
});
