"""Words for the reasons why a row of a source is neither header nor data: those of `SkippedRow.reason`."""

from collections.abc import Mapping

from gis_capture.text import Text

LEFT_OUT: Mapping[str, Text] = {
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
}
