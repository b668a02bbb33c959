/** Makes terra-draw drag the vertex that is touched.
 *
 * terra-draw 1.35 remembers the vertex under the last mouse move. A finger moves no mouse: after a mouse, a trackpad
 * or a hovering pencil was used, a touch would drag that earlier vertex and save a wrong shape. So each touch is
 * announced as a mouse move to its place first. Returns a function that ends this.
 */
export function announceTouches(canvas: EventTarget): () => void {
  const announce = (event: Event) => {
    const { pointerType, isPrimary, clientX, clientY } = event as PointerEvent;
    if (pointerType === "mouse" || !isPrimary) return;
    event.target?.dispatchEvent(
      new PointerEvent("pointermove", {
        clientX,
        clientY,
        bubbles: true,
        isPrimary: true,
        pointerType: "mouse",
        buttons: 0,
      }),
    );
  };
  canvas.addEventListener("pointerdown", announce, { capture: true });
  return () => canvas.removeEventListener("pointerdown", announce, { capture: true });
}
