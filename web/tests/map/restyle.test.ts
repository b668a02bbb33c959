import { expect, test, vi } from "vitest";
import { fieldStyle } from "../../src/map/field_style.ts";
import { restyle } from "../../src/map/restyle.ts";
import { LAYER } from "../samples.ts";

const drawn = [{ layer: LAYER, n_features: 9 }];
const fakeMap = () => ({ setPaintProperty: vi.fn(), setLayoutProperty: vi.fn() });

test("another theme changes colours and sizes in place, and only what differs", () => {
  const map = fakeMap();
  expect(restyle(map as never, fieldStyle(drawn, []), fieldStyle(drawn, [], {}, "sunlight"))).toBe(true);
  expect(map.setLayoutProperty).toHaveBeenCalledWith(`ledger-${LAYER.key}-label`, "text-size", 18);
  expect(map.setPaintProperty).not.toHaveBeenCalledWith(`ledger-${LAYER.key}-line`, "line-opacity", expect.anything());
  const same = fakeMap();
  restyle(same as never, fieldStyle(drawn, []), fieldStyle(drawn, []));
  expect(same.setPaintProperty).not.toHaveBeenCalled();
});

test("other layers, or more features than can be drawn one by one, need a new style", () => {
  const map = fakeMap();
  expect(restyle(map as never, fieldStyle(drawn, []), fieldStyle([], []))).toBe(false);
  const crowd = [{ layer: LAYER, n_features: 9000 }];
  expect(restyle(map as never, fieldStyle(drawn, []), fieldStyle(crowd, []))).toBe(false);
});
