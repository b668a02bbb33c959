import type { LayerSpecification, Map as MapLibreMap, StyleSpecification } from "maplibre-gl";

type Values = Record<string, unknown>;

/** Changes how the layers of a map look in place, so that its features stay on it.
 *
 * False, and nothing done, where the sources or the order of the layers differ.
 */
export function restyle(map: MapLibreMap, before: StyleSpecification, after: StyleSpecification): boolean {
  if (frameOf(before) !== frameOf(after)) return false;
  for (const [index, layer] of after.layers.entries()) {
    const known = before.layers[index];
    for (const [key, value] of changes(known?.paint, layer.paint)) map.setPaintProperty(layer.id, key, value as never);
    for (const [key, value] of changes(known?.layout, layer.layout))
      map.setLayoutProperty(layer.id, key, value as never);
  }
  return true;
}

const frameOf = ({ sources, layers }: StyleSpecification) => JSON.stringify([sources, layers.map(bare)]);
const bare = ({ paint: _paint, layout: _layout, metadata: _metadata, ...rest }: LayerSpecification) => rest;

function changes(before: object = {}, after: object = {}) {
  const [old, now] = [before as Values, after as Values];
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  const changed = keys.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
  return changed.map((key) => [key as never, now[key]] as const);
}
