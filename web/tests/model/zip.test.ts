import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crc32, zipFiles } from "../../src/model/zip.ts";

/** Named so on Windows. */
const PYTHON = process.platform === "win32" ? "python" : "python3";

test("the checksum is that of ISO 3309 (check value of '123456789')", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
});

test("another program reads the names and bytes of a written ZIP, Japanese names too", async () => {
  const folder = mkdtempSync(join(tmpdir(), "zip-"));
  try {
    const file = join(folder, "a.zip");
    const entries = [
      { name: "push.json", bytes: new TextEncoder().encode('{"a": "あ"}') },
      { name: "attachments/写真.jpg", bytes: new Uint8Array(70_000).fill(7) },
    ];
    writeFileSync(file, new Uint8Array(await zipFiles(entries).arrayBuffer()));
    const script =
      "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; " +
      "print(json.dumps([[i.filename, i.file_size, z.read(i)[:11].hex()] for i in z.infolist()]))";
    const read = JSON.parse(execFileSync(PYTHON, ["-c", script, file], { encoding: "utf8" }));
    expect(read).toEqual(
      entries.map(({ name, bytes }) => [name, bytes.length, Buffer.from(bytes.slice(0, 11)).toString("hex")]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
