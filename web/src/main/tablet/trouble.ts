import { PhotoError } from "../../form/photo.ts";
import { words } from "../../i18n/language.svelte.ts";
import { type TabletKey, t } from "../../i18n/tablet.ts";
import { inWords, StorageError } from "../../store/database.ts";
import { OfflineError, ServerError } from "../../sync/http.ts";

/** An error in three parts: what happened, what it means for the data, what to do next. */
export interface Trouble {
  what: string;
  data: string;
  next: string;
}

/** Puts an error into words for the crew. */
export function explain(error: unknown): Trouble {
  const kind = kindOf(inWords(error));
  const trouble = {
    what: t(`trouble_${kind}_what` as TabletKey),
    data: t(`trouble_${kind}_data` as TabletKey),
    next: t(`trouble_${kind}_next` as TabletKey),
  };
  if (error instanceof ServerError) trouble.what = `${trouble.what} ${words(error.detail)}`;
  return trouble;
}

function kindOf(error: unknown): "offline" | "server" | StorageError["kind"] | "photo" | "unknown" {
  if (error instanceof OfflineError) return "offline";
  if (error instanceof ServerError) return "server";
  if (error instanceof StorageError) return error.kind;
  if (error instanceof PhotoError) return "photo";
  return "unknown";
}
