import { kept } from "../model/kept.ts";
import type { Language, Text } from "../model/text.ts";

const STORED_AS = "gis-capture.language";

const state = $state<{ language: Language }>({ language: readStored() });

/** The language chosen on this device; Japanese until somebody chooses. */
export function currentLanguage(): Language {
  return state.language;
}

export function setLanguage(language: Language): void {
  state.language = language;
  kept()?.setItem(STORED_AS, language);
  showLanguage();
}

/** Tells the browser the page's language: voices read it, and Han characters are drawn by it. */
export function showLanguage(): void {
  if (globalThis.document) document.documentElement.lang = state.language;
}

/** Gives a text in the chosen language. */
export function words(text: Text): string {
  return text[state.language];
}

function readStored(): Language {
  return kept()?.getItem(STORED_AS) === "en" ? "en" : "ja";
}
