"""Words for the reasons why a row is not on the map, as an accounting gives them."""

from collections.abc import Mapping

from gis_capture.convert import codes
from gis_capture.ledger import codes as ledger_codes
from gis_capture.ledger.left_out import LEFT_OUT
from gis_capture.locate import codes as locate_codes
from gis_capture.text import Text

REASONS: Mapping[str, Text] = {
    **ledger_codes.TITLES,
    **codes.TITLES,
    **locate_codes.TITLES,
    **LEFT_OUT,
    locate_codes.NO_COORDINATES: Text("座標の列がない", "no columns for a position"),
    locate_codes.POSITION_MISSING: Text("座標が空", "position empty"),
    locate_codes.COORDINATE_INCOMPLETE: Text("緯度・経度の片方がない", "one coordinate missing"),
    locate_codes.COORDINATE_UNREADABLE: Text("座標が読めない", "coordinates unreadable"),
    locate_codes.COORDINATE_SENTINEL: Text("座標が 0 や 999(不明の印)", "coordinates 0 or 999 (not known)"),
    locate_codes.COORDINATE_OUTSIDE_JAPAN: Text("座標が日本の外", "position outside Japan"),
    locate_codes.CRS_UNKNOWN: Text("平面直角座標の系がわからない", "zone of the plane coordinates not known"),
}


def reason_words(code: str, language: str) -> str:
    """Says a reason; a code without words is given as it is."""
    return REASONS[code].in_language(language) if code in REASONS else code
