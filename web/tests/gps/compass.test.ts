import { afterEach, expect, test, vi } from "vitest";
import { Compass, headingOf } from "../../src/gps/compass.ts";

afterEach(() => vi.unstubAllGlobals());

const turned = (alpha: number, beta: number, gamma: number) => ({ alpha, beta, gamma, absolute: true });

test.each([
  // Held upright: it looks away from its face.
  [turned(0, 90, 0), 0],
  [turned(270, 90, 0), 90],
  [turned(90, 90, 0), 270],
  [turned(180, 80, 0), 180],
  // Lying flat: its top edge tells.
  [turned(0, 0, 0), 0],
  [turned(300, 5, 0), 60],
])("%o looks to %i°", (event, heading) => expect(headingOf(event, 0)).toBe(heading));

test("the compass of an iPad is taken as it is, by the way the screen is turned; angles from anywhere tell nothing", () => {
  expect(headingOf({ ...turned(10, 20, 30), absolute: false, webkitCompassHeading: 350.4 }, 90)).toBe(80);
  expect(headingOf({ ...turned(10, 20, 30), absolute: false }, 0)).toBeNull();
  expect(headingOf({ alpha: null, beta: null, gamma: null, absolute: true }, 0)).toBeNull();
});

function stubDevice(answer?: "granted" | "denied") {
  const heard = new EventTarget();
  const requestPermission = vi.fn().mockResolvedValue(answer);
  vi.stubGlobal("addEventListener", heard.addEventListener.bind(heard));
  vi.stubGlobal("screen", {});
  vi.stubGlobal("DeviceOrientationEvent", answer ? { requestPermission } : {});
  const turn = (event: object) => heard.dispatchEvent(Object.assign(new Event("deviceorientationabsolute"), event));
  return { requestPermission, turn };
}

test("a device whose owner has to allow it is listened to from then on, and asks once", async () => {
  const { requestPermission, turn } = stubDevice("granted");
  const compass = new Compass();
  expect(compass.consent).toBe("prompt");
  turn(turned(270, 90, 0));
  expect(compass.current()).toBeNull();
  await compass.ask();
  await compass.ask();
  expect(requestPermission).toHaveBeenCalledTimes(1);
  turn(turned(270, 90, 0));
  expect([compass.consent, compass.current()]).toEqual(["granted", 90]);
});

test("refused, it tells nothing", async () => {
  const { turn } = stubDevice("denied");
  const compass = new Compass();
  await compass.ask();
  turn(turned(270, 90, 0));
  expect([compass.consent, compass.current()]).toEqual(["denied", null]);
});

test("where nobody has to allow it, it is heard at once; an old direction counts as none", () => {
  const { turn } = stubDevice();
  const compass = new Compass();
  expect(compass.consent).toBeNull();
  turn(turned(180, 90, 0));
  expect(compass.current()).toBe(180);
  const now = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 10_000);
  expect(compass.current()).toBeNull();
  now.mockRestore();
});
