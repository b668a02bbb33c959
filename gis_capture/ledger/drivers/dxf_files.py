"""Opens DXF files and gives their texts as they were meant.

The code page in the header is often wrong: drawings go from program to program. So the bytes decide.
"""

import io
import logging
import re

import ezdxf
from ezdxf import recover
from ezdxf.audit import Auditor
from ezdxf.document import Drawing
from ezdxf.lldxf.const import DXF2007, DXFError
from ezdxf.lldxf.encoding import decode_mif_to_unicode
from ezdxf.tools.codepage import toencoding

from gis_capture.ledger.drivers.dxf import BINARY
from gis_capture.ledger.drivers.encodings import likeness
from gis_capture.ledger.opening import Opened, broken

# What it repairs is told as a problem; nothing is to stand on a console.
logging.getLogger("ezdxf").addHandler(logging.NullHandler())
logging.getLogger("ezdxf").propagate = False
_CODE_PAGE = re.compile(rb"\$DWGCODEPAGE\s+3\s+([\w.-]+)", re.I)
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_SAMPLE = 1 << 18
# What ezdxf raises for drawings that are damaged beyond repair.
_BROKEN = (DXFError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, EOFError, ArithmeticError)
_LONG = re.compile(r"\\U\+(000[1-9A-Fa-f]|0010)([0-9A-Fa-f]{4})")
_SHORT = re.compile(r"\\U\+([0-9A-Fa-f]{4})")


def open_drawing(opened: Opened) -> tuple[Drawing, Auditor | None, str | None]:
    """Opens a drawing, repaired where it has to be; gives it, what was repaired, and the encoding of its texts.

    Raises SourceError for one that cannot be repaired.
    """
    try:
        if opened.head.startswith(BINARY):
            drawing = ezdxf.readfile(opened.path)
            return drawing, None, "utf-8" if drawing.dxfversion >= DXF2007 else drawing.encoding
        data = opened.path.read_bytes()
        encoding = find_encoding(data)
        text = data.removeprefix(b"\xef\xbb\xbf").decode(encoding or "ascii", "surrogateescape")
        try:
            return ezdxf.read(io.StringIO(text, newline=None)), None, encoding
        except _BROKEN:
            # The repairing reader wants bytes; this writing is the same in every code page.
            drawing, auditor = recover.read(io.BytesIO(_FOREIGN.sub(_escaped, _resolve(text)).encode("ascii")))
            return drawing, auditor, encoding
    except _BROKEN as error:
        raise broken(opened.path, str(error)[:200]) from error


def find_encoding(data: bytes) -> str | None:
    """The encoding of the texts; None where all is ASCII."""
    lines = [] if data.isascii() else [line for line in data.splitlines() if not line.isascii()]
    if not lines:
        return None
    stated = _CODE_PAGE.search(data, 0, 1 << 16)
    names = dict.fromkeys(("cp932", "euc_jp", toencoding(stated[1].decode("ascii", "replace")) if stated else "cp1252"))
    if _fits(lines, "utf-8"):
        return "utf-8"
    fitting = [name for name in names if _fits(lines, name)] or ["cp932"]
    text = b"\n".join(lines)[:_SAMPLE]
    return max(fitting, key=lambda name: likeness(text.decode(name, "replace")))


def _fits(lines: list[bytes], encoding: str) -> bool:
    try:
        for line in lines:
            line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\U+{code:04X}"
    return f"\\U+{0xD800 + (code - 0x10000 >> 10):04X}\\U+{0xDC00 + (code & 0x3FF):04X}"


def _resolve(text: str) -> str:
    return _SHORT.sub(lambda m: chr(int(m[1], 16)), _LONG.sub(lambda m: chr(int(m[1] + m[2], 16)), text))


def mend_text(text: str, encoding: str | None) -> str:
    r"""Resolves `\U+XXXX` and `\M+nXXXX`; joins characters in two halves and letters cut between two lines."""
    if "\\" in text:
        text = decode_mif_to_unicode(_resolve(text))
    if text.isascii() or not re.search("[\ud800-\udfff]", text):
        return text
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if re.search("[\udc80-\udcff]", text):
        try:
            return text.encode(encoding or "ascii", "surrogateescape").decode(encoding or "ascii")
        except UnicodeError:
            return re.sub("[\udc80-\udcff]", lambda m: f"\\x{ord(m[0]) - 0xDC00:02x}", text)
    return text.encode("utf-8", "backslashreplace").decode()
