import { vi } from "vitest";

/** A device that is online; who asks for a lock gets it, one at a time. */
export function stubNavigator(): void {
  let last: Promise<unknown> = Promise.resolve();
  const request = <T>(_name: string, work: () => Promise<T>) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  vi.stubGlobal("navigator", { locks: { request }, onLine: true });
}
