import { kept } from "../model/kept.ts";
import type { Member } from "../model/member.ts";
import { FIRST_STORE } from "./crews.ts";

const MEMBERS = "gis-capture.members";
const TRIES = "gis-capture.tries";
const ACTIVE = "gis-capture.active";

/** So long nobody has to touch the tablet before it asks for the PIN again. */
export const IDLE_MS = 10 * 60_000;
/** As the server does: so many PINs may be wrong before the next one waits, longer each time. */
const FREE = 5;
const MAX_WAIT_S = 900;

/** The crew of this tablet as the office told it last; nobody where no one has a PIN. */
export const knownMembers = (): Member[] => JSON.parse(kept()?.getItem(MEMBERS) ?? "[]");
export const keepMembers = (members: readonly Member[]) => localStorage.setItem(MEMBERS, JSON.stringify(members));

/** Where a member's records are. */
export const storeOf = ({ account_id }: Member) => `${FIRST_STORE}-${account_id}`;

/** Whether a PIN is a member's, without a network. */
export async function isPin({ verifier }: Member, pin: string): Promise<boolean> {
  if (!verifier) return false;
  const salt = Uint8Array.from(verifier.salt.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: verifier.iterations };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") === verifier.hash;
}

type Tries = Record<string, { n: number; at: number }>;
const tries = (): Tries => JSON.parse(localStorage.getItem(TRIES) ?? "{}");

/** How many seconds a member has to wait before the next PIN. */
export function waitS(account_id: string, now = Date.now()): number {
  const { n, at } = tries()[account_id] ?? { n: 0, at: 0 };
  const wait_s = n < FREE ? 0 : Math.min(MAX_WAIT_S, 2 ** (n - FREE + 1));
  // A clock that was set back makes nobody wait for longer.
  return Math.ceil(Math.min(wait_s, Math.max(0, wait_s - (now - at) / 1000)));
}

/** Counts a wrong PIN; a right one ends the count. */
export function noteTry(account_id: string, is_right: boolean, now = Date.now()): void {
  const { [account_id]: before, ...others } = tries();
  const mine = is_right ? {} : { [account_id]: { n: (before?.n ?? 0) + 1, at: now } };
  localStorage.setItem(TRIES, JSON.stringify({ ...others, ...mine }));
}

/** Whether somebody who typed the PIN in this window has touched it lately. */
export const isActive = (now = Date.now()) => Math.abs(now - Number(sessionStorage.getItem(ACTIVE))) < IDLE_MS;
export const noteActive = (now = Date.now()) => sessionStorage.setItem(ACTIVE, String(now));
export const endActive = () => sessionStorage.removeItem(ACTIVE);
