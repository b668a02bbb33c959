"""Japanese EBCDIC (IBM code pages 930, 939, 1390, 1399), by tables that the system's `iconv` gives.

Kanji are two bytes each between SO (0x0E) and SI (0x0F). Python has no such codec; glibc has. Its tables are asked
for once, by encoding every character, so that a damaged text cannot throw off what follows it.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gis_capture.errors import SourceError
from gis_capture.text import Text

EBCDIC = ("cp930", "cp939", "cp1390", "cp1399")
_SO, _SI = b"\x0e", b"\x0f"
_LINE = b"\x25"
_SECONDS = 60
_IDEOGRAPHIC_SPACE = b"\x40\x40"


@dataclass(frozen=True, slots=True)
class CodePage:
    """A code page: characters of single bytes by their value, "\ufffe" for none, and of pairs of bytes."""

    singles: str
    pairs: dict[bytes, str]

    def decode(self, raw: bytes) -> tuple[str, bool]:
        """Decodes a field; tells whether its shifts and pairs were whole. Unknown pairs become 〓 and their code."""
        text, fits = [], True
        rest = raw
        while True:
            plain, shift, rest = rest.partition(_SO)
            if _SI in plain:
                fits = False
                plain = plain.replace(_SI, b"")
            decoded = "".join(map(self.singles.__getitem__, plain))
            fits = fits and "\ufffe" not in decoded
            text.append(decoded.replace("\ufffe", "\ufffd"))
            if not shift:
                break
            kanji, end, rest = rest.partition(_SI)
            decoded, is_whole = self.decode_kanji(kanji)
            text.append(decoded)
            fits = fits and is_whole and bool(end)
        return "".join(text), fits

    def decode_kanji(self, raw: bytes) -> tuple[str, bool]:
        """Decodes pairs without shifts; tells whether there was no half one."""
        pairs = [raw[at : at + 2] for at in range(0, len(raw) - 1, 2)]
        return "".join(self.pairs.get(pair) or f"〓({pair.hex().upper()})" for pair in pairs), len(raw) % 2 == 0


def code_page(name: str, path: Path) -> CodePage:
    """Gives a code page; raises SourceError naming the source `path` where the system cannot give it."""
    page = _ask(name)
    if page is None:
        raise SourceError(
            Text(
                f"「{path.name}」の文字コード{name}をこのパソコンでは変換できません。Linux（glibcのiconv）で変換するか、"
                "ホスト側でシフトJIS（cp932）に変換して出力してください。",
                f'The encoding {name} of "{path.name}" cannot be read on this computer. Convert it on Linux '
                "(glibc's iconv), or have the host write it in code page 932.",
            ),
            path=path,
        )
    return page


@lru_cache(maxsize=4)
def _ask(name: str) -> CodePage | None:
    program = shutil.which("iconv")
    if program is None:
        return None
    # The private use area is left out: which character an office drew there is not in any table.
    characters = [chr(code) for code in range(0x20, 0x10000) if not 0xD800 <= code < 0xF900]
    characters += [chr(code) for code in range(0x20000, 0x2A6E0)]
    asked = "".join(f"{character}\n" for character in characters).encode()
    command = [program, "-c", "-f", "UTF-8", "-t", "IBM" + name.removeprefix("cp")]
    try:
        done = subprocess.run(
            command,
            input=asked,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.split(_LINE)
    if len(lines) != len(characters) + 1:
        return None
    singles = ["\ufffe"] * 256
    pairs: dict[bytes, str] = {_IDEOGRAPHIC_SPACE: "\u3000"}
    for character, line in zip(characters, lines, strict=False):
        if len(line) == 1:
            singles[line[0]] = character
        elif line[:1] == _SO and len(line) == 4:
            pairs.setdefault(line[1:3], character)
    singles[0] = "\0"
    return CodePage("".join(singles), pairs)
