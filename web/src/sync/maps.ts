import type { Legend, Raster, RasterJob } from "../model/maps.ts";
import type { BasemapPack } from "../model/messages.ts";
import { requestJson } from "./http.ts";
import { post } from "./office.ts";
import { type OnProgress, sendForm } from "./upload.ts";

/** Styles, legends, base maps and pictures: docs/format.md §4. */

const styleUrl = (layers: readonly string[], rest: string, theme: string) =>
  `/styles/${layers.map(encodeURIComponent).join(",")}${rest}?${new URLSearchParams({ theme })}`;

/** Gives a MapLibre style over the tiles of these layers. */
export const readStyle = (layers: readonly string[], theme = "plain"): Promise<object> =>
  requestJson<object>(styleUrl(layers, ".json", theme));

export const readLegends = async (layers: readonly string[], theme: string): Promise<Legend[]> =>
  (await requestJson<{ legends: Legend[] }>(styleUrl(layers, "/legend.json", theme))).legends;

export const listRasters = (): Promise<{ rasters: Raster[]; jobs: RasterJob[] }> => requestJson("/rasters");

/** How added maps and pictures are called and where they come from. */
export interface Naming extends Record<string, string | undefined> {
  title: string;
  attribution: string;
  crs?: string;
}

/** Sends the pictures of one layer, which is then built in the background. */
export const addPictures = (
  files: readonly File[],
  name: string,
  naming: Naming,
  onprogress: OnProgress,
): Promise<unknown> => sendForm("/rasters", files, { ...naming, name }, onprogress);

export const addBasemap = (file: File, name: string, naming: Naming, onprogress: OnProgress): Promise<BasemapPack> =>
  sendForm<BasemapPack>("/basemaps", [file], { ...naming, name }, onprogress);

export const goOnWith = (raster: string): Promise<unknown> => post(`/rasters/${encodeURIComponent(raster)}/build`, {});

export const removeMap = (kind: "rasters" | "basemaps" | "scans", name: string): Promise<unknown> =>
  post(`/${kind}/${encodeURIComponent(name)}/remove`, {});
