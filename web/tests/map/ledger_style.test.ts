import { expect, test, vi } from "vitest";
import { fieldStyle } from "../../src/map/field_style.ts";
import { ledgerSource, ledgerStyle, showLedgerLayer } from "../../src/map/ledger_style.ts";
import { LAYER } from "../samples.ts";

const idsOf = (layers: { id: string }[]) => layers.map(({ id }) => id);
const find = (layers: ReturnType<typeof ledgerStyle>, part: string) => layers.find(({ id }) => id.endsWith(`-${part}`));

test("points of a crowded layer are drawn together; those of a small one, and lines, are not", () => {
  const crowd = { layer: LAYER, n_features: 2000 };
  expect(ledgerSource(crowd)).toMatchObject({ cluster: true, promoteId: "feature_id" });
  expect(find(ledgerStyle([crowd]), "crowd")).toBeDefined();
  for (const few of [
    { layer: LAYER, n_features: 20 },
    { layer: { ...LAYER, geometry_type: "LineString" as const }, n_features: 2000 },
  ]) {
    expect(ledgerSource(few)).not.toHaveProperty("cluster");
    expect(find(ledgerStyle([few]), "crowd")).toBeUndefined();
  }
});

test("the order of the layers is the order of drawing, within each kind of mark", () => {
  const park = { ...LAYER, key: "park" };
  const ids = idsOf(
    fieldStyle(
      [LAYER, park].map((layer) => ({ layer, n_features: 9 })),
      [],
    ).layers,
  );
  const turned = idsOf(
    fieldStyle(
      [park, LAYER].map((layer) => ({ layer, n_features: 9 })),
      [],
    ).layers,
  );
  const isParkOnTop = (all: string[]) => all.indexOf("ledger-park-marker") > all.indexOf(`ledger-${LAYER.key}-marker`);
  expect([isParkOnTop(ids), isParkOnTop(turned)]).toEqual([true, false]);
});

test("a layer is drawn paler or not at all, in the style and on a map that has it", () => {
  const drawn = { layer: LAYER, n_features: 9, view: { is_visible: true, opacity: 0.4 } };
  expect(find(ledgerStyle([drawn]), "marker")?.paint).toMatchObject({ "icon-opacity": 0.4 });
  expect(find(ledgerStyle([drawn]), "area")?.paint).toMatchObject({ "fill-opacity": 0.1 });
  const map = { getLayer: () => true, setLayoutProperty: vi.fn(), setPaintProperty: vi.fn() };
  showLedgerLayer(map as never, { ...drawn, view: { is_visible: false, opacity: 0.4 } });
  expect(map.setLayoutProperty).toHaveBeenCalledWith(`ledger-${LAYER.key}-marker`, "visibility", "none");
  expect(map.setPaintProperty).toHaveBeenCalledWith(`ledger-${LAYER.key}-marker`, "icon-opacity", 0.4);
});

test("rings of rough places leave the map to be seen, however many lie over one another", () => {
  const ring = find(ledgerStyle([{ layer: LAYER, n_features: 57 }]), "ring");
  expect(ring?.paint).toMatchObject({ "circle-opacity": 0, "circle-stroke-color": ["get", "ring_color"] });
});
