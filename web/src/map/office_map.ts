import {
  AttributionControl,
  addProtocol,
  type GeoJSONSource,
  type LngLat,
  LngLatBounds,
  Map as MapLibreMap,
  type MapMouseEvent,
  NavigationControl,
  type StyleSpecification,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { Protocol } from "pmtiles";
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import type { FeatureCollection } from "geojson";
import { t } from "../i18n/office.ts";
import type { BasemapPack } from "../model/messages.ts";
import { tellState } from "./map_state.ts";
import { HIDDEN, type PackView, WHOLE_VIEW } from "./pack_source.ts";
import { packSource, packStyle, showPack } from "./pack_style.ts";
import { ScaleBar } from "./scale_bar.ts";
import { type MapTheme, themed } from "./themes.ts";

type Box = [number, number, number, number];
export interface TappedFeature {
  layer: string;
  feature_id: string;
}

const PADDING_PX = 48;
const MAX_FIT_ZOOM = 17;
const TAP_RADIUS_PX = 12;
const BOX = "drawn-box";

const boxBetween = (one: LngLat, other: LngLat) => new LngLatBounds(one, one).extend(other).toArray().flat() as Box;

let isReady = false;

/** Makes the map library ready; once more changes nothing. */
export function prepare(): void {
  if (isReady) return;
  setWorkerUrl(workerUrl);
  addProtocol("pmtiles", new Protocol().tile);
  isReady = true;
}

/** A map of the office: the base map, what is put on it, and what was tapped. */
export class OfficeMap {
  readonly #map: MapLibreMap;
  #stopDrawing = () => {};

  /** @param basemaps Packs on the server, read by ranges. */
  constructor(container: HTMLElement, basemaps: BasemapPack[], overlay: object | null, extent: Box | null) {
    prepare();
    this.#map = new MapLibreMap({
      container,
      style: compose(basemaps, overlay as StyleSpecification | null),
      ...(extent
        ? { bounds: new LngLatBounds(extent), fitBoundsOptions: { padding: PADDING_PX, maxZoom: MAX_FIT_ZOOM } }
        : {}),
      attributionControl: false,
      locale: {
        "Map.Title": t("map_title"),
        "NavigationControl.ZoomIn": t("map_zoom_in"),
        "NavigationControl.ZoomOut": t("map_zoom_out"),
      },
    });
    tellState(this.#map);
    this.#map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.#map.addControl(new ScaleBar().control, "bottom-left");
    this.#map.addControl(new AttributionControl({ compact: false }), "bottom-right");
  }

  /** Calls back with the uppermost feature near a tap, or null beside all of them. */
  onTap(callback: (tapped: TappedFeature | null) => void): void {
    this.#map.on("click", ({ point }) => {
      const box: [[number, number], [number, number]] = [
        [point.x - TAP_RADIUS_PX, point.y - TAP_RADIUS_PX],
        [point.x + TAP_RADIUS_PX, point.y + TAP_RADIUS_PX],
      ];
      const found = this.#map.queryRenderedFeatures(box).find((feature) => feature.properties.feature_id);
      callback(found ? { layer: found.sourceLayer ?? "", feature_id: String(found.properties.feature_id) } : null);
    });
  }

  /** Calls back with the box that is shown, at first and whenever it was moved. */
  onBox(callback: (box: Box) => void): void {
    const tell = () => callback(this.#map.getBounds().toArray().flat() as Box);
    this.#map.on("moveend", tell);
    this.#map.once("load", tell);
  }

  /** Has a box drawn: one corner is tapped, then the opposite one; it stays in sight. */
  drawBox(callback: (box: Box) => void): void {
    let first: LngLat | null = null;
    this.#stopDrawing();
    this.#showBox(null);
    const follow = ({ lngLat }: MapMouseEvent) => {
      if (first) this.#showBox(boxBetween(first, lngLat));
    };
    const take = ({ lngLat }: MapMouseEvent) => {
      if (!first) {
        first = lngLat;
        return;
      }
      this.#stopDrawing();
      this.#showBox(boxBetween(first, lngLat));
      callback(boxBetween(first, lngLat));
    };
    this.#map.on("click", take);
    this.#map.on("mousemove", follow);
    this.#map.getCanvas().style.cursor = "crosshair";
    this.#stopDrawing = () => {
      this.#map.off("click", take);
      this.#map.off("mousemove", follow);
      this.#map.getCanvas().style.cursor = "";
    };
  }

  #showBox(box: Box | null): void {
    const [west, south, east, north] = box ?? [0, 0, 0, 0];
    const corners = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
      [west, south],
    ];
    const data = { type: "LineString" as const, coordinates: box ? corners : [] };
    const source = this.#map.getSource<GeoJSONSource>(BOX);
    if (source) source.setData(data);
    else {
      this.#map.addSource(BOX, { type: "geojson", data });
      this.#map.addLayer({ id: BOX, type: "line", source: BOX, paint: { "line-color": "#ce0000", "line-width": 3 } });
    }
  }

  /** Draws everything anew in a theme; where the map looks stays. */
  restyle(basemaps: BasemapPack[], overlay: object | null, theme: MapTheme): void {
    this.#map.setStyle(compose(basemaps, overlay as StyleSpecification | null, theme));
  }

  /** Shows a pack more or less, or not at all. */
  showPack(pack: BasemapPack, view: PackView): void {
    showPack(this.#map, pack, view);
  }

  remove(): void {
    this.#map.remove();
  }
}

/** Draws points, lines and areas that are not in the store yet. */
export function previewStyle(features: FeatureCollection): object {
  return {
    version: 8,
    sources: { preview: { type: "geojson", data: features } },
    layers: [
      {
        id: "preview-area",
        type: "fill",
        source: "preview",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": "#0017c1", "fill-opacity": 0.2 },
      },
      {
        id: "preview-line",
        type: "line",
        source: "preview",
        filter: ["!=", ["geometry-type"], "Point"],
        paint: { "line-color": "#0017c1", "line-width": 2 },
      },
      {
        id: "preview-point",
        type: "circle",
        source: "preview",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 6,
          "circle-color": "#0017c1",
          "circle-stroke-color": "#fff",
          "circle-stroke-width": 2,
        },
      },
    ],
  };
}

/** Draws two sides told apart by fill and ring; small marks are where their authors stood. */
export function placesStyle(features: FeatureCollection): object {
  const color = ["match", ["get", "side"], "stored", "#0017c1", "#c74700"];
  const isStored = ["==", ["get", "side"], "stored"];
  return {
    version: 8,
    sources: { places: { type: "geojson", data: features } },
    layers: [
      {
        id: "places-area",
        type: "fill",
        source: "places",
        filter: ["all", ["==", ["geometry-type"], "Polygon"], isStored],
        paint: { "fill-color": "#0017c1", "fill-opacity": 0.2 },
      },
      {
        id: "places-line",
        type: "line",
        source: "places",
        filter: ["!=", ["geometry-type"], "Point"],
        paint: { "line-color": color, "line-width": 3 },
      },
      {
        id: "places-point",
        type: "circle",
        source: "places",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": ["case", ["get", "is_author"], 5, 9],
          "circle-color": ["case", isStored, "#0017c1", "#ffffff"],
          "circle-stroke-color": ["case", isStored, "#ffffff", "#c74700"],
          "circle-stroke-width": ["case", isStored, 2, 4],
        },
      },
    ],
  };
}

/** What lies under the layers is drawn in the theme here; the layers come in it. */
export function compose(
  basemaps: BasemapPack[],
  overlay: StyleSpecification | null,
  theme: MapTheme = "plain",
): StyleSpecification {
  const sources: StyleSpecification["sources"] = {};
  const ground: StyleSpecification["layers"] = [
    { id: "background", type: "background", paint: { "background-color": "#f6f4ee" } },
  ];
  for (const pack of basemaps) {
    const view = pack.tiles ? HIDDEN : WHOLE_VIEW;
    const { source, layers: under } = packStyle(pack, `pmtiles://${new URL(pack.url, location.origin)}`, view);
    sources[packSource(pack)] = source;
    ground.push(...under);
  }
  Object.assign(sources, overlay?.sources);
  const drawn = (overlay?.layers ?? []).filter((layer) => layer.type !== "background");
  const layers = [...themed(ground, theme), ...drawn];
  return { version: 8, sources, layers };
}
