import { readBars } from "./barcodes.ts";

/** What scanners of browsers look like; not every browser has one (TypeScript's library does not know it). */
interface Detector {
  detect(picture: ImageBitmap): Promise<{ rawValue: string }[]>;
}

/** Large photos are slow to search, and a QR code that fills a good part of the picture is found in a small one. */
const MAX_EDGE_PX = 1200;
/** Bars are finer. */
const MAX_EDGE_BARS_PX = 2000;

/** Reads a QR code or a bar code in a photo; null where there is none. Works offline. */
export async function readCode(file: Blob): Promise<string | null> {
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    return (await byBrowser(whole)) ?? (await byLibrary(whole));
  } finally {
    whole.close();
  }
}

async function byBrowser(picture: ImageBitmap): Promise<string | null> {
  const BarcodeDetector = (globalThis as { BarcodeDetector?: new () => Detector }).BarcodeDetector;
  if (!BarcodeDetector) return null;
  const found = await new BarcodeDetector().detect(picture).catch(() => []);
  return found[0]?.rawValue ?? null;
}

async function byLibrary(picture: ImageBitmap): Promise<string | null> {
  const pixels = pixelsOf(picture, MAX_EDGE_PX);
  if (!pixels) return null;
  const { default: jsQR } = await import("jsqr");
  const found = jsQR(pixels.data, pixels.width, pixels.height);
  if (found) return found.data || decodeBytes(Uint8Array.from(found.binaryData));
  const fine = pixelsOf(picture, MAX_EDGE_BARS_PX);
  return fine && readBars(fine);
}

function pixelsOf(picture: ImageBitmap, edge_px: number): ImageData | null {
  const scale = Math.min(1, edge_px / Math.max(picture.width, picture.height));
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context?.drawImage(picture, 0, 0, width, height);
  return context?.getImageData(0, 0, width, height) ?? null;
}

/** Codes made in Japan hold UTF-8 or Shift_JIS; which one, they do not say. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("shift_jis").decode(bytes);
  }
}
