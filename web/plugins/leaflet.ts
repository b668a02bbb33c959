import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const require = createRequire(import.meta.url);
const LEAFLET_DIR = dirname(require.resolve("leaflet/package.json"));

/**
 * Puts Leaflet beside the app for the server, which writes it into the HTML map of an import (gis_capture/report).
 * It is written after the bundle, so that the tablet does not carry it.
 */
export function leafletFiles(): Plugin {
  return {
    name: "gis-capture:leaflet",
    apply: "build",
    writeBundle(options) {
      const folder = join(options.dir ?? "dist", "leaflet");
      mkdirSync(folder, { recursive: true });
      cpSync(join(LEAFLET_DIR, "LICENSE"), join(folder, "LICENSE"));
      cpSync(join(LEAFLET_DIR, "dist", "leaflet.js"), join(folder, "leaflet.js"));
      writeFileSync(join(folder, "leaflet.css"), withPictures(join(LEAFLET_DIR, "dist")));
    },
  };
}

/** Gives the style with its pictures inside: a page that is one file has nowhere else to find them. */
function withPictures(folder: string): string {
  const style = readFileSync(join(folder, "leaflet.css"), "utf8");
  return style.replace(/url\((images\/[\w-]+\.png)\)/g, (_, name: string) => {
    return `url(data:image/png;base64,${readFileSync(join(folder, name)).toString("base64")})`;
  });
}
