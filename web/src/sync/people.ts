import type { Member } from "../model/member.ts";
import type { Text } from "../model/text.ts";
import { requestJson } from "./http.ts";

export type Role = "viewer" | "crew" | "office" | "admin";
/** What may be done with a layer, or whether its personal data is seen. */
export type Right = "none" | "read" | "edit" | "personal" | "no_personal";

/** Who asks; docs/format.md §4. */
export interface Principal {
  kind: "own_screen" | "account" | "device";
  id: string;
  name: string;
  role: Role;
  sees_personal: boolean;
}

export interface Me {
  has_accounts: boolean;
  principal: Principal | null;
  problem: { code: string; detail_ja: string; detail_en: string } | null;
  /** The city's identity provider, where there is one. */
  outside?: { title: string } | null;
}

export interface Account {
  account_id: string;
  name: string;
  title: string;
  role: Role;
  sees_personal: boolean;
  signed_in_at: string | null;
  /** By which the city's identity provider knows the person. */
  email?: string | null;
  /** Whether the person has a PIN for shared tablets. */
  has_pin?: boolean;
}

export interface Grant {
  subject: string;
  layer: string;
  right: Right;
}

/** An area to which somebody is limited. */
export interface GivenArea {
  subject: string;
  name: string;
}

export interface Device {
  device_id: string;
  name: string;
  state: "active" | "locked" | "revoked";
  paired_by: string;
  paired_at: string;
  contact_at: string;
}

/** A code that pairs one tablet, with a picture of the address that holds it. */
export interface PairingCode {
  code: string;
  url: string;
  picture: string;
  ends_at: string;
}

const post = <T>(path: string, body: object): Promise<T> =>
  requestJson<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

export const readMe = () => requestJson<Me>("/me", { cache: "no-store" });

export const signIn = async (name: string, password: string): Promise<Principal> =>
  (await post<{ principal: Principal }>("/sign-in", { name, password })).principal;

export const signOut = () => post<object>("/sign-out", {});

export const setUp = async (code: string, name: string, password: string): Promise<Principal> =>
  (await post<{ principal: Principal }>("/setup", { code, name, password })).principal;

export const changePassword = (before: string, password: string) => post<object>("/me/password", { before, password });

export const pairTablet = async (code: string, device_id: string): Promise<Device> =>
  (await post<{ device: Device }>("/pair", { code, device_id })).device;

export const listDevices = () => requestJson<{ has_accounts: boolean; devices: Device[] }>("/devices");

export const makePairingCode = (name: string) => post<PairingCode>("/devices/code", { name });

export const setDeviceState = (device_id: string, state: Device["state"]) =>
  post<object>(`/devices/${encodeURIComponent(device_id)}/state`, { state });

export const listPeople = () => requestJson<{ accounts: Account[]; grants: Grant[]; areas: GivenArea[] }>("/people");

export const addPerson = (person: {
  name: string;
  title: string;
  role: Role;
  password: string;
  sees_personal: boolean;
}) => post<object>("/people", person);

export const removePerson = (account_id: string) =>
  post<object>(`/people/${encodeURIComponent(account_id)}/remove`, {});

export const setPassword = (account_id: string, password: string) =>
  post<object>(`/people/${encodeURIComponent(account_id)}/password`, { password });

/** Gives one of the crew a PIN; "" takes it away. */
export const setPin = (account_id: string, pin: string) =>
  post<object>(`/people/${encodeURIComponent(account_id)}/pin`, { pin });

/** Who may use this tablet; null where the server does not say. A tablet that is refused hears of it elsewhere. */
export async function listMembers(): Promise<Member[] | null> {
  try {
    const answer = await fetch("/crew", { cache: "no-store" });
    return answer.ok ? ((await answer.json()) as { members: Member[] }).members : null;
  } catch {
    return null;
  }
}

export const takePin = async (account_id: string, pin: string): Promise<Member> =>
  (await post<{ member: Member }>("/crew/pin", { account_id, pin })).member;

export const grantRight = (subject: string, layer: string, right: Right | null) =>
  post<{ grants: Grant[] }>("/grants", { subject, layer, right });

export const limitToArea = (subject: string, name: string, geometry: object | null) =>
  post<{ areas: GivenArea[] }>("/areas", { subject, name, geometry });

export const setEmail = (account_id: string, email: string) =>
  post<object>(`/people/${encodeURIComponent(account_id)}/email`, { email });

/** Where the browser goes to sign in at the city's identity provider. */
export const OUTSIDE = "/sign-in/outside";

export const problemText = (problem: NonNullable<Me["problem"]>): Text => ({
  ja: problem.detail_ja,
  en: problem.detail_en,
});
