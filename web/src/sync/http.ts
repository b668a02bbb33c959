import { currentLanguage } from "../i18n/language.svelte.ts";
import type { Text } from "../model/text.ts";

/** The server could not be reached, or its answer was cut. Trying again is safe. */
export class OfflineError extends Error {
  override readonly name = "OfflineError";
}

/** The server answered with a problem (RFC 9457). */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly status: number;
  readonly code: string;
  readonly detail: Text;

  constructor(status: number, problem: { code?: string; detail_ja?: string; detail_en?: string; detail?: string }) {
    super(`${status} ${problem.code ?? ""} ${problem.detail ?? ""}`);
    this.status = status;
    this.code = problem.code ?? `http_${status}`;
    const fallback = problem.detail ?? `HTTP ${status}`;
    this.detail = { ja: problem.detail_ja ?? fallback, en: problem.detail_en ?? fallback };
  }
}

/** Codes with which the server says that it does not know who asks, or no longer lets this tablet in. */
const REFUSALS = ["setup_needed", "sign_in_needed", "device_locked", "device_revoked", "device_differs"];

let onRefused: (error: ServerError) => void = () => undefined;

/** Says who hears of it when the server refuses this browser, whatever was asked. */
export function whenRefused(listener: (error: ServerError) => void): void {
  onRefused = listener;
}

export function tellRefusal(error: ServerError): void {
  if (REFUSALS.includes(error.code)) onRefused(error);
}

let person = "";

/** Says who has this tablet in hands, by account; "" where nobody typed a PIN. What is read follows the rights of both. */
export function readFor(account_id: string): void {
  person = account_id;
}

/** Makes a request to the server this page came from, which answers in the language of the page.
 *
 * @throws OfflineError Nothing answered. @throws ServerError The answer is a problem.
 */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("Accept-Language", currentLanguage());
  // What is sent names the person in its message.
  if (person && !init.method) headers.set("Person", person);
  const response = await fetch(path, { ...init, headers }).catch((cause) => {
    if (init.signal?.aborted) throw cause;
    throw new OfflineError(path, { cause });
  });
  if (response.ok || response.status === 304) return response;
  const problem = await response.json().catch(() => ({}));
  const error = new ServerError(response.status, problem);
  tellRefusal(error);
  throw error;
}

export async function requestJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await request(path, init);
  return (await response.json().catch((cause) => {
    throw new OfflineError(path, { cause });
  })) as T;
}
