/** So long a slice may keep the screen from answering a tap. */
const SLICE_MS = 8;

/** Walks in slices, between which the screen answers, and tells the end; the walk is given up by what this returns. */
export function walkInSlices<Found>(walk: Generator<void, Found>, onEnd: (found: Found) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const goOn = () => {
    const until = performance.now() + SLICE_MS;
    let step = walk.next();
    while (!step.done && performance.now() < until) step = walk.next();
    if (step.done) onEnd(step.value);
    else timer = setTimeout(goOn);
  };
  timer = setTimeout(goOn);
  return () => clearTimeout(timer);
}
