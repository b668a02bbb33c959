"""Codes of the problems that a conversion can report, each with the title of its kind. Codes are stable."""

from gis_capture.text import Text

COLUMN_NOT_MATCHED = "column_not_matched"
COLUMN_GUESSED = "column_guessed"
TABLE_LEFT_OUT = "table_left_out"
TABLES_JOINED = "tables_joined"
NOTHING_TO_STORE = "nothing_to_store"
GEOMETRY_MISSING = "geometry_missing"
GEOMETRY_TYPE_DIFFERS = "geometry_type_differs"
GEOMETRY_NOT_FINITE = "geometry_not_finite"
GEOMETRY_INVALID = "geometry_invalid"
GEOMETRY_CRS_ASSUMED = "geometry_crs_assumed"
KEY_REPEATED = "key_repeated"

TITLES: dict[str, Text] = {
    COLUMN_NOT_MATCHED: Text("レイヤーの項目に当たらない列です", "Column without a field in the layer"),
    COLUMN_GUESSED: Text("見出しが少し違う列を項目に当てました", "Column matched although its header differs a little"),
    TABLE_LEFT_OUT: Text("取り込まなかった表です", "Table that was left out"),
    TABLES_JOINED: Text("項目が同じ表をまとめて取り込みました", "Tables of the same columns imported together"),
    NOTHING_TO_STORE: Text("取り込める値がない行です", "Row without anything to store"),
    GEOMETRY_MISSING: Text("図形がありません", "No geometry"),
    GEOMETRY_TYPE_DIFFERS: Text("図形の種類がレイヤーと違います", "Geometry of another type than the layer's"),
    GEOMETRY_NOT_FINITE: Text("図形の座標が数ではありません", "Geometry with coordinates that are no numbers"),
    GEOMETRY_INVALID: Text("図形の形が正しくありません", "Geometry that is not valid"),
    GEOMETRY_CRS_ASSUMED: Text(
        "図形の座標系が分からないため、レイヤーの座標系とみなしました", "CRS taken from the layer"
    ),
    KEY_REPEATED: Text("同じ番号の行があります", "Key stands in several rows"),
}
