/** Keeps the screen on, where the device can do that, until `release`; taken again when the app comes back into sight. */
export class Awake {
  #lock: Promise<WakeLockSentinel | null>;
  readonly #ended = new AbortController();

  constructor() {
    this.#lock = ask();
    const again = () => {
      if (document.visibilityState === "visible") this.#lock = ask();
    };
    document.addEventListener("visibilitychange", again, { signal: this.#ended.signal });
  }

  release(): void {
    this.#ended.abort();
    void this.#lock.then((lock) => lock?.release().catch(() => undefined));
  }
}

async function ask(): Promise<WakeLockSentinel | null> {
  return (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
}
