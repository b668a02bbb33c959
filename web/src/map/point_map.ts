import type { Position } from "geojson";
import {
  AttributionControl,
  type GeoJSONSource,
  LngLatBounds,
  Map as MapLibreMap,
  Marker,
  NavigationControl,
  type StyleSpecification,
} from "maplibre-gl";
import { t } from "../i18n/office.ts";
import type { BasemapPack } from "../model/messages.ts";
import { tellState } from "./map_state.ts";
import { compose, prepare } from "./office_map.ts";
import { toPlane } from "./pixel_plane.ts";

export interface NumberedPoint {
  id: number;
  label: string;
  position: Position;
  isSuspect: boolean;
}

const STEP_PX = 1;
const LARGE_STEP_PX = 10;
const STEPS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const OUTLINE = "outline";

/** A map with numbered points that are set by a click and moved by dragging or by arrow keys. */
export class PointMap {
  readonly #map: MapLibreMap;
  readonly #markers = new Map<number, { marker: Marker; element: HTMLButtonElement }>();
  readonly #onmove: (id: number, position: Position) => void;

  constructor(
    container: HTMLElement,
    style: StyleSpecification,
    box: [number, number, number, number] | null,
    /** For screen readers; no other map of the page has it. */
    title: string,
    on: { click: (position: Position) => void; move: (id: number, position: Position) => void },
  ) {
    prepare();
    this.#onmove = on.move;
    this.#map = new MapLibreMap({
      container,
      style,
      maxZoom: 24,
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      attributionControl: false,
      locale: {
        "Map.Title": title,
        "NavigationControl.ZoomIn": t("map_zoom_in"),
        "NavigationControl.ZoomOut": t("map_zoom_out"),
      },
      ...(box ? { bounds: new LngLatBounds(box), fitBoundsOptions: { padding: 24 } } : {}),
    });
    this.#map.touchZoomRotate.disableRotation();
    tellState(this.#map);
    this.#map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.#map.addControl(new AttributionControl({ compact: false }), "bottom-right");
    this.#map.on("click", ({ lngLat }) => on.click([lngLat.lng, lngLat.lat]));
  }

  /** Where the map looks. */
  middle(): Position {
    const { lng, lat } = this.#map.getCenter();
    return [lng, lat];
  }

  setPoints(points: readonly NumberedPoint[]): void {
    const kept = new Set(points.map(({ id }) => id));
    for (const [id, { marker }] of this.#markers) {
      if (kept.has(id)) continue;
      marker.remove();
      this.#markers.delete(id);
    }
    for (const point of points) {
      const { marker, element } = this.#markers.get(point.id) ?? this.#add(point);
      marker.setLngLat(point.position as [number, number]);
      element.textContent = point.label;
      element.classList.toggle("suspect", point.isSuspect);
      element.setAttribute("aria-label", t("scans_point", { n: point.label }));
    }
  }

  /** Draws the corners of what is shown of a picture. */
  setOutline(corners: readonly Position[]): void {
    const draw = () => {
      const ring = corners.length > 1 ? [...corners, corners[0] as Position] : [];
      const data = {
        type: "Feature" as const,
        properties: {},
        geometry: { type: "LineString" as const, coordinates: ring },
      };
      const source = this.#map.getSource<GeoJSONSource>(OUTLINE);
      if (source) source.setData(data);
      else {
        this.#map.addSource(OUTLINE, { type: "geojson", data });
        const paint = { "line-color": "#c74700", "line-width": 3, "line-dasharray": [2, 1] };
        this.#map.addLayer({ id: OUTLINE, type: "line", source: OUTLINE, paint });
      }
    };
    if (this.#map.isStyleLoaded()) draw();
    else this.#map.once("load", draw);
  }

  /** Brings a point into view. */
  show(position: Position): void {
    this.#map.easeTo({ center: position as [number, number], duration: 0 });
  }

  remove(): void {
    this.#map.remove();
  }

  #add({ id, position }: NumberedPoint) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "numbered-point";
    const marker = new Marker({ element, draggable: true }).setLngLat(position as [number, number]).addTo(this.#map);
    const moved = () => {
      const { lng, lat } = marker.getLngLat();
      this.#onmove(id, [lng, lat]);
    };
    marker.on("dragend", moved);
    element.addEventListener("click", (event) => event.stopPropagation());
    element.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      const at = this.#map.project(marker.getLngLat());
      const px = event.shiftKey ? LARGE_STEP_PX : STEP_PX;
      marker.setLngLat(this.#map.unproject([at.x + step[0] * px, at.y + step[1] * px]));
      moved();
    });
    const made = { marker, element };
    this.#markers.set(id, made);
    return made;
  }
}

/** A scan in its plane. */
export function scanStyle(url: string): StyleSpecification {
  return {
    version: 8,
    sources: { scan: { type: "raster", url: `pmtiles://${new URL(url, location.origin)}`, tileSize: 256 } },
    layers: [
      { id: "background", type: "background", paint: { "background-color": "#8c8c8c" } },
      {
        id: "scan",
        type: "raster",
        source: "scan",
        paint: { "raster-fade-duration": 0, "raster-resampling": "nearest" },
      },
    ],
  };
}

export function scanBox(width: number, height: number): [number, number, number, number] {
  const [west, north] = toPlane([0, 0]);
  const [east, south] = toPlane([width, height]);
  return [west, south, east, north];
}

/** The base maps and the layers of the office. */
export const placeStyle = (basemaps: BasemapPack[], overlay: object | null): StyleSpecification =>
  compose(basemaps, overlay as StyleSpecification | null);
