/** Whether a key is pressed to leave the panel that is open, and nothing nearer has use for it. */
export function wantsOut(event: KeyboardEvent): boolean {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return false;
  const { target } = event;
  const clears_search = target instanceof HTMLInputElement && target.type === "search" && target.value !== "";
  return !clears_search && !document.querySelector("dialog[open]");
}

/** Remembers what has the focus; gives what brings it back there, or to a stand-in where that is no more. */
export function rememberFocus(stand_in: string): () => void {
  const { testid } = (document.activeElement as HTMLElement | null)?.dataset ?? {};
  return () => {
    // Who has gone on elsewhere stays there.
    if (document.activeElement !== document.body) return;
    const find = (name: string) => document.querySelector<HTMLElement>(`[data-testid="${name}"]`);
    ((testid && find(testid)) || find(stand_in))?.focus({ preventScroll: true });
  };
}
