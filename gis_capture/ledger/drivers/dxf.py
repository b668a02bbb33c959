"""DXF drawings: how they are known; `dxf_entities` reads them."""

import re

from gis_capture.ledger.drivers.driver import Driver, on_use
from gis_capture.ledger.opening import Opened

BINARY = b"AutoCAD Binary DXF"
_START = re.compile(rb"(?:\s*999\r?\n[^\n]*\n)*\s*0\s*[\r\n]\s*SECTION\s*[\r\n]")


def accepts(opened: Opened) -> bool:
    """Whether the file begins as a DXF of text or as a binary one."""
    head = opened.head.removeprefix(b"\xef\xbb\xbf")
    return _START.match(head) is not None or head.startswith(BINARY)


DRIVER = Driver("dxf", (".dxf",), accepts, on_use("gis_capture.ledger.drivers.dxf_entities"))
