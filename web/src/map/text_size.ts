import type { LayerSpecification } from "maplibre-gl";

/** The same layers with names as many times as large; sizes that a style of the office's works out itself stay. */
export function enlarged(layers: readonly LayerSpecification[], times: number): LayerSpecification[] {
  return layers.map((layer) => {
    const size = layer.type === "symbol" && layer.layout?.["text-size"];
    if (layer.type !== "symbol" || typeof size !== "number") return layer;
    return { ...layer, layout: { ...layer.layout, "text-size": size * times } };
  });
}
