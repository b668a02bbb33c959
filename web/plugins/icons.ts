import type { Plugin } from "vite";
import { encodePng } from "./png.ts";

const SIZES = [180, 192, 512];
const BLUE = [0, 23, 193] as const;
const WHITE = [255, 255, 255] as const;
/** Samples per pixel and axis: 4 × 4 gives smooth edges. */
const N_SAMPLES = 4;

/** Draws the app's icon, a map pin with a tick on blue, and emits it in the sizes that home screens ask for. */
export function appIcons(): Plugin {
  return {
    name: "gis-capture:icons",
    apply: "build",
    generateBundle() {
      for (const size of SIZES) {
        this.emitFile({ type: "asset", fileName: `tablet/icon-${size}.png`, source: drawIcon(size) });
      }
    },
  };
}

/** Gives the icon as PNG bytes; the drawing stays inside the safe circle of maskable icons. */
export function drawIcon(size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let n_white = 0;
      for (let sample = 0; sample < N_SAMPLES ** 2; sample++) {
        const x = (column + ((sample % N_SAMPLES) + 0.5) / N_SAMPLES) / size;
        const y = (row + (Math.floor(sample / N_SAMPLES) + 0.5) / N_SAMPLES) / size;
        if (isWhite(x, y)) n_white++;
      }
      const share = n_white / N_SAMPLES ** 2;
      for (let band = 0; band < 3; band++) {
        const value = (WHITE[band] ?? 0) * share + (BLUE[band] ?? 0) * (1 - share);
        pixels[(row * size + column) * 3 + band] = Math.round(value);
      }
    }
  }
  return encodePng(pixels, { width: size, height: size });
}

/** x and y run from 0 to 1 from the top left corner. */
function isWhite(x: number, y: number): boolean {
  const isHead = Math.hypot(x - 0.5, y - 0.42) < 0.22;
  const isTip = y > 0.5 && y < 0.84 && Math.abs(x - 0.5) < ((0.84 - y) / 0.34) * 0.206;
  return (isHead || isTip) && !isTick(x, y);
}

function isTick(x: number, y: number): boolean {
  const toShort = distanceToSegment([x, y], [0.4, 0.42], [0.47, 0.49]);
  const toLong = distanceToSegment([x, y], [0.47, 0.49], [0.6, 0.35]);
  return Math.min(toShort, toLong) < 0.032;
}

type Pair = [number, number];

function distanceToSegment([x, y]: Pair, [ax, ay]: Pair, [bx, by]: Pair): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
