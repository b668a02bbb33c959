/** A way over the smaller edge of a picture takes so many steps; with Shift, ten times as many. */
const N_STEPS = 50;
const FINE = 10;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A pen that keys lead over a picture: arrows move it, Space puts it down and lifts it again. */
export class KeyPen {
  /** Where it is, pixels from the left and the top. */
  at: [number, number];
  is_down = false;
  readonly #width_px: number;
  readonly #height_px: number;

  constructor(width_px: number, height_px: number) {
    this.#width_px = width_px;
    this.#height_px = height_px;
    this.at = [width_px / 2, height_px / 2];
  }

  /** Does what a key says; null where it says nothing to the pen. */
  press({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">): "moved" | "down" | "up" | null {
    if (key === " ") {
      this.is_down = !this.is_down;
      return this.is_down ? "down" : "up";
    }
    const arrow = ARROWS[key];
    if (!arrow) return null;
    const step_px = Math.min(this.#width_px, this.#height_px) / N_STEPS / (shiftKey ? FINE : 1);
    const [x, y] = this.at;
    this.at = [
      Math.min(this.#width_px, Math.max(0, x + arrow[0] * step_px)),
      Math.min(this.#height_px, Math.max(0, y + arrow[1] * step_px)),
    ];
    return "moved";
  }
}
