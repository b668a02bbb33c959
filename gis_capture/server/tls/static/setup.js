// Opens the steps of this kind of tablet, and notices when the server is trusted.
const main = document.querySelector("main");
const state = document.querySelector(".state");
const { named, numbered } = main.dataset;
const isApple = /iPad|iPhone/.test(navigator.userAgent) || (/Mac/.test(navigator.platform) && navigator.maxTouchPoints > 1);
const platform = isApple ? "ipad" : /Android/.test(navigator.userAgent) ? "android" : "windows";
document.querySelector(`[data-platform="${platform}"]`).open = true;

const answers = async (origin) => {
  try {
    return (await fetch(`${origin}/trusted`, { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
  } catch {
    return false;
  }
};

while (state.dataset.state !== "trusted") {
  state.dataset.state = (await answers(named)) ? "trusted" : (await answers(numbered)) ? "nameless" : "waiting";
  await new Promise((resolve) => setTimeout(resolve, 2000));
}
