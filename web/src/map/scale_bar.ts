import { ScaleControl } from "maplibre-gl";

/** A length on the ground between half of this and this; the half has room for its longest text, "5000 km". */
const MAX_WIDTH_PX = 176;

export const scaleBar = () => new ScaleControl({ unit: "metric", maxWidth: MAX_WIDTH_PX });
