import type { Map as MapLibreMap } from "maplibre-gl";

/** Gives a map the size of its container, once it stands still: on its way somewhere it would end beside that. */
export function fitWhenStill(map: Pick<MapLibreMap, "isMoving" | "once" | "resize">): void {
  if (map.isMoving()) map.once("moveend", () => fitWhenStill(map));
  else map.resize().redraw();
}
