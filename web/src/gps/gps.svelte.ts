import type { DevicePosition } from "../model/feature.ts";
import { compass } from "./compass.ts";

/** A position as the device told it; the accuracy is a radius in metres. */
export interface Fix extends DevicePosition {
  accuracy_m: number;
  at: Date;
}

/** A fix older than this is no place to put something. */
const FRESH_MS = 60_000;

/** Watches the device's position while the app is open. */
export class Gps {
  fix = $state.raw<Fix | null>(null);
  /** "denied": the person or the device forbids it; "unavailable": no signal yet. */
  problem = $state<"denied" | "unavailable" | null>(null);
  #watch: number | null = null;

  start(): void {
    if (this.#watch !== null) return;
    if (!navigator.geolocation) {
      this.problem = "unavailable";
      return;
    }
    this.#watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        const { longitude: lon, latitude: lat, accuracy: accuracy_m, heading } = coords;
        const is_moving = heading !== null && Number.isFinite(heading);
        this.fix = { lon, lat, accuracy_m, at: new Date(timestamp), ...(is_moving && { heading_deg: heading }) };
        this.problem = null;
      },
      // Single errors come between good fixes; only a refusal ends it.
      (error) => {
        if (error.code === error.PERMISSION_DENIED) this.#end("denied");
        else if (!this.fix) this.problem = "unavailable";
      },
      { enableHighAccuracy: true, maximumAge: 2000 },
    );
  }

  /** The position to stamp things with: none where the last one is old. */
  current(): DevicePosition | null {
    if (!this.fix || Date.now() - this.fix.at.getTime() > FRESH_MS) return null;
    const { lon, lat, accuracy_m, heading_deg } = this.fix;
    const heading = heading_deg === undefined ? {} : { heading_deg: Math.round(heading_deg) };
    return { lon, lat, accuracy_m: Math.round(accuracy_m * 10) / 10, ...heading };
  }

  /** The position of who looks at something: with the way the device looks, where it tells. */
  looking(): DevicePosition | null {
    const [position, heading_deg] = [this.current(), compass.current()];
    return position && (heading_deg === null ? position : { ...position, heading_deg });
  }

  #end(problem: "denied"): void {
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    this.fix = null;
    this.problem = problem;
  }
}
