"""地図XML of the Ministry of Justice: how it is known; `mojmap_elements` reads it."""

from gis_capture.ledger.drivers.driver import Driver, on_use
from gis_capture.ledger.opening import Opened

_NAMESPACE = b"http://www.moj.go.jp/MINJI/tizuxml"


def accepts(opened: Opened) -> bool:
    """Whether the root element is 地図 of the Ministry's schema."""
    return opened.head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and _NAMESPACE in opened.head[:4096]


DRIVER = Driver("mojxml", (".xml",), accepts, on_use("gis_capture.ledger.drivers.mojmap_elements"))
