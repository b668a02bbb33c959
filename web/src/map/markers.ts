import type { Shape } from "../model/layer.ts";

/** Pictures are drawn at twice their size on the screen. */
export const MARKER_PIXEL_RATIO = 2;
const SIZE_PX = 30;
const RADIUS_PX = 9;
const BADGE_SIZE_PX = 18;

/** Names of pictures that `drawImage` knows how to draw. */
export const markerId = (shape: Shape, color: string) => `marker:${shape}:${color}`;
export const UNSENT_BADGE = "badge:unsent";
export const ATTENTION_BADGE = "badge:attention";

/** Draws a marker or a badge by its name; null where the name is none of ours. */
export function drawImage(id: string): ImageData | null {
  const [kind, name = "", color = ""] = id.split(":");
  if (kind === "marker") return drawMarker(name as Shape, color);
  if (kind === "badge") return drawBadge(name === "attention");
  return null;
}

function drawMarker(shape: Shape, color: string): ImageData {
  const context = canvas(SIZE_PX);
  const outline = new Path2D(shapePath(shape));
  context.lineJoin = "round";
  // Dark line, white line, colour: it stands out on light and on dark ground.
  for (const [style, width] of [["#1a1a1a", 6] as const, ["#ffffff", 4] as const]) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.stroke(outline);
  }
  context.fillStyle = color;
  context.fill(outline);
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

/** The outline of a shape around (0, 0), as an SVG path; `radius` from the middle to a corner. */
export function shapePath(shape: Shape, radius = RADIUS_PX): string {
  const r = radius;
  const arm = r * 0.42;
  switch (shape) {
    case "square":
      return polygon([-1, -1, 1, -1, 1, 1, -1, 1].map((unit) => unit * r * 0.88));
    case "triangle":
      return polygon([0, -r * 1.1, r * 1.1, r * 0.85, -r * 1.1, r * 0.85]);
    case "diamond":
      return polygon([0, -r * 1.2, r * 1.2, 0, 0, r * 1.2, -r * 1.2, 0]);
    case "cross":
      return polygon([
        ...[-arm, -r, arm, -r, arm, -arm, r, -arm, r, arm, arm, arm],
        ...[arm, r, -arm, r, -arm, arm, -r, arm, -r, -arm, -arm, -arm],
      ]);
    default:
      return `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;
  }
}

function polygon(numbers: number[]): string {
  const corners = numbers.flatMap((x, index) => (index % 2 ? [] : [`${x} ${numbers[index + 1]}`]));
  return `M${corners.join("L")}Z`;
}

/** An arrow for what is to be sent, an exclamation mark for what a person has to look at. */
function drawBadge(is_attention: boolean): ImageData {
  const context = canvas(BADGE_SIZE_PX);
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.fillStyle = is_attention ? "#ce0000" : "#0017c1";
  const outline = new Path2D(shapePath(is_attention ? "triangle" : "circle", 7));
  context.fill(outline);
  context.stroke(outline);
  context.stroke(new Path2D(is_attention ? "M0 -4V1M0 3V4.5" : "M0 4V-4M-3 -1L0 -4L3 -1"));
  return context.getImageData(0, 0, context.canvas.width, context.canvas.height);
}

function canvas(size_px: number): OffscreenCanvasRenderingContext2D {
  const edge_px = size_px * MARKER_PIXEL_RATIO;
  const context = new OffscreenCanvas(edge_px, edge_px).getContext("2d");
  if (!context) throw new Error("this browser has no canvas");
  context.scale(MARKER_PIXEL_RATIO, MARKER_PIXEL_RATIO);
  context.translate(size_px / 2, size_px / 2);
  return context;
}
