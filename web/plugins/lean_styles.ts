import type { Plugin } from "vite";

/** The library's styles hold pictures of controls that no map here has; they were a hundredth of the tablet's shell. */
const UNUSED_CONTROLS = /[^{}]*maplibregl-ctrl-(?:fullscreen|geolocate|globe|logo|terrain)\b[^{}]*\{[^{}]*\}/g;

/** Leaves out of the map library's styles what is for controls that are not used. */
export function leanStyles(): Plugin {
  return {
    name: "gis-capture:lean-styles",
    enforce: "pre",
    transform(code, id) {
      return id.endsWith("/maplibre-gl.css") ? { code: code.replace(UNUSED_CONTROLS, ""), map: null } : null;
    },
  };
}
