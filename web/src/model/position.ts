import type { DevicePosition, Feature, PositionQuality } from "./feature.ts";

/** From this radius on a position is drawn with a ring, and one that nobody chose on the spot has to be confirmed. */
export const POOR_M = 20;
/** A crew that stands farther off has not seen the place itself. */
const NEAR_M = 50;
/** A person or their device chose it on the spot. */
const IN_FIELD = ["field", "gps", "tap", "confirmed"];

/** What an import writes into the note of a place that it doubts. */
const DOUBTED = "確認：";
/** What is open of a whole ledger is asked of the office once, and not of a crew at each of its places. */
const ASKED_OF_OFFICE = `台帳全体で${DOUBTED}`;

/** The radius within which a feature lies, where it is worth showing; null = good, or not known. */
export function poorRadiusM({ geometry, position }: Pick<Feature, "geometry" | "position">): number | null {
  if (position?.note?.includes(ASKED_OF_OFFICE)) return null;
  const radius_m = position?.accuracy_m ?? 0;
  return geometry && radius_m >= POOR_M ? radius_m : null;
}

/** Whether a crew should look if a feature is where it says: nobody has, and its place is rough or doubted. */
export function needsConfirming(feature: Pick<Feature, "geometry" | "position">): boolean {
  const method = feature.position?.method ?? "";
  if (!feature.geometry || !method || IN_FIELD.includes(method)) return false;
  const note = feature.position?.note ?? "";
  const is_doubted = note.replace(ASKED_OF_OFFICE, "").includes(DOUBTED);
  return method === "address" || poorRadiusM(feature) !== null || is_doubted;
}

/** What a crew's word makes of a position that is right as it is. Only who stands nearby vouches for metres. */
export function confirmedBy(here: DevicePosition | null, away_m: number | null, note: string): PositionQuality {
  const is_near = away_m !== null && away_m <= Math.max(NEAR_M, 2 * (here?.accuracy_m ?? 0));
  return { method: "confirmed", accuracy_m: is_near ? (here?.accuracy_m ?? null) : null, note };
}
