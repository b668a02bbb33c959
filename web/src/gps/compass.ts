/** Older than this, the device may look elsewhere by now. */
const FRESH_MS = 3_000;
/** Shorter than this on the ground, the way the camera looks is no direction: the device lies flat. */
const FLAT = 0.3;

type Turned = Pick<DeviceOrientationEvent, "alpha" | "beta" | "gamma" | "absolute"> & { webkitCompassHeading?: number };
type Asking = typeof DeviceOrientationEvent & { requestPermission?: () => Promise<"granted" | "denied"> };

/** Which way the camera at the device's back looks, degrees clockwise from north; null where the device does not tell.
 *
 * Held upright it is the way away from its face, lying flat that of its top edge.
 *
 * @param screen_deg How far the screen is turned against the device.
 */
export function headingOf(turned: Turned, screen_deg: number): number | null {
  const { alpha, beta, gamma, absolute, webkitCompassHeading } = turned;
  if (webkitCompassHeading !== undefined) return within(webkitCompassHeading + screen_deg);
  if (!absolute || alpha === null || beta === null || gamma === null) return null;
  const [a, b, c] = [alpha, beta, gamma].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  // The axis into the screen, on the ground: https://www.w3.org/TR/orientation-event/#worked-example
  const east = -Math.cos(a) * Math.sin(c) - Math.sin(a) * Math.sin(b) * Math.cos(c);
  const north = -Math.sin(a) * Math.sin(c) + Math.cos(a) * Math.sin(b) * Math.cos(c);
  if (Math.hypot(east, north) < FLAT) return within(screen_deg - alpha);
  return within((Math.atan2(east, north) * 180) / Math.PI);
}

const within = (degrees: number) => ((Math.round(degrees) % 360) + 360) % 360;

/** The device's compass. Safari has people allow it each time the app is opened, and lets it ask only at a tap. */
export class Compass {
  /** Whether people have to be asked, and what they said; null = nobody is asked. */
  consent: "prompt" | "granted" | "denied" | null;
  #heading_deg: number | null = null;
  #at_ms = 0;

  constructor() {
    const has_compass = "DeviceOrientationEvent" in globalThis;
    this.consent = has_compass && (DeviceOrientationEvent as Asking).requestPermission ? "prompt" : null;
    if (has_compass && !this.consent) this.#listen();
  }

  /** Asks a person, at whose tap this has to be, and listens if they allow it. */
  async ask(): Promise<void> {
    if (this.consent !== "prompt") return;
    this.consent = (await (DeviceOrientationEvent as Asking).requestPermission?.().catch(() => null)) ?? "denied";
    if (this.consent === "granted") this.#listen();
  }

  #listen(): void {
    const hear = (event: Event) => {
      const heading_deg = headingOf(event as DeviceOrientationEvent, screen.orientation?.angle ?? 0);
      if (heading_deg === null) return;
      this.#heading_deg = heading_deg;
      this.#at_ms = Date.now();
    };
    for (const name of ["deviceorientationabsolute", "deviceorientation"]) addEventListener(name, hear);
  }

  /** Which way the device looks now; null where that is not known. */
  current(): number | null {
    return Date.now() - this.#at_ms > FRESH_MS ? null : this.#heading_deg;
  }
}

/** That of this device. */
export const compass = new Compass();
