// Runs in every page before its own scripts: tells when the map could be used, and how long a tap took to be answered.
(() => {
  const USABLE = '[data-testid="map"][data-ready="true"][data-map-state="idle"], body[data-state="usable"]';
  const clock = { usableMs: null, pressedAt: null };
  globalThis.clock = clock;
  addEventListener(
    "pointerup",
    (event) => {
      clock.pressedAt = event.timeStamp;
    },
    { capture: true },
  );

  const look = () => {
    if (document.querySelector(USABLE)) clock.usableMs = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

  const PATIENCE_MS = 60_000;

  // Milliseconds from the finger's leaving until a part is on the screen.
  clock.untilPainted = (testid) => {
    clock.pressedAt = null;
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`the tap was not answered by "${testid}"`)), PATIENCE_MS);
      const check = async () => {
        if (clock.pressedAt === null || !document.querySelector(`[data-testid="${testid}"]`)) return;
        observer.disconnect();
        const { pressedAt } = clock;
        await painted();
        resolve(performance.now() - pressedAt);
      };
      const observer = new MutationObserver(check);
      observer.observe(document.body, { childList: true, subtree: true, attributes: true, characterData: true });
    });
  };

  // Milliseconds from what was typed into the search until its rows are on the screen, and until the page answered again.
  clock.search = async (text) => {
    const input = document.querySelector('[data-testid="list-search"]');
    const begun = performance.now();
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await painted();
    const frozenMs = performance.now() - begun;
    while (document.querySelector('[data-testid="list-rows"]')?.ariaBusy !== "false") await painted();
    return [performance.now() - begun, frozenMs];
  };
})();
