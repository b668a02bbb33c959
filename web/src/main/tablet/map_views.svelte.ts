import { online } from "svelte/reactivity/window";
import { t } from "../../i18n/tablet.ts";
import type { FieldMap } from "../../map/field_map.ts";
import { type DrawnLayer, styleIn } from "../../map/ledger_style.ts";
import { HIDDEN, type LocalPack, type PackView, WHOLE_VIEW } from "../../map/pack_source.ts";
import { MAP_THEMES, type MapTheme } from "../../map/themes.ts";
import { onlinePack } from "../../model/messages.ts";
import type { StoredLayer, StoredPack } from "../../store/database.ts";
import { listPacks, packReader } from "../../store/packs.ts";
import { readSetting, writeSetting } from "../../store/settings.ts";
import type { Ledger } from "./ledger.svelte.ts";

/** How the map is drawn on this tablet: what lies over what, how strong, in which colours. It is remembered. */
export class MapViews {
  packs = $state.raw<StoredPack[]>([]);
  pack_views = $state.raw<Record<string, PackView>>({});
  layer_views = $state.raw<Record<string, PackView>>({});
  /** Keys of the layers that were put in order, the uppermost first. */
  order = $state.raw<readonly string[]>([]);
  theme = $state.raw<MapTheme>("plain");
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The layers from the uppermost to the lowest; new ones lie over those that were put in order. */
  get layers(): StoredLayer[] {
    const place = ({ key }: StoredLayer) => this.order.indexOf(key);
    return this.#ledger.layers.toReversed().sort((a, b) => place(a) - place(b));
  }

  /** Names of the scans and photographs on the map, the uppermost first. */
  get rasters(): string[] {
    const shown = this.packs.filter(({ name }) => (this.pack_views[name] ?? WHOLE_VIEW).is_visible);
    return shown.flatMap(({ name }) => /^raster-(.+)/.exec(name)?.[1] ?? []).reverse();
  }

  async load(): Promise<void> {
    const { database } = this.#ledger;
    const [pack_views, layer_views = {}, order = [], theme = "plain"] = await Promise.all([
      readSetting(database, "pack_views"),
      readSetting(database, "layer_views"),
      readSetting(database, "layer_order"),
      readSetting(database, "map_theme"),
    ]);
    this.pack_views = { online: HIDDEN, ...pack_views };
    this.layer_views = layer_views;
    this.order = order;
    this.theme = theme;
  }

  /** Puts everything on the map but the features, with names so many times as large. */
  async draw(map: FieldMap, text_times: number): Promise<void> {
    const { maps } = this.#ledger;
    const [stored, told] = await Promise.all([
      listPacks(maps),
      online.current ? readSetting(this.#ledger.database, "online") : null,
    ]);
    const here = stored.filter((pack) => pack.is_complete);
    // Scans and photographs lie over base maps.
    const packs = here.toSorted((a, b) => Number(a.kind === "raster") - Number(b.kind === "raster"));
    if (told) packs.unshift({ ...onlinePack(told, t("map_online")), is_complete: true });
    this.packs = packs;
    const local: LocalPack[] = packs.map((pack) => ({ ...pack, read: packReader(maps, pack.sha256) }));
    const drawn = this.layers.toReversed().map(this.#drawn);
    await map.setContent(drawn, local, this.pack_views, this.theme, text_times);
  }

  viewOf(key: string): PackView {
    return this.layer_views[key] ?? WHOLE_VIEW;
  }

  showLayer(map: FieldMap, layer: StoredLayer, view: PackView): void {
    this.layer_views = { ...this.layer_views, [layer.key]: view };
    void map.showLayer(this.#drawn(layer));
    this.#keep("layer_views", this.layer_views);
  }

  showPack(map: FieldMap, name: string, view: PackView): void {
    this.pack_views = { ...this.pack_views, [name]: view };
    void map.showPack(name, view);
    this.#keep("pack_views", this.pack_views);
  }

  /** Moves a layer by some places, up where `by` is negative. */
  move(key: string, by: -1 | 1): void {
    const keys = this.layers.map((layer) => layer.key);
    const from = keys.indexOf(key);
    if (from < 0 || from + by < 0 || from + by >= keys.length) return;
    keys.splice(from + by, 0, ...keys.splice(from, 1));
    this.order = keys;
    this.#keep("layer_order", keys);
  }

  nextTheme(): void {
    this.theme = MAP_THEMES[(MAP_THEMES.indexOf(this.theme) + 1) % MAP_THEMES.length] ?? "plain";
    this.#keep("map_theme", this.theme);
  }

  readonly #drawn = (layer: StoredLayer): DrawnLayer => ({
    layer: layer.definition,
    n_features: this.#ledger.is_whole ? this.#ledger.features(layer.key).length : layer.n_features,
    view: this.viewOf(layer.key),
    ...styleIn(layer, this.theme),
  });

  /** How the map looks is worth no error. */
  #keep(...[name, value]: Parameters<typeof writeSetting> extends [unknown, ...infer Rest] ? Rest : never): void {
    void writeSetting(this.#ledger.database, name, value).catch(() => undefined);
  }
}
