import type { Map as MapLibreMap } from "maplibre-gl";
import type { DevicePosition } from "../model/feature.ts";

/** Less than this part of the map before the device, and the map moves. */
const EDGE_PART = 0.2;

/** Brings the device back to the middle of the map whenever it nears the edge, until a person moves the map. */
export class Following {
  readonly #map: MapLibreMap;
  readonly #onChange: (is_on: boolean) => void;
  #is_on = false;

  /** @param onChange Hears when it begins and ends. */
  constructor(map: MapLibreMap, onChange: (is_on: boolean) => void) {
    this.#map = map;
    this.#onChange = onChange;
    map.on("dragstart", () => this.stop());
    map.on("movestart", ({ originalEvent }) => originalEvent?.type === "keydown" && this.stop());
  }

  start(): void {
    this.#set(true);
  }

  stop(): void {
    this.#set(false);
  }

  /** Hears where the device is; a map on its way to somewhere is left alone. */
  see(position: DevicePosition | null): void {
    if (!this.#is_on || !position || this.#map.isMoving()) return;
    const { lon, lat } = position;
    const { x, y } = this.#map.project([lon, lat]);
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const room = Math.min(x / clientWidth, 1 - x / clientWidth, y / clientHeight, 1 - y / clientHeight);
    if (room < EDGE_PART) this.#map.easeTo({ center: [lon, lat], duration: 300 });
  }

  #set(is_on: boolean): void {
    if (is_on === this.#is_on) return;
    this.#is_on = is_on;
    this.#onChange(is_on);
  }
}
