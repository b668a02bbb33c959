import { kept } from "../../model/kept.ts";

/** Sizes of text that a person may choose, % of what the browser itself is set to. */
export const TEXT_SIZES = [100, 125, 150, 200] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

const STORED_AS = "gis-capture.text_size";

const state = $state<{ size: TextSize }>({ size: readStored() });

/** The size chosen on this device. An app on the home screen of an iPad has none of its own. */
export function textSize(): TextSize {
  return state.size;
}

export function setTextSize(size: TextSize): void {
  state.size = size;
  kept()?.setItem(STORED_AS, String(size));
  showTextSize();
}

/** Draws all in the chosen size: everything that is read is measured by the text of the page. */
export function showTextSize(): void {
  document.documentElement.style.fontSize = state.size === 100 ? "" : `${state.size}%`;
}

function readStored(): TextSize {
  const stored = kept()?.getItem(STORED_AS);
  return TEXT_SIZES.find((size) => String(size) === stored) ?? 100;
}
