import type { LayerSpecification } from "maplibre-gl";

/** How the map is drawn: as made, with more contrast against the sun, or dark for the night. */
export const MAP_THEMES = ["plain", "sunlight", "night"] as const;
export type MapTheme = (typeof MAP_THEMES)[number];

const HEX = /^#[0-9a-f]{6}$/i;
const NIGHT_BRIGHTNESS = 0.55;

/** The same layers in another theme: colours of paint are changed one by one, sizes of lines and names in sunlight; what was made for it stays. */
export function themed(layers: readonly LayerSpecification[], theme: MapTheme): LayerSpecification[] {
  if (theme === "plain") return [...layers];
  return layers.map((layer) => {
    if ((layer.metadata as { theme?: MapTheme } | undefined)?.theme === theme) return layer;
    const is_base = layer.type === "background" || ("source" in layer && String(layer.source).startsWith("basemap-"));
    const change = (key: string) => (color: string) => {
      if (theme === "night") return darkened(color);
      return is_base ? sharpened(color, /line-color|text-color/.test(key)) : color;
    };
    const paint = Object.fromEntries(
      Object.entries(layer.paint ?? {}).map(([key, value]) => [key, recolor(value, change(key))]),
    );
    if (layer.type === "raster" && theme === "night") paint["raster-brightness-max"] = NIGHT_BRIGHTNESS;
    if (layer.type !== "symbol" || theme !== "sunlight" || is_base) return { ...layer, paint } as LayerSpecification;
    const layout = { ...layer.layout, ...(layer.layout && "text-size" in layer.layout ? { "text-size": 18 } : {}) };
    return {
      ...layer,
      paint: { ...paint, "text-color": "#000000", "text-halo-width": 3 },
      layout,
    } as LayerSpecification;
  });
}

function recolor(value: unknown, change: (color: string) => string): unknown {
  if (typeof value === "string") return HEX.test(value) ? change(value) : value;
  return Array.isArray(value) ? value.map((part) => recolor(part, change)) : value;
}

/** Light and dark change places; the hue stays. */
function darkened(color: string): string {
  const [red, green, blue] = parts(color);
  const turn = 255 - Math.max(red, green, blue) - Math.min(red, green, blue);
  return hex([red, green, blue].map((part) => 20 + Math.round(((part + turn) * 215) / 255)));
}

/** Surfaces almost white, lines and names almost black; what is white stays so. */
function sharpened(color: string, is_line: boolean): string {
  const is_white = Math.min(...parts(color)) > 240;
  return hex(
    parts(color).map((part) => (is_line && !is_white ? Math.round(part * 0.45) : Math.round(255 - (255 - part) / 3))),
  );
}

const parts = (color: string) =>
  [1, 3, 5].map((start) => Number.parseInt(color.slice(start, start + 2), 16)) as [number, number, number];
const hex = (values: number[]) => `#${values.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
