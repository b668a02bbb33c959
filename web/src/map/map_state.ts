import type { Map as MapLibreMap } from "maplibre-gl";

/** Tells on the map's element whether it has drawn all there is ("idle") or is about to ("busy"). */
export function tellState(map: MapLibreMap): void {
  const { dataset } = map.getContainer();
  const tell = (state: "busy" | "idle") => () => {
    dataset.mapState = state;
  };
  map.on("movestart", tell("busy"));
  map.on("dataloading", tell("busy"));
  map.on("idle", tell("idle"));
}
