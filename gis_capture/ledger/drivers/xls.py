"""Excel workbooks of before 2007: how they are known; `xls_sheets` reads them."""

from gis_capture.ledger.drivers.driver import Driver, on_use
from gis_capture.ledger.opening import Opened

_BIFF = (
    b"\x09\x08\x10\0\0\x06\x05\0",
    b"\x09\x08\x08\0\0\x05",
    b"\x09\x04\x06\0\0\0\x10\0",
    b"\x09\x02\x06\0\0\0\x10\0",
)


def accepts(opened: Opened) -> bool:
    """Whether this is a compound file or bare BIFF records."""
    return opened.is_ole or opened.head.startswith(_BIFF)


DRIVER = Driver("xls", (".xls", ".xlt"), accepts, on_use("gis_capture.ledger.drivers.xls_sheets"))
