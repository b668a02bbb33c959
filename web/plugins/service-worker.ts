import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const TEMPLATE = new URL("../src/main/tablet/service-worker.js", import.meta.url);
/** Copied as it is by Vite, so it is not in the bundle. */
const MANIFEST = new URL("../public/tablet/app.webmanifest", import.meta.url);
/** Files of the office pages; the tablet does not carry them. */
export const IS_OFFICE_ONLY = /^index\.html$|^assets\/office/;

/** Emits tablet/service-worker.js with the list of files to keep and a hash of their contents. */
export function serviceWorker(): Plugin {
  return {
    name: "gis-capture:service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle).filter((file) => !IS_OFFICE_ONLY.test(file.fileName));
      files.sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
      const hash = createHash("sha256").update(readFileSync(MANIFEST));
      for (const file of files) hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      const urls = ["/tablet/app.webmanifest"];
      urls.push(...files.map((file) => `/${file.fileName}`.replace(/\/index\.html$/, "/")));
      const source = readFileSync(TEMPLATE, "utf8")
        .replace("__VERSION__", JSON.stringify(hash.digest("hex").slice(0, 16)))
        .replace("__FILES__", JSON.stringify(urls));
      this.emitFile({ type: "asset", fileName: "tablet/service-worker.js", source });
    },
  };
}
