/** Keeps the app itself on the device, and tells when a newer one waits. It never changes under a person's hands. */
export class AppUpdate {
  is_waiting = $state(false);
  #registration: ServiceWorkerRegistration | undefined;

  async start(): Promise<void> {
    if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
    this.#registration = await navigator.serviceWorker.register("/tablet/service-worker.js", { scope: "/tablet/" });
    this.#look();
    this.#registration.addEventListener("updatefound", () => {
      this.#registration?.installing?.addEventListener("statechange", () => this.#look());
    });
  }

  /** Switches to the waiting version and loads it; drafts and the outbox lie in the store and stay. */
  activate(): void {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    this.#registration?.waiting?.postMessage("activate");
  }

  #look(): void {
    this.is_waiting = Boolean(this.#registration?.waiting && navigator.serviceWorker.controller);
  }
}
