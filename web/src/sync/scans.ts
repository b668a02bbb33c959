import type { Position } from "geojson";
import type { Method, Scan } from "../model/scans.ts";
import { requestJson } from "./http.ts";
import { post } from "./office.ts";
import { type OnProgress, sendForm } from "./upload.ts";

/** Scanned maps that are being placed: docs/format.md §4. */

const scanUrl = (name: string, rest = "") => `/scans/${encodeURIComponent(name)}${rest}`;

export const listScans = async (): Promise<Scan[]> => (await requestJson<{ scans: Scan[] }>("/scans")).scans;

export const readScan = (name: string): Promise<Scan> => requestJson<Scan>(scanUrl(name));

export function addScan(
  files: readonly File[],
  naming: { name: string; title: string; attribution: string },
  onprogress: OnProgress,
): Promise<Scan> {
  return sendForm<Scan>("/scans", files, naming, onprogress);
}

export interface Control {
  crs: string | null;
  method: Method;
  points: [number, number, number, number][];
  mask: Position[];
}

export const keepControl = (name: string, control: Control): Promise<Scan> =>
  post<Scan>(scanUrl(name, "/control"), control);

/** Makes a raster layer of scans; the first lies lowest. */
export const makeLayer = (name: string, title: string, scans: string[]): Promise<unknown> =>
  post(scanUrl(name, "/layer"), { title, scans });

export const controlFile = (name: string) => scanUrl(name, "/control.georef.json");

export interface MapSheet {
  name: string;
  level: number;
  crs: string;
  corners: Position[];
  places: Position[];
}

export const findMapSheet = (name: string): Promise<MapSheet> =>
  requestJson<MapSheet>(`/map-sheets/${encodeURIComponent(name)}`);
