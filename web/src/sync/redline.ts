import type { Layer } from "../model/layer.ts";
import type { LayerListing } from "../model/messages.ts";
import { REDLINE } from "../model/redline.ts";
import { requestJson } from "./http.ts";

/** The layers of the store, and the one of the red pen where the server knows it and nobody has drawn yet. */
export async function withRedline(listings: LayerListing[]): Promise<LayerListing[]> {
  if (listings.some(({ definition }) => definition.key === REDLINE)) return listings;
  const { definitions } = await requestJson<{ definitions: Layer[] }>("/definitions");
  const definition = definitions.find(({ key }) => key === REDLINE);
  return definition
    ? [...listings, { definition, n_features: 0, n_unlocated: 0, extent: null, revision: 0 }]
    : listings;
}

/** Makes the layer of the red pen in the store; one that is there stays as it is. */
export async function makeRedline(): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  await requestJson("/layers", { method: "POST", headers, body: JSON.stringify({ layer: REDLINE }) });
}
