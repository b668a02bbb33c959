import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { compressAssets } from "./plugins/compress.ts";
import { appIcons } from "./plugins/icons.ts";
import { leafletFiles } from "./plugins/leaflet.ts";
import { leanStyles } from "./plugins/lean_styles.ts";
import { projections } from "./plugins/projections.ts";
import { qrKanji } from "./plugins/qr_kanji.ts";
import { serviceWorker } from "./plugins/service-worker.ts";
import { shellSize } from "./plugins/shell_size.ts";

const SERVER_PATHS = [
  "/attachments",
  "/audit.csv",
  "/basemap",
  "/changes",
  "/conflicts",
  "/crew",
  "/days",
  "/definitions",
  "/devices",
  "/grants",
  "/health",
  "/imports",
  "/layers",
  "/me",
  "/openapi.json",
  "/packs",
  "/pair",
  "/people",
  "/setup",
  "/sign-in",
  "/sign-out",
  "/styles",
  "/sync",
  "/tiles",
];

export default defineConfig({
  base: "/",
  plugins: [
    svelte(),
    leanStyles(),
    projections(),
    qrKanji(),
    appIcons(),
    serviceWorker(),
    shellSize(),
    compressAssets(),
    leafletFiles(),
  ],
  // A worker's script is looked for by the service worker of its own address: offline it must lie below /tablet/.
  worker: { format: "es", rolldownOptions: { output: { entryFileNames: "tablet/assets/[name]-[hash].js" } } },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    assetsInlineLimit: 0,
    rolldownOptions: { input: { office: "index.html", tablet: "tablet/index.html" } },
  },
  server: {
    proxy: Object.fromEntries(
      SERVER_PATHS.map((path) => [path, { target: "http://localhost:8460", changeOrigin: false }]),
    ),
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node", sequence: { shuffle: true } },
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
});
