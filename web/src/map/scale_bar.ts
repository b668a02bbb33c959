import { ScaleControl } from "maplibre-gl";

/** A length on the ground between half of this and this; the half has room for its longest text, "5000 km". */
const MAX_WIDTH_PX = 176;

/** Its text grows with that of the page, and it with its text. */
export class ScaleBar {
  readonly control = new ScaleControl({ unit: "metric", maxWidth: MAX_WIDTH_PX });

  enlarge(times: number): void {
    document.documentElement.style.setProperty("--map-text", String(times));
    this.control.options.maxWidth = MAX_WIDTH_PX * times;
    this.control.setUnit("metric");
  }
}
