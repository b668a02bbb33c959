import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { walkInSlices } from "../../src/main/tablet/slices.ts";

const STEPS = 100;
let n_steps = 0;
let now_ms = 0;

function* walk(): Generator<void, string> {
  for (n_steps = 0; n_steps < STEPS; n_steps++) {
    now_ms += 1;
    yield;
  }
  return "end";
}

beforeEach(() => {
  now_ms = 0;
  vi.useFakeTimers();
  vi.spyOn(performance, "now").mockImplementation(() => now_ms);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a long walk leaves room for taps between its slices, and tells its end once", () => {
  const ends: string[] = [];
  walkInSlices(walk(), (found) => ends.push(found));
  vi.advanceTimersToNextTimer();
  expect([n_steps > 0, n_steps < STEPS / 5, ends]).toEqual([true, true, []]);
  vi.runAllTimers();
  expect([n_steps, ends]).toEqual([STEPS, ["end"]]);
});

test("a walk that is given up goes no further and tells nothing", () => {
  const ends: string[] = [];
  const stop = walkInSlices(walk(), (found) => ends.push(found));
  vi.advanceTimersToNextTimer();
  const before = n_steps;
  stop();
  vi.runAllTimers();
  expect([n_steps, ends]).toEqual([before, []]);
});
