import type { DatumShift } from "../geometry/datum_shift.ts";
import type { Lot, Town } from "../model/address.ts";
import { type Box, boxText } from "../model/area.ts";
import { requestJson } from "./http.ts";

/** How far the datum of a CRS lies from the map's in an area. */
export async function fetchShift(crs: string, bbox: Box): Promise<DatumShift> {
  return requestJson(`/datum-shift?${new URLSearchParams({ crs, bbox: boxText(bbox) })}`);
}

/** Towns, and the characters that are taken for others where they are searched. */
export interface Addresses {
  towns: (Town & { lots: Lot[] })[];
  forms: Record<string, string>;
}

/** The towns of a box, with their lots on wish, or only those near features; none where the office has no gazetteer. */
export async function fetchAddresses(bbox: Box, ...wishes: ("lots" | "near")[]): Promise<Addresses> {
  const query = new URLSearchParams({ bbox: boxText(bbox), ...Object.fromEntries(wishes.map((wish) => [wish, "1"])) });
  return requestJson(`/addresses?${query}`);
}
