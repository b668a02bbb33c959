"""Words for the reasons why a row is not on the map, as an accounting gives them."""

from collections.abc import Mapping

from gis_capture.convert import codes
from gis_capture.ledger import codes as ledger_codes
from gis_capture.locate import codes as locate_codes
from gis_capture.text import Text

REASONS: Mapping[str, Text] = {
    **ledger_codes.TITLES,
    **codes.TITLES,
    **locate_codes.TITLES,
    "title": Text("表題", "title"),
    "blank": Text("空の行", "blank"),
    "comment": Text("注釈(#)", "comment"),
    "section": Text("区切りの見出し", "section heading"),
    "subtotal": Text("小計", "subtotal"),
    "total": Text("合計", "total"),
    "statistic": Text("平均・最大・前年度・構成比など", "mean, greatest, last year, share and the like"),
    "prefilled": Text("番号だけの空欄の行", "line with nothing but its number"),
    "second_line": Text("2行で1件の表の2行目(上の行の一部)", "second line of a record of two lines"),
    "footnote": Text("注記(※など)", "footnote"),
    "repeated_header": Text("くり返しの見出し", "repeated header"),
    "page_number": Text("ページ番号", "page number"),
    "unit": Text("単位の行", "row of units"),
    "example": Text("記入例の行", "example of how to fill in"),
    "code_row": Text("列番号の行", "row of column numbers"),
    "struck_out": Text("取り消し線の行", "struck out"),
    "paper_space": Text("図面の紙面(ペーパー空間)の図形", "on the paper of the drawing, not in its model"),
    "dimension": Text("寸法線・引出線", "dimension or leader line"),
    "not_geometry": Text("読めない種類の図形", "entity of a kind without a shape"),
    "no_height": Text("標高のない格子点", "grid point without a height"),
    "surface_model": Text("地形の面(グリッド・TIN)", "model of the terrain (grid or triangles)"),
    "other_record_kind": Text("対象外の種類のレコード", "record of another kind"),
    "deleted": Text("削除の印がある行", "marked as deleted"),
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
