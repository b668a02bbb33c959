import { kept } from "../model/kept.ts";

const STORED_AS = "gis-capture.office_author";

const state = $state({ author: kept()?.getItem(STORED_AS) ?? "" });

/** Who decides at this screen; asked once and remembered. */
export function currentAuthor(): string {
  return state.author;
}

export function setAuthor(author: string): void {
  state.author = author.trim().slice(0, 200);
  kept()?.setItem(STORED_AS, state.author);
}
