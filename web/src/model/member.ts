/** Somebody of the crew who may use this tablet by a PIN; docs/format.md §4. */
export interface Member {
  account_id: string;
  name: string;
  /** By which the tablet knows the PIN; null = it was not typed here yet, or is another one since. */
  verifier: { salt: string; iterations: number; hash: string } | null;
}
