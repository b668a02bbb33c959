import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const IS_TEXT = /\.(css|html|js|mjs|svg|webmanifest)$/;

/** Writes "name.gz" beside each text asset, so that the server never compresses at request time. */
export function compressAssets(): Plugin {
  return {
    name: "gis-capture:compress",
    apply: "build",
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle).filter((file) => IS_TEXT.test(file))) {
        const path = join(options.dir ?? "dist", name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}
