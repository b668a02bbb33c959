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
export const CHECKED_BADGE = "badge:checked";
export const CHANGED_BADGE = "badge:changed";

/** Outline, colour and sign of each badge; each has a shape of its own. */
const BADGES = {
  unsent: { shape: "circle", color: "#0017c1", sign: "M0 4V-4M-3 -1L0 -4L3 -1" },
  attention: { shape: "triangle", color: "#ce0000", sign: "M0 -4V1M0 3V4.5" },
  checked: { shape: "square", color: "#197a4b", sign: "M-3.5 0L-1 3L4 -3" },
  changed: { shape: "diamond", color: "#8a38f5", sign: "M-3 -1.5H3M-3 2H3" },
} as const satisfies Record<string, { shape: Shape; color: string; sign: string }>;

/** Draws a marker or a badge by its name; null where the name is none of ours. */
export function drawImage(id: string): ImageData | null {
  const [kind, name = "", color = ""] = id.split(":");
  if (kind === "marker") return drawMarker(name as Shape, color);
  if (kind === "badge" && name in BADGES) return drawBadge(name as keyof typeof BADGES);
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

/** An arrow for what is to be sent, an exclamation mark for what a person has to look at, a tick for what was checked. */
function drawBadge(name: keyof typeof BADGES): ImageData {
  const { shape, color, sign } = BADGES[name];
  const context = canvas(BADGE_SIZE_PX);
  context.strokeStyle = "#ffffff";
  context.lineWidth = 2;
  context.fillStyle = color;
  const outline = new Path2D(shapePath(shape, 7));
  context.fill(outline);
  context.stroke(outline);
  context.stroke(new Path2D(sign));
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
