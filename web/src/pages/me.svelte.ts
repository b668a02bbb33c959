import type { Me, Principal } from "../sync/people.ts";
import { readMe } from "../sync/people.ts";
import { setAuthor } from "./author.svelte.ts";

const state = $state<{ me: Me | null }>({ me: null });

let lastId = "";

/** Who uses this screen, as the server knows; null before it was asked. */
export const currentMe = (): Me | null => state.me;

export const isAdmin = (): boolean => state.me?.principal?.role === "admin";

/** Whether somebody is signed in here, whose name goes with all that is done. */
export const isSignedIn = (): boolean => state.me?.principal?.kind === "account";

export async function askMe(): Promise<void> {
  state.me = await readMe();
  keepName(state.me.principal);
}

export function letIn(principal: Principal): void {
  const isSomebodyElse = lastId !== "" && lastId !== principal.id;
  state.me = { ...state.me, has_accounts: true, principal, problem: null };
  keepName(principal);
  // What the one before had open is not for the next one.
  if (isSomebodyElse) location.reload();
}

/** Nobody is signed in any more; what is open on the page stays. */
export function letOut(code: string, detail: { ja: string; en: string }): void {
  const problem = { code, detail_ja: detail.ja, detail_en: detail.en };
  state.me = { ...state.me, has_accounts: code !== "setup_needed", principal: null, problem };
}

function keepName(principal: Principal | null): void {
  if (principal?.kind !== "account") return;
  lastId = principal.id;
  setAuthor(principal.name);
}
