import { endActive } from "../../store/members.ts";

const STORED_AS = "gis-capture.crew";

/** The store of the crew that works in this window; null after a cold start, when a person is to be asked. */
export const rememberedStore = (): string | null => sessionStorage.getItem(STORED_AS) || null;

/** Whether the crews are to be shown, even where there is only one. */
export const isAskedFor = (): boolean => sessionStorage.getItem(STORED_AS) === "";

/** Keeps the choice while the app is open, over reloads; another window may belong to another crew. */
export const rememberStore = (store: string): void => sessionStorage.setItem(STORED_AS, store);

/** Back to the choice of crews. There is one map for as long as a page lives, so the page begins anew. */
export function leaveCrew(): void {
  sessionStorage.setItem(STORED_AS, "");
  endActive();
  location.reload();
}
