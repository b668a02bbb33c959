import { isServerReachable } from "../../sync/day.ts";

/** How often an open app asks whether the office answers. */
const ASK_EVERY_MS = 30_000;

/** Knows whether the office's server can be reached. */
export class Connection {
  is_online = $state(false);

  start(): void {
    const ask = () => void this.ask();
    addEventListener("online", ask);
    addEventListener("offline", ask);
    document.addEventListener("visibilitychange", ask);
    setInterval(ask, ASK_EVERY_MS);
    ask();
  }

  async ask(): Promise<boolean> {
    if (document.visibilityState === "visible") this.is_online = await isServerReachable();
    return this.is_online;
  }
}
