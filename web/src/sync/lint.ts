import type { Language } from "../model/text.ts";
import { request, requestJson } from "./http.ts";

/** A place of a ledger that breaks a rule: docs/format.md §5. */
export interface Finding {
  rule: string;
  cell: string | null;
  message: string;
  suggestion: string;
  /** A clean copy mends it. */
  is_fixed: boolean;
}

export interface Lint {
  rules: { rule: string; title: string; n_places: number }[];
  findings: Finding[];
}

export type LintCopy = "marked" | "clean-xlsx" | "clean-csv";

const send = (files: File[]): RequestInit => {
  const body = new FormData();
  for (const file of files) body.append("file", file, file.name);
  return { method: "POST", body };
};

/** Checks a ledger by the national rules for machine-readable tables; the server keeps nothing of it. */
export const lintLedger = (files: File[]): Promise<Lint> => requestJson<Lint>("/lint", send(files));

/** Gives the ledger with what breaks the rules marked, or a copy in which it is mended, under the server's name. */
export async function lintCopy(files: File[], format: LintCopy, language: Language): Promise<File> {
  const response = await request(`/lint?format=${format}&language=${language}`, send(files));
  const [, title] = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return new File([await response.blob()], title ? decodeURIComponent(title) : "lint");
}
