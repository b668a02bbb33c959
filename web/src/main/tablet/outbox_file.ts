import type { Database } from "../../store/database.ts";
import { exportOutbox } from "../../sync/export.ts";

/** Hands what was not sent over as a file, by the share sheet where there is one, else as a download. */
export async function handOutFile(database: Database): Promise<void> {
  const file = await exportOutbox(database);
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch((error) => {
      if (error.name !== "AbortError") throw error;
    });
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
