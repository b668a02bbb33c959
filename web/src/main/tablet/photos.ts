import { PhotoError, photoName, preparePhoto, readPhotoFacts, stampPhoto } from "../../form/photo.ts";
import { words } from "../../i18n/language.svelte.ts";
import { t } from "../../i18n/tablet.ts";
import type { DevicePosition } from "../../model/feature.ts";
import { photoRules } from "../../model/layer.ts";
import type { StoredPhoto } from "../../store/database.ts";
import { keepDraftPhoto } from "../../store/photos.ts";
import type { DraftForm } from "./draft.svelte.ts";
import type { Ledger } from "./ledger.svelte.ts";

/** Takes pictures into an open form: resized where they are not wanted as they are, named, stamped with when and where
 * they were taken, and on the disk one by one.
 *
 * Saving the form waits for this; the person need not.
 *
 * @throws PhotoError A file is no picture; those before it are in the form.
 */
export function takePhotos(
  ledger: Ledger,
  form: DraftForm,
  files: readonly File[],
  as: { here: DevicePosition | null; is_original: boolean; is_camera: boolean },
): Promise<void> {
  const { here, is_original, is_camera } = as;
  const max_edge_px = is_original ? null : photoRules(form.layer).max_edge_px;
  const label = ledger.label(form.layer, form.fields) || words(form.layer.title);
  const now = new Date();
  return form.wait(async () => {
    for (const file of files) {
      if (file.type && !file.type.startsWith("image/")) throw new PhotoError(file.type);
      const photo = await preparePhoto(file, max_edge_px);
      const { taken_at, position } = stampPhoto(await readPhotoFacts(file), { is_camera, now, here });
      const name = photoName(label, taken_at ?? now, form.photos.length + 1, photo.media_type);
      await keepDraftPhoto(ledger.database, { ...photo, name, taken_at: taken_at?.toISOString() ?? null, position });
      await form.addPhoto(photo.sha256);
    }
  });
}

/** Puts a photo that was drawn on into the form, beside the one it was made of, with its time and place. */
export function addDrawnPhoto(ledger: Ledger, form: DraftForm, original: StoredPhoto, drawn: Blob): Promise<void> {
  return form.wait(async () => {
    const photo = await preparePhoto(drawn, photoRules(form.layer).max_edge_px);
    const name = original.name.replace(/(\.\w+)?$/, `_${t("photo_pen_name")}.jpg`);
    const { taken_at, position } = original;
    await keepDraftPhoto(ledger.database, { ...photo, name, taken_at: taken_at ?? null, position: position ?? null });
    await form.addPhoto(photo.sha256);
  });
}
