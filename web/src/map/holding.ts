import type { Map as MapLibreMap } from "maplibre-gl";

/** So long a finger rests on a place that is asked about. */
const HOLD_MS = 600;
/** A finger that goes farther than this moves the map. */
const STILL_PX = 10;

/** Calls back with the place that a finger or mouse rests on, and with the middle of the map at Enter.
 *
 * @param onHold False where nobody asks now: then the finger that lifts is a slow tap.
 */
export function whenHeld(map: MapLibreMap, onHold: (place: [number, number]) => boolean): void {
  const container = map.getCanvasContainer();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  const stop = () => clearTimeout(timer);
  const hold = () => {
    const { left, top } = container.getBoundingClientRect();
    const { lng, lat } = map.unproject([start.x - left, start.y - top]);
    if (!onHold([lng, lat])) return;
    // The finger that lifts after that is no tap.
    const swallow = (event: Event) => event.stopPropagation();
    addEventListener("click", swallow, { capture: true });
    const end = () => setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end, { once: true });
  };
  container.addEventListener("pointerdown", ({ clientX: x, clientY: y, isPrimary, button }) => {
    stop();
    if (!isPrimary || button !== 0) return;
    start = { x, y };
    timer = setTimeout(hold, HOLD_MS);
  });
  container.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > STILL_PX) stop();
  });
  for (const name of ["pointerup", "pointercancel"]) container.addEventListener(name, stop);
  container.addEventListener("keydown", ({ key }) => {
    if (key !== "Enter") return;
    const { lng, lat } = map.getCenter();
    onHold([lng, lat]);
  });
}
