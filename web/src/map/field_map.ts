import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import type { FeatureCollection, Geometry, Feature as MapFeature, Position } from "geojson";
import {
  AttributionControl,
  addProtocol,
  type GeoJSONSource,
  getGlobalDispatcher,
  Map as MapLibreMap,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { Protocol } from "pmtiles";
import { circleRing, distanceM } from "../geometry/distance.ts";
import type { DevicePosition } from "../model/feature.ts";
import { nameOf, namesId } from "./area_names.ts";
import { Drawing } from "./drawing.ts";
import { emptySource, fieldStyle, GPS_SOURCE, SELECTED_SOURCE, SKETCH_SOURCE, type View } from "./field_style.ts";
import { fitWhenStill } from "./fitting.ts";
import { Following } from "./following.ts";
import { Freehand, type FreehandOptions } from "./freehand.ts";
import { whenHeld } from "./holding.ts";
import { CROWDED_ZOOM, type DrawnLayer, showLedgerLayer, sourceId } from "./ledger_style.ts";
import { tellState } from "./map_state.ts";
import { drawImage, MARKER_PIXEL_RATIO } from "./markers.ts";
import { type LocalPack, openPack, type PackView } from "./pack_source.ts";
import { showPack } from "./pack_style.ts";
import { painted } from "./painted.ts";
import { pauseRepaintsInTaps } from "./repaint_pause.ts";
import { restyle } from "./restyle.ts";
import { ScaleBar } from "./scale_bar.ts";
import type { MapTheme } from "./themes.ts";

/** How far beside a feature a tap may land. */
const TAP_RADIUS_PX = 24;
/** Nearer to each other, one marker covers the other. */
const SAME_PLACE_PX = 4;
const CLOSE_ZOOM = 17;
/** Ids of the layers that draw features, and those drawn together (`ledger_style.ts`). */
const FEATURE = /^ledger-.*-(marker|dot|line|area|own\d+)$/;
const CROWD = /^ledger-.*-crowd$/;

export interface Tapped {
  layer: string;
  feature_id: string;
}

export interface FieldMapOptions {
  /** For screen readers. */
  words: { map: string; attribution: string };
  /** A tap on the map: the feature nearest to it, if one is near, and those that are drawn over it. */
  onTap: (place: [number, number], tapped: Tapped[]) => void;
  /** A finger rests on a place, or a key asks about the middle; false where that means nothing now. */
  onHold: (place: [number, number]) => boolean;
  onMove: (view: View) => void;
  /** The map was turned: degrees clockwise from north that lie at the top. */
  onTurn: (bearing: number) => void;
  /** The map begins to follow the device, or stops. */
  onFollow: (is_following: boolean) => void;
}

/** The map of the tablet. There is one for as long as the app is open: making another can kill the page on iOS. */
export class FieldMap {
  /** Takes taps instead of `onTap` while it is there. */
  onPlace: ((place: [number, number]) => void) | null = null;
  readonly #map: MapLibreMap;
  readonly #protocol = new Protocol();
  readonly #ready: Promise<void>;
  #keys: string[] = [];
  #packs: LocalPack[] = [];
  #style = fieldStyle([], []);
  #selected: Geometry | null = null;
  #position: DevicePosition | null = null;
  #sketch = emptySource();
  readonly #scale = new ScaleBar();
  readonly #following: Following;

  constructor(container: HTMLElement, view: View | null, options: FieldMapOptions) {
    setWorkerUrl(workerUrl);
    addProtocol("pmtiles", this.#protocol.tile);
    const map = new MapLibreMap({
      container,
      style: fieldStyle([], []),
      center: view ? [view.lon, view.lat] : [137.25, 36.14],
      zoom: view?.zoom ?? 5,
      maxZoom: 21,
      attributionControl: false,
      locale: { "Map.Title": options.words.map, "AttributionControl.ToggleAttribution": options.words.attribution },
      pitchWithRotate: false,
      maxPitch: 0,
      touchPitch: false,
      maxTileCacheSize: 64,
      // MapLibre's own following draws the map before what made room for itself is on the screen.
      trackResize: false,
      // Each step of a fade draws the whole map.
      fadeDuration: 0,
      canvasContextAttributes: { powerPreference: "default" },
    });
    this.#map = map;
    this.#following = new Following(map, options.onFollow);
    tellState(map);
    pauseRepaintsInTaps(map);
    new ResizeObserver(() => void painted().then(() => fitWhenStill(map))).observe(container);
    map.addControl(this.#scale.control, "bottom-left");
    map.addControl(new AttributionControl({ compact: false }), "bottom-right");
    map.setMissingStyleImageResolver(async (id) => {
      const image = drawImage(id);
      if (image) map.addImage(id, image, { pixelRatio: MARKER_PIXEL_RATIO });
    });
    map.on("click", ({ point, lngLat: { lng, lat } }) => {
      if (this.onPlace) this.onPlace([lng, lat]);
      else options.onTap([lng, lat], this.#nearest(point.x, point.y));
    });
    whenHeld(map, options.onHold);
    map.on("moveend", () => options.onMove(this.view()));
    map.on("rotate", () => options.onTurn(map.getBearing()));
    // Whether the map has drawn anything yet does not matter to what is put on it.
    this.#ready = new Promise((resolve) => map.once("style.load", () => resolve()));
    // Safari ends the workers of a page in the background; "visibilitychange" is heard by MapLibre itself.
    addEventListener("pageshow", () => getGlobalDispatcher().ensureWorkers());
  }

  /** Draws these layers over these packs; features are put in by `setFeatures`. */
  async setContent(
    layers: readonly DrawnLayer[],
    packs: readonly LocalPack[],
    views: Readonly<Record<string, PackView>> = {},
    theme: MapTheme = "plain",
    text_times = 1,
  ): Promise<void> {
    await this.#ready;
    this.#scale.enlarge(text_times);
    const style = fieldStyle(layers, packs, views, theme, text_times);
    const before = this.#style;
    this.#style = style;
    if (restyle(this.#map, before, style)) return;
    const known = new Set(this.#packs.map((pack) => pack.sha256));
    for (const pack of packs) if (!pack.tiles && !known.has(pack.sha256)) this.#protocol.add(openPack(pack));
    this.#keys = layers.map(({ layer }) => layer.key);
    this.#packs = [...packs];
    this.#map.setStyle(structuredClone(style), { diff: true });
    // A new style empties its GeoJSON sources; nobody waits for the map to draw them again.
    void Promise.all([this.select(this.#selected), this.showPosition(this.#position), this.#drawSketch()]);
  }

  /** Shows a pack more or less, or not at all. */
  async showPack(name: string, view: PackView): Promise<void> {
    await this.#ready;
    const pack = this.#packs.find((candidate) => candidate.name === name);
    if (pack) showPack(this.#map, pack, view);
  }

  /** Shows a layer more or less, or not at all. */
  async showLayer(drawn: DrawnLayer): Promise<void> {
    await this.#ready;
    showLedgerLayer(this.#map, drawn);
  }

  async setFeatures(key: string, features: MapFeature[]): Promise<void> {
    await this.#ready;
    const names = features.map(nameOf).filter((name) => name !== null);
    await Promise.all([
      this.#source(sourceId(key))?.setData({ type: "FeatureCollection", features }),
      this.#source(namesId(key))?.setData({ type: "FeatureCollection", features: names }),
    ]);
  }

  /** Shows a feature as it is now; null takes it off the map. */
  async updateFeature(key: string, feature_id: string, feature: MapFeature | null): Promise<void> {
    await this.#ready;
    const put = (shown: MapFeature | null) => (shown ? { add: [shown] } : { remove: [feature_id] });
    await Promise.all([
      this.#source(sourceId(key))?.updateData(put(feature)),
      this.#source(namesId(key))?.updateData(put(feature && nameOf(feature))),
    ]);
  }

  /** Rings one shape; null takes the ring away. */
  async select(geometry: Geometry | null): Promise<void> {
    this.#selected = geometry;
    await this.#ready;
    await this.#source(SELECTED_SOURCE)?.setData(geometry ? collection({ geometry }) : emptySource());
  }

  async showPosition(position: DevicePosition | null): Promise<void> {
    this.#position = position;
    this.#following.see(position);
    await this.#ready;
    const { lon, lat, accuracy_m } = position ?? { lon: 0, lat: 0, accuracy_m: 0 };
    const ring: Geometry = { type: "Polygon", coordinates: [circleRing([lon, lat], accuracy_m ?? 0)] };
    const dot: Geometry = { type: "Point", coordinates: [lon, lat] };
    const data = position ? collection({ geometry: ring }, { geometry: dot }) : emptySource();
    await this.#source(GPS_SOURCE)?.setData(data);
  }

  /** Keeps the device in sight from now on, until a person or something else moves the map. */
  follow(): void {
    if (this.#position) this.showPlace([this.#position.lon, this.#position.lat]);
    this.#following.start();
  }

  /** Shows vertices and the shape they make so far. */
  async showSketch(vertices: readonly Position[], shape: Geometry | null = null): Promise<void> {
    const points = vertices.map((coordinates) => ({ geometry: { type: "Point" as const, coordinates } }));
    this.#sketch = collection(...(shape ? [{ geometry: shape }] : []), ...points);
    await this.#ready;
    await this.#drawSketch();
  }

  async #drawSketch(): Promise<void> {
    await this.#source(SKETCH_SOURCE)?.setData(this.#sketch);
  }

  /** Features drawn within some pixels of a place, and how long a pixel is there. */
  around(place: Position, radius_px: number): { metres_per_pixel: number; features: Tapped[] } {
    const [lon = 0, lat = 0] = place;
    const { x, y } = this.#map.project([lon, lat]);
    const beside = this.#map.unproject([x + 1, y]);
    const features = this.#drawn(x, y, radius_px).map((feature) => this.#tapped(feature));
    return {
      metres_per_pixel: distanceM([lon, lat], [beside.lng, beside.lat]),
      features: features.filter((tapped) => tapped !== null),
    };
  }

  /** Brings a place to the middle, not farther away than now. */
  showPlace(place: [number, number]): void {
    this.#following.stop();
    this.#map.resize();
    this.#map.easeTo({ center: place, zoom: Math.max(this.#map.getZoom(), CLOSE_ZOOM), duration: 300 });
  }

  /** Brings a place into view where it is not, without zooming; a map on its way to somewhere is left alone. */
  reveal(place: [number, number]): void {
    if (this.#map.isMoving()) return;
    this.#map.resize();
    const { x, y } = this.#map.project(place);
    const { clientWidth, clientHeight } = this.#map.getContainer();
    const is_inside = Math.min(x, clientWidth - x, y, clientHeight - y) > TAP_RADIUS_PX;
    if (is_inside) return;
    this.#following.stop();
    this.#map.easeTo({ center: place, duration: 300 });
  }

  showBox(box: [number, number, number, number]): void {
    this.#map.fitBounds(box, { padding: 40, maxZoom: CLOSE_ZOOM, duration: 0 });
  }

  /** Opens the points that are drawn together at a place, where some are. */
  async openCrowd(place: [number, number]): Promise<void> {
    const { x, y } = this.#map.project(place);
    const [crowd] = this.#rendered(x, y, TAP_RADIUS_PX, CROWD);
    if (crowd?.geometry.type !== "Point") return;
    const zoom = await this.#source(String(crowd.source))?.getClusterExpansionZoom(crowd.properties.cluster_id);
    const [lon = 0, lat = 0] = crowd.geometry.coordinates;
    this.#following.stop();
    this.#map.easeTo({ center: [lon, lat], zoom: zoom ?? this.#map.getZoom() + 2, duration: 300 });
  }

  /** Turns north to the top. */
  resetNorth(): void {
    this.#map.resetNorth({ duration: 200 });
  }

  zoomBy(steps: number): void {
    this.#map.easeTo({ zoom: this.#map.getZoom() + steps, duration: 200 });
  }

  /** What is seen: (west, south, east, north) in degrees. */
  box(): [number, number, number, number] {
    const bounds = this.#map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }

  view(): View {
    const { lng, lat } = this.#map.getCenter();
    return { lon: lng, lat, zoom: this.#map.getZoom() };
  }

  /** Starts reshaping; the caller ends it by `remove`. */
  draw(onChange: (geometry: Geometry | null) => void, snap?: (place: Position) => Position | null): Drawing {
    this.#following.stop();
    return new Drawing(this.#map, onChange, snap);
  }

  /** Starts drawing by hand; the caller ends it by `remove`. */
  freehand(options: FreehandOptions): Freehand {
    this.#following.stop();
    return new Freehand(this.#map, options);
  }

  #source(id: string): GeoJSONSource | undefined {
    return this.#map.getSource<GeoJSONSource>(id);
  }

  /** The feature nearest to a point of the screen, and points at its place; none where the tap is on points drawn together. */
  #nearest(x: number, y: number): Tapped[] {
    // Where none are drawn together, nobody waits for it to be looked after.
    if (this.#map.getZoom() < CROWDED_ZOOM && this.#rendered(x, y, 1, CROWD).length) return [];
    const found = this.#drawn(x, y, TAP_RADIUS_PX).map((feature) => {
      const place = this.#placeOf(feature);
      return { feature, place, away_px: place ? Math.hypot(place.x - x, place.y - y) : TAP_RADIUS_PX };
    });
    const [nearest, ...others] = found.sort((a, b) => a.away_px - b.away_px);
    const { x: near_x, y: near_y } = nearest?.place ?? { x: Number.NaN, y: Number.NaN };
    const covered = others.filter(
      ({ place }) => place && Math.hypot(place.x - near_x, place.y - near_y) <= SAME_PLACE_PX,
    );
    const tapped = [nearest, ...covered].map((one) => (one ? this.#tapped(one.feature) : null));
    // A feature at the edge of a tile is drawn by both.
    return [...new Map(tapped.flatMap((one) => (one ? [[`${one.layer} ${one.feature_id}`, one]] : []))).values()];
  }

  #placeOf({ geometry }: MapFeature): { x: number; y: number } | null {
    if (geometry.type !== "Point") return null;
    return this.#map.project([geometry.coordinates[0] ?? 0, geometry.coordinates[1] ?? 0]);
  }

  /** What of the ledger is drawn around a point of the screen. */
  #drawn(x: number, y: number, radius_px: number) {
    return this.#rendered(x, y, radius_px, FEATURE);
  }

  #rendered(x: number, y: number, radius_px: number, parts: RegExp) {
    const ids = this.#style.layers.map(({ id }) => id).filter((id) => parts.test(id));
    const box: [[number, number], [number, number]] = [
      [x - radius_px, y - radius_px],
      [x + radius_px, y + radius_px],
    ];
    return this.#map.queryRenderedFeatures(box, { layers: ids.filter((id) => this.#map.getLayer(id)) });
  }

  #tapped({ source, properties }: { source: string; properties: Record<string, unknown> }): Tapped | null {
    const layer = this.#keys.find((key) => sourceId(key) === source);
    return layer ? { layer, feature_id: String(properties.feature_id) } : null;
  }
}

function collection(...parts: { geometry: Geometry }[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: parts.map(({ geometry }) => ({ type: "Feature", geometry, properties: {} })),
  };
}
