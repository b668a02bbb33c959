const WORKER_URL = "/tablet/service-worker.js";
/** How often an app that stays open looks for a newer version. */
const SEEK_EVERY_MS = 30 * 60_000;
/** How soon the keeping of the app is tried again after a cut; it takes twice as long each time. */
const RETRY_AFTER_MS = 5_000;

/** Keeps the app itself on the device, and tells when a newer one waits. It never changes under a person's hands. */
export class AppUpdate {
  is_waiting = $state(false);
  /** Another window has switched to a newer version; this one still runs the old one. */
  is_elsewhere = $state(false);
  #is_mine = false;
  #registration: ServiceWorkerRegistration | undefined;
  #wait_ms = RETRY_AFTER_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
    this.#hearSwitch();
    void this.#seek();
    setInterval(() => void this.#seek(), SEEK_EVERY_MS);
    addEventListener("online", () => void this.#seek());
  }

  /** Switches to the waiting version and loads it; drafts and the outbox lie in the store and stay. */
  activate(): void {
    this.#is_mine = true;
    this.#registration?.waiting?.postMessage("activate");
  }

  /** Every window hears of a switch; where nobody pressed for it, a form may be open, and a person says when. */
  #hearSwitch(): void {
    const { serviceWorker } = navigator;
    let is_kept = serviceWorker.controller !== null;
    serviceWorker.addEventListener("controllerchange", () => {
      if (this.#is_mine) location.reload();
      else if (is_kept) this.is_elsewhere = true;
      is_kept = true;
    });
  }

  async #seek(): Promise<void> {
    clearTimeout(this.#retry);
    try {
      const registration = await navigator.serviceWorker.register(WORKER_URL, { scope: "/tablet/" });
      if (registration === this.#registration) await registration.update();
      else this.#follow(registration);
    } catch (error) {
      console.warn("no newer version could be looked for", error);
      if (!this.#registration?.active) this.#seekLater();
    }
  }

  #seekLater(): void {
    this.#retry = setTimeout(() => void this.#seek(), this.#wait_ms);
    this.#wait_ms = Math.min(this.#wait_ms * 2, SEEK_EVERY_MS);
  }

  #follow(registration: ServiceWorkerRegistration): void {
    this.#registration = registration;
    const watch = () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => {
        if (worker.state === "redundant" && !registration.active) this.#seekLater();
        else this.#look(registration);
      });
    };
    registration.addEventListener("updatefound", watch);
    watch();
    this.#look(registration);
  }

  #look({ waiting, active }: ServiceWorkerRegistration): void {
    const { controller } = navigator.serviceWorker;
    this.is_waiting = Boolean(waiting && controller);
    // A page that was loading while the worker took hold of the others is in nobody's hands until it asks.
    if (active && !controller) active.postMessage("claim");
  }
}
