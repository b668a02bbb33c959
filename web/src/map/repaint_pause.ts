import type { Map as MapLibreMap } from "maplibre-gl";
import { painted } from "./painted.ts";

/** How far a finger slips in a tap, as MapLibre has it. */
const SLIP_PX = 3;
/** A finger that rests longer than this makes no tap. */
const REST_MS = 500;

/** Lets the answer to a tap come before the map is drawn anew.
 *
 * MapLibre draws the whole map after every touch, also where nothing has changed; what a tap opens would wait for that.
 * So a map that stands still is not drawn from the touch on until what the tap did is on the screen. A finger that
 * moves or stays, or a second one, lets it be drawn at once.
 */
export function pauseRepaintsInTaps(map: MapLibreMap): void {
  const draw = map.triggerRepaint.bind(map);
  const element = map.getCanvasContainer();
  let touch: { x: number; y: number; is_awaited: boolean } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  map.triggerRepaint = () => {
    if (touch) touch.is_awaited = true;
    else draw();
  };

  const goOn = (): void => {
    const is_awaited = touch?.is_awaited;
    clearTimeout(timer);
    touch = null;
    if (is_awaited) draw();
  };
  const goOnWhenPainted = async (): Promise<void> => {
    const answered = touch;
    if (!answered) return;
    await painted();
    if (touch === answered) goOn();
  };
  const listen = (
    type: "pointerdown" | "pointermove" | "pointerup" | "pointercancel",
    hear: (event: PointerEvent) => void,
  ) => element.addEventListener(type, hear, { capture: true, passive: true });

  listen("pointerdown", ({ clientX, clientY }) => {
    const is_second = touch !== null;
    goOn();
    if (is_second || map.isMoving()) return;
    touch = { x: clientX, y: clientY, is_awaited: false };
    timer = setTimeout(goOn, REST_MS);
  });
  listen("pointermove", ({ clientX, clientY }) => {
    if (touch && Math.hypot(clientX - touch.x, clientY - touch.y) > SLIP_PX) goOn();
  });
  listen("pointerup", goOnWhenPainted);
  listen("pointercancel", goOn);
}
