"""Web archives (MHTML), as Excel saves a workbook "as a single web page", mostly under the name .xls.

RFC 2557: a mail message whose parts are the pages, one for each sheet; the first says how the sheets are called.
"""

import re
from email import message_from_bytes
from email.message import Message

from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.encodings import find_encoding_of
from gis_capture.ledger.drivers.markup import read_page
from gis_capture.ledger.grid import Grid
from gis_capture.ledger.opening import Opened, broken, size_text, too_large
from gis_capture.ledger.table import Reading
from gis_capture.text import Text

_MAX_BYTES = 128 << 20
_HEADER = re.compile(rb"^(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*)*?Content-Type:\s*multipart/related", re.IGNORECASE)
_SHEET = re.compile(
    r"<x:ExcelWorksheet>\s*<x:Name>([^<]*)</x:Name>(?:(?!</x:ExcelWorksheet>).)*?<x:WorksheetSource\s+HRef=3?D?\"([^\"]+)\"",
    re.DOTALL,
)


def accepts(opened: Opened) -> bool:
    """Whether this is a mail message of related parts."""
    return _HEADER.match(opened.head.lstrip()) is not None


def read(opened: Opened) -> Reading:
    """Reads every table of every page; a row number is the number of the row in its table."""
    if opened.size_bytes > _MAX_BYTES:
        raise too_large(opened.path, size_text(opened.size_bytes), size_text(_MAX_BYTES))
    message = message_from_bytes(opened.path.read_bytes().lstrip())
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise broken(opened.path, Text("ページがありません", "no page"))
    texts = [_text(page) for page in pages]
    names = {target: name for text, _ in texts for name, target in _SHEET.findall(text)}
    grids: list[Grid] = []
    for page, (text, _) in zip(pages, texts, strict=True):
        place = str(page.get("Content-Location") or "")
        name = next((name for target, name in names.items() if place.endswith(target)), None)
        grids += read_page(opened, [text], name=name)
    return reading_of_grids(grids, opened.source("mhtml", texts[-1][1]))


def _text(page: Message) -> tuple[str, str]:
    data = page.get_payload(decode=True)
    raw = data if isinstance(data, bytes) else b""
    encoding = find_encoding_of(raw)
    return raw.decode(encoding, "backslashreplace"), encoding


DRIVER = Driver("mhtml", (".mht", ".mhtml"), accepts, read)
