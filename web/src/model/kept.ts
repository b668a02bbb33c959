/** What the browser keeps for this address between starts; null where there is nothing such, or people forbade it. */
export function kept(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
