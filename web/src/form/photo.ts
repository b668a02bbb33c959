import type { DevicePosition } from "../model/feature.ts";
import { sha256Hex } from "../model/identity.ts";
import { EXIF_WITHIN_BYTES, type PhotoFacts, readExif } from "./exif.ts";

const JPEG_QUALITY = 0.82;
const THUMBNAIL_EDGE_PX = 240;

export interface PreparedPhoto {
  sha256: string;
  size_bytes: number;
  media_type: string;
  blob: Blob;
  thumbnail: Blob;
}

/** When and where a photo was taken; null = not known. */
export type PhotoStamp = PhotoFacts;

/** A photo that says it is older than this was not taken just now, whichever button it came by. */
const JUST_NOW_MS = 5 * 60_000;

/** The file is no picture this browser can read. */
export class PhotoError extends Error {
  override readonly name = "PhotoError";
}

/** Reads from a file when and where it was taken. */
export async function readPhotoFacts(file: Blob): Promise<PhotoFacts> {
  return readExif(new Uint8Array(await file.slice(0, EXIF_WITHIN_BYTES).arrayBuffer()));
}

/** What is noted of a photo: one from the camera is of now and here, one from the gallery tells itself or nothing.
 *
 * @param facts What its file says.
 * @param here Where the device is; null = not known.
 */
export function stampPhoto(
  facts: PhotoFacts,
  { is_camera, now, here }: { is_camera: boolean; now: Date; here: DevicePosition | null },
): PhotoStamp {
  const age_ms = facts.taken_at ? Math.abs(now.getTime() - facts.taken_at.getTime()) : 0;
  if (!is_camera || age_ms > JUST_NOW_MS) return facts;
  // The camera knows best which way it looked; the device which way it was turned, or moved.
  const heading_deg = facts.position?.heading_deg ?? here?.heading_deg;
  const position = here ?? facts.position;
  return { taken_at: now, position: position && { ...position, ...(heading_deg !== undefined && { heading_deg }) } };
}

/** Makes a JPEG whose longer edge is at most `max_edge_px`, upright as its EXIF says, and a thumbnail of it.
 *
 * @param max_edge_px null = the file is kept byte by byte, as the camera made it.
 */
export async function preparePhoto(file: Blob, max_edge_px: number | null): Promise<PreparedPhoto> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch((cause) => {
    throw new PhotoError("not a picture", { cause });
  });
  try {
    const blob = max_edge_px === null ? file : await encode(picture, max_edge_px);
    const thumbnail = await encode(picture, THUMBNAIL_EDGE_PX);
    const sha256 = await sha256Hex(await blob.arrayBuffer());
    return { sha256, size_bytes: blob.size, media_type: blob.type, blob, thumbnail };
  } finally {
    picture.close();
  }
}

async function encode(picture: ImageBitmap, max_edge_px: number): Promise<Blob> {
  const { width, height } = fitInside(picture, max_edge_px);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new PhotoError("no canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: JPEG_QUALITY });
}

/** Never enlarges. */
export function fitInside(size: { width: number; height: number }, max_edge_px: number) {
  const scale = Math.min(1, max_edge_px / Math.max(size.width, size.height));
  return { width: Math.max(1, Math.round(size.width * scale)), height: Math.max(1, Math.round(size.height * scale)) };
}

/** "台帳番号_20261123T111000_1.jpg": the label and the time, without what file systems forbid. */
export function photoName(label: string, taken_at: Date, number: number, media_type = "image/jpeg"): string {
  const stamp = taken_at.toISOString().replace(/[-:]|\.\d+Z/g, "");
  const safe = label.replace(/[\\/:*?"<>|\s]+/g, "_").slice(0, 40) || "photo";
  const suffix = /^image\/([a-z0-9]+)$/.exec(media_type)?.[1]?.replace("jpeg", "jpg") ?? "jpg";
  return `${safe}_${stamp}_${number}.${suffix}`;
}
