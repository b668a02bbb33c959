import { gunzipSync } from "node:zlib";
import { vi } from "vitest";
import type { Change, Receipt } from "../../src/model/change.ts";
import type { PushMessage } from "../../src/model/messages.ts";

type Handler = (request: Request) => Response | Promise<Response>;

/** Answers requests in place of the network. A handler may throw, as a cut line does. */
export function serve(handlers: Record<string, Handler>): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    const request = new Request(new URL(path, "http://office.test"), init);
    requests.push(request);
    const { pathname } = new URL(request.url);
    const handler = handlers[`${request.method} ${pathname}`] ?? handlers[pathname];
    return handler ? handler(request) : problem(404, "not_found");
  });
  return requests;
}

export const json = (body: unknown) => Response.json(body);
export const problem = (status: number, code: string) =>
  Response.json({ status, code, detail_ja: "だめです", detail_en: "no" }, { status });
export const ndjson = (lines: unknown[]) => new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
export const cut = (): never => {
  throw new TypeError("Failed to fetch");
};

export async function readPush(request: Request): Promise<PushMessage> {
  return JSON.parse(gunzipSync(Buffer.from(await request.arrayBuffer())).toString("utf8"));
}

export const receiptsFor = (changes: Change[], over: Partial<Receipt> = {}, epoch = "e1") =>
  json({
    format: "gis-capture.receipts/v1",
    epoch,
    revision: 60,
    clock_at: "2026-11-23T00:00:00Z",
    receipts: changes.map(({ change_id }) => ({
      change_id,
      status: "applied",
      revision: 60,
      conflicts: [],
      problem: null,
      ...over,
    })),
  });
