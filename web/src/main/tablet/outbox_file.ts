import type { Database } from "../../store/database.ts";
import { exportOutbox } from "../../sync/export.ts";

/** Hands what was not sent over as a file, by the share sheet where there is one, else as a download. */
export async function handOutFile(database: Database): Promise<void> {
  const file = await exportOutbox(database);
  if (!(await isShared(file))) download(file);
}

/** Whether a person saw the share sheet. Reading many photos may outlast what a browser allows after a tap. */
async function isShared(file: File): Promise<boolean> {
  if (!navigator.canShare?.({ files: [file] })) return false;
  return navigator.share({ files: [file] }).then(
    () => true,
    (error) => error.name === "AbortError",
  );
}

function download(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
