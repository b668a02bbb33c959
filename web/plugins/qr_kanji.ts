import type { Plugin } from "vite";

const TABLE = /exports\.shiftJISTable = \{[^}]*\};/;
const USE = "String.fromCharCode(shiftJISTable_1.shiftJISTable[c])";

/** Lets the reader of QR codes decode kanji by the browser, in place of a table that is half of its size. */
export function qrKanji(): Plugin {
  return {
    name: "gis-capture:qr-kanji",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!/\/jsqr\/dist\/jsQR\.js$/.test(id)) return null;
      if (!TABLE.test(code) || !code.includes(USE)) this.error("jsQR has no table of kanji any more");
      const decoded = 'new TextDecoder("shift_jis").decode(Uint8Array.of(c >> 8, c & 0xff))';
      return { code: code.replace(TABLE, "").replace(USE, decoded), map: null };
    },
  };
}
