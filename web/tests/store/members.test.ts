import { beforeEach, expect, test, vi } from "vitest";
import {
  endActive,
  IDLE_MS,
  isActive,
  isPin,
  keepMembers,
  knownMembers,
  noteActive,
  noteTry,
  waitS,
} from "../../src/store/members.ts";

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  };
}

beforeEach(() => {
  vi.stubGlobal("localStorage", storage());
  vi.stubGlobal("sessionStorage", storage());
});

/** PBKDF2 with SHA-256 of "4071", as the server derives it. */
const MEMBER = {
  account_id: "a",
  name: "鈴木 一郎",
  verifier: {
    salt: "000102030405060708090a0b0c0d0e0f",
    iterations: 1000,
    hash: "c448835eaafb20a592b4c42fc68f348fba37dd2ba6be8c9585f0e0c4f3463057",
  },
};

test("a PIN is known without a network, another one is not", async () => {
  expect(await isPin(MEMBER, "4071")).toBe(true);
  for (const wrong of ["4072", "", "40710"]) expect(await isPin(MEMBER, wrong)).toBe(false);
  expect(await isPin({ ...MEMBER, verifier: null }, "4071")).toBe(false);
});

test("who may use the tablet is kept; nobody where it was never told", () => {
  expect(knownMembers()).toEqual([]);
  keepMembers([MEMBER]);
  expect(knownMembers()).toEqual([MEMBER]);
});

test("after five wrong PINs the next one waits, longer each time, and nobody else does", () => {
  for (let n = 0; n < 4; n++) noteTry("a", false, 0);
  expect(waitS("a", 0)).toBe(0);
  noteTry("a", false, 0);
  expect([waitS("a", 0), waitS("a", 1500), waitS("a", 2000)]).toEqual([2, 1, 0]);
  noteTry("a", false, 10_000);
  expect([waitS("a", 10_000), waitS("b", 10_000)]).toEqual([4, 0]);
  for (let n = 0; n < 40; n++) noteTry("a", false, 20_000);
  expect([waitS("a", 20_000), waitS("a", 0)]).toEqual([900, 900]);
  noteTry("a", true, 30_000);
  expect(waitS("a", 30_000)).toBe(0);
});

test("a tablet that nobody touches asks again, and at once when it is handed on", () => {
  expect(isActive()).toBe(false);
  noteActive(1_000_000);
  expect(isActive(1_000_000 + IDLE_MS - 1)).toBe(true);
  expect(isActive(1_000_000 + IDLE_MS)).toBe(false);
  noteActive();
  endActive();
  expect(isActive()).toBe(false);
});
