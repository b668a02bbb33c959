import { currentLanguage } from "../i18n/language.svelte.ts";
import { OfflineError, ServerError, tellRefusal } from "./http.ts";

/** Told the share (0 to 1) that has been sent. */
export type OnProgress = (share: number) => void;

/** Sends files of a form and tells how much of them is sent, which `fetch` cannot.
 *
 * @throws OfflineError Nothing answered. @throws ServerError The answer is a problem.
 */
export function sendForm<T>(
  path: string,
  files: readonly File[],
  fields: Record<string, string | undefined>,
  onprogress: OnProgress,
): Promise<T> {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) if (value) body.append(key, value);
  for (const file of files) body.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.open("POST", path);
    asked.responseType = "json";
    asked.setRequestHeader("Accept-Language", currentLanguage());
    asked.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    asked.onerror = asked.onabort = asked.ontimeout = () => reject(new OfflineError(path));
    asked.onload = () => {
      if (asked.status >= 200 && asked.status < 300 && asked.response) resolve(asked.response as T);
      else {
        const error = new ServerError(asked.status, asked.response ?? {});
        tellRefusal(error);
        reject(error);
      }
    };
    asked.send(body);
  });
}
