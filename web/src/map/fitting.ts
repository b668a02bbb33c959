import type { Map as MapLibreMap } from "maplibre-gl";

/** Gives a map the size of its container, once it stands still: on its way somewhere it would end beside that. */
export async function fitWhenStill(map: Pick<MapLibreMap, "isMoving" | "once" | "resize">): Promise<void> {
  // It tells that it has arrived in the midst of drawing, where it cannot be drawn anew.
  while (map.isMoving()) await new Promise((resolve) => map.once("moveend", resolve));
  map.resize().redraw();
}
