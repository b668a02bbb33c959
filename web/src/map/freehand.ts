import type { Position } from "geojson";
import type { Map as MapLibreMap } from "maplibre-gl";
import { KeyPen } from "../geometry/key_pen.ts";
import { simplify } from "../geometry/simplify.ts";

/** A stroke may run this far beside the finger: what an eye does not see. */
const TOLERANCE_PX = 0.8;
/** Anything shorter is a finger that only touched the map. */
const MIN_LENGTH_PX = 6;
const SVG = "http://www.w3.org/2000/svg";

/** What a finger does on the map. */
export type Tool = { kind: "pen"; color: string } | { kind: "eraser" } | { kind: "move" };

export interface FreehandOptions {
  onStroke: (line: Position[]) => void;
  onErase: (place: Position) => void;
}

/** Takes strokes of a finger, a pen, a mouse or keys on the map until `remove`; a second finger ends the stroke and zooms. */
export class Freehand {
  readonly #map: MapLibreMap;
  readonly #options: FreehandOptions;
  readonly #picture = document.createElementNS(SVG, "svg");
  readonly #listening = new AbortController();
  #tool: Tool = { kind: "move" };
  #points: [number, number][] = [];
  #pointer: number | null = null;
  /** There from the first key until a pointer takes over. */
  #keys: KeyPen | null = null;

  constructor(map: MapLibreMap, options: FreehandOptions) {
    this.#map = map;
    this.#options = options;
    const container = map.getCanvasContainer();
    this.#picture.setAttribute("class", "freehand");
    this.#picture.setAttribute("aria-hidden", "true");
    container.append(this.#picture);
    const { signal } = this.#listening;
    container.addEventListener("pointerdown", (event) => this.#begin(event), { signal });
    container.addEventListener("pointermove", (event) => this.#go(event), { signal });
    container.addEventListener("pointerup", (event) => this.#end(event), { signal });
    container.addEventListener("pointercancel", () => this.#drop(), { signal });
    // Before the map, which would move by the same keys.
    container.addEventListener("keydown", (event) => this.#press(event), { signal, capture: true });
    // Else the browser may take a fast stroke for a fling, and the tap that follows for the finger that ends it.
    container.addEventListener("touchstart", (event) => this.#tool.kind !== "move" && event.preventDefault(), {
      signal,
      passive: false,
    });
  }

  use(tool: Tool): void {
    this.#drop();
    this.#tool = tool;
    if (tool.kind === "move") this.#map.dragPan.enable();
    else this.#map.dragPan.disable();
    // Else the browser would scroll the page under the stroke, and end it.
    this.#map.getCanvasContainer().style.touchAction = tool.kind === "move" ? "" : "none";
  }

  remove(): void {
    this.use({ kind: "move" });
    this.#listening.abort();
    this.#picture.remove();
  }

  #begin(event: PointerEvent): void {
    if (this.#tool.kind === "move") return;
    if (!event.isPrimary) {
      this.#drop();
      return;
    }
    this.#drop();
    this.#pointer = event.pointerId;
    this.#go(event);
  }

  #press(event: KeyboardEvent): void {
    if (this.#tool.kind === "move" || this.#pointer !== null) return;
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    const pen = this.#keys ?? new KeyPen(clientWidth, clientHeight);
    const done = pen.press(event);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
    this.#keys = pen;
    if (this.#tool.kind === "eraser" && pen.is_down) this.#options.onErase(this.#placeOf(pen.at));
    if (this.#tool.kind === "pen" && (pen.is_down || done === "up")) this.#points.push(pen.at);
    if (done === "up") this.#finish();
    this.#show();
  }

  #go(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    const { left, top } = this.#map.getCanvasContainer().getBoundingClientRect();
    const point: [number, number] = [event.clientX - left, event.clientY - top];
    if (this.#tool.kind === "eraser") this.#options.onErase(this.#placeOf(point));
    if (this.#tool.kind !== "pen") return;
    this.#points.push(point);
    this.#show();
  }

  #end(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    this.#go(event);
    this.#finish();
    this.#drop();
  }

  /** Hands the stroke on. */
  #finish(): void {
    const line = simplify(this.#points, TOLERANCE_PX);
    this.#points = [];
    const length = line.slice(1).reduce((sum, [x, y], index) => {
      const [before_x, before_y] = line[index] ?? [x, y];
      return sum + Math.hypot(x - before_x, y - before_y);
    }, 0);
    if (length >= MIN_LENGTH_PX) this.#options.onStroke(line.map((point) => this.#placeOf(point)));
  }

  #drop(): void {
    this.#pointer = null;
    this.#points = [];
    this.#keys = null;
    this.#show();
  }

  #placeOf(point: [number, number]): Position {
    const { lng, lat } = this.#map.unproject(point);
    return [lng, lat];
  }

  /** Draws the stroke at once, without the way through the map's worker. */
  #show(): void {
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", this.#points.map((point) => point.join(",")).join(" "));
    if (this.#tool.kind === "pen") line.setAttribute("stroke", this.#tool.color);
    this.#picture.replaceChildren(line);
    if (!this.#keys) return;
    const [x, y] = this.#keys.at;
    const cursor = document.createElementNS(SVG, "path");
    cursor.setAttribute("d", `M${x - 14} ${y}h28M${x} ${y - 14}v28`);
    cursor.setAttribute("class", "cursor");
    this.#picture.append(cursor);
  }
}
