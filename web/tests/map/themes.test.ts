import type { LayerSpecification } from "maplibre-gl";
import { expect, test, vi } from "vitest";
import { fieldStyle } from "../../src/map/field_style.ts";
import { styleIn } from "../../src/map/ledger_style.ts";
import { restyle } from "../../src/map/restyle.ts";
import { type MapTheme, themed } from "../../src/map/themes.ts";
import { LAYER } from "../samples.ts";

const paintOf = (layers: LayerSpecification[], id: string) =>
  layers.find((layer) => layer.id === id)?.paint as Record<string, string>;
const { layers } = fieldStyle([{ layer: LAYER, n_features: 1 }], []);
const luminance = (color = "#000000") => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(
    (start) => (Number.parseInt(color.slice(start, start + 2), 16) / 255) ** 2.2,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a?: string, b?: string) => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (high + 0.05) / (low + 0.05);
};

test("by night the ground is dark, and names stand out against it and their edge", () => {
  const night = themed(layers, "night");
  const ground = paintOf(night, "background")["background-color"];
  const label = paintOf(night, "ledger-street_light-label");
  expect(luminance(ground)).toBeLessThan(0.05);
  expect(contrast(label["text-color"], ground)).toBeGreaterThan(7);
  expect(contrast(label["text-color"], label["text-halo-color"])).toBeGreaterThan(7);
});

test("in sunlight the ground is nearly white, names are black and larger", () => {
  const sunlight = themed(layers, "sunlight");
  expect(luminance(paintOf(sunlight, "background")["background-color"])).toBeGreaterThan(0.95);
  const label = sunlight.find(({ id }) => id === "ledger-street_light-label");
  expect(label?.type === "symbol" && label.layout?.["text-size"]).toBe(18);
  expect(paintOf(sunlight, "ledger-street_light-label")["text-color"]).toBe("#000000");
});

test("the plain theme is the style as it is", () => expect(themed(layers, "plain")).toEqual(layers));

test("names are as many times as large as a person set text to be, in every theme", () => {
  const sizes = (theme: MapTheme, times: number) => {
    const label = fieldStyle([{ layer: LAYER, n_features: 1 }], [], {}, theme, times).layers.find(
      ({ id }) => id === "ledger-street_light-label",
    );
    return label?.type === "symbol" && label.layout?.["text-size"];
  };
  expect([sizes("plain", 1), sizes("plain", 2), sizes("sunlight", 1.5)]).toEqual([14, 28, 27]);
});

const lamp = (color: string) => [
  { id: "lamp", type: "circle", source: "layers", "source-layer": LAYER.key, paint: { "circle-color": color } },
];
const colorIn = (listed: Parameters<typeof styleIn>[0], theme: MapTheme) =>
  paintOf(styled(listed, theme).layers, `ledger-${LAYER.key}-own0`)?.["circle-color"];
const styled = (listed: Parameters<typeof styleIn>[0], theme: MapTheme) =>
  fieldStyle([{ layer: LAYER, n_features: 1, ...styleIn(listed, theme) }], [], {}, theme);

test("a layer is drawn by the office's file for the theme, in the colours that stand there, or else by the one for all", () => {
  const night_alone = { theme_styles: { night: lamp("#101010") } };
  const both = { own_style: lamp("#202020"), ...night_alone };
  expect([colorIn(both, "plain"), colorIn(both, "sunlight")]).toEqual(["#202020", "#202020"]);
  expect(colorIn(both, "night")).toBe("#101010");
  expect([colorIn(night_alone, "plain"), colorIn(night_alone, "night")]).toEqual([undefined, "#101010"]);
  // What was taken along before styles came by theme.
  expect(colorIn({ own_style: lamp("#202020") }, "night")).toBe(
    colorIn({ ...both, theme_styles: { night: [] } }, "night"),
  );
  expect(colorIn({ own_style: lamp("#202020") }, "night")).not.toBe("#202020");
});

test("a style of the same map layers for another theme takes their place with features left on the map", () => {
  const both = { own_style: lamp("#202020"), theme_styles: { night: lamp("#101010") } };
  const map = { setPaintProperty: vi.fn(), setLayoutProperty: vi.fn() };
  expect(restyle(map as never, styled(both, "plain"), styled(both, "night"))).toBe(true);
  expect(map.setPaintProperty).toHaveBeenCalledWith(`ledger-${LAYER.key}-own0`, "circle-color", "#101010");
});
