/** Waits until what was just changed is on the screen; what a crew need not see at once is done behind it. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
  });
