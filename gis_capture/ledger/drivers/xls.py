"""Excel workbooks of before 2007: how they are known; `xls_sheets` reads them."""

import re

from gis_capture.ledger.drivers.driver import Driver, on_use
from gis_capture.ledger.opening import Opened

_BIFF = re.compile(
    rb"\x09(?:\x08[\x08\x10]\0\0[\x05\x06]|[\x02\x04]\x06\0..[\x10\x00]|\x00[\x04\x06]\0..\x10\0)", re.DOTALL
)
"""Where bare records begin: Excel 5 and 97 without a container; Excel 3 and 4; Excel 2."""


def accepts(opened: Opened) -> bool:
    """Whether this is a compound file or bare BIFF records."""
    return opened.is_ole or _BIFF.match(opened.head) is not None


DRIVER = Driver("xls", (".xls", ".xlt"), accepts, on_use("gis_capture.ledger.drivers.xls_sheets"))
