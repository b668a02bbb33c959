import { t } from "../i18n/office.ts";
import type { Device } from "../sync/people.ts";

/** The tablets that can still be let in, as those to whom something is granted. */
export const deviceSubjects = (devices: readonly Device[]) =>
  devices
    .filter((device) => device.state !== "revoked")
    .map((device) => ({ value: `device:${device.device_id}`, title: t("grants_device", { name: device.name }) }));
