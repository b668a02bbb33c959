import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { IS_OFFICE_ONLY } from "./service-worker.ts";

/** What a tablet may have to fetch to install the app: all of it, packed, on the Wi-Fi of an office. */
const LIMIT_BYTES = 700_000;

/** Ends the build where the application shell of the tablet, packed with gzip, has grown over its limit. */
export function shellSize(): Plugin {
  return {
    name: "gis-capture:shell-size",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle).filter((file) => !IS_OFFICE_ONLY.test(file.fileName));
      const n_bytes = files.reduce((sum, file) => sum + packed(file.type === "chunk" ? file.code : file.source), 0);
      const told = `the tablet's shell is ${Math.round(n_bytes / 1000)} kB packed, of ${LIMIT_BYTES / 1000} kB`;
      if (n_bytes > LIMIT_BYTES) this.error(told);
      this.info(told);
    },
  };
}

const packed = (content: string | Uint8Array) => gzipSync(content, { level: 9 }).length;
