/** Waits until what was just changed is on the screen; what a crew need not see at once is done behind it.
 *
 * A frame is on its way to the screen only when the next one begins: work at the end of its own would delay it.
 */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
  });
