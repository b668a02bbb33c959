"""Codes of the problems that a conversion can report, each with the title of its kind. Codes are stable."""

from gis_capture.text import Text

COLUMN_NOT_MATCHED = "column_not_matched"
COLUMN_GUESSED = "column_guessed"
TABLE_LEFT_OUT = "table_left_out"
TABLES_JOINED = "tables_joined"
NOTHING_TO_STORE = "nothing_to_store"
GEOMETRY_MISSING = "geometry_missing"
GEOMETRY_TYPE_DIFFERS = "geometry_type_differs"
GEOMETRY_TYPE_CHANGED = "geometry_type_changed"
GEOMETRY_NOT_FINITE = "geometry_not_finite"
GEOMETRY_INVALID = "geometry_invalid"
GEOMETRY_CRS_ASSUMED = "geometry_crs_assumed"
KEY_REPEATED = "key_repeated"
LEDGER_CONTINUES = "ledger_continues"
KEY_DOUBTFUL = "key_doubtful"
KEY_PROPOSED = "key_proposed"
KEY_IN_OTHER_LEDGER = "key_in_other_ledger"
COLUMN_GONE = "column_gone"
KEY_SPELLED = "key_spelled"
VALUE_KEPT = "value_kept"
POSITION_KEPT = "position_kept"
FEATURE_DELETED = "feature_deleted"
ROW_AMBIGUOUS = "row_ambiguous"
ROW_WITHOUT_KEY = "row_without_key"
ROW_RENUMBERED = "row_renumbered"
ROW_REMOVED = "row_removed"
ROW_UNCERTAIN = "row_uncertain"
CHANGE_REJECTED = "change_rejected"
RECIPE_COLUMN_NEW = "recipe_column_new"
PHOTO_OUTSIDE_TRACK = "photo_outside_track"
TABLE_IN_OTHER_LAYER = "table_in_other_layer"

TITLES: dict[str, Text] = {
    COLUMN_NOT_MATCHED: Text("レイヤーの項目に当たらない列です", "Column without a field in the layer"),
    COLUMN_GUESSED: Text("見出しが少し違う列を項目に当てました", "Column matched although its header differs a little"),
    TABLE_LEFT_OUT: Text("取り込まなかった表です", "Table that was left out"),
    TABLES_JOINED: Text("項目が同じ表をまとめて取り込みました", "Tables of the same columns imported together"),
    TABLE_IN_OTHER_LAYER: Text("別のレイヤーに入れた表です", "Table that went into another layer"),
    NOTHING_TO_STORE: Text("取り込める値がない行です", "Row without anything to store"),
    GEOMETRY_MISSING: Text("図形がありません", "No geometry"),
    GEOMETRY_TYPE_DIFFERS: Text("図形の種類がレイヤーと違います", "Geometry of another type than the layer's"),
    GEOMETRY_TYPE_CHANGED: Text("面と線を直しました", "Areas and lines changed into each other"),
    GEOMETRY_NOT_FINITE: Text("図形の座標が数ではありません", "Geometry with coordinates that are no numbers"),
    GEOMETRY_INVALID: Text("図形の形が正しくありません", "Geometry that is not valid"),
    GEOMETRY_CRS_ASSUMED: Text(
        "図形の座標系が分からないため、レイヤーの座標系とみなしました", "CRS taken from the layer"
    ),
    PHOTO_OUTSIDE_TRACK: Text("軌跡に撮影した時刻がありません", "Track says nothing of when the photo was taken"),
    RECIPE_COLUMN_NEW: Text("レシピにない列があります", "Column that the recipe does not know"),
    KEY_REPEATED: Text("同じ番号の行があります", "Key stands in several rows"),
    LEDGER_CONTINUES: Text("取り込み済みの台帳の続きのようです", "Seems to go on with a ledger that was imported"),
    KEY_DOUBTFUL: Text("番号が前回と同じものを指していないようです", "Key seems to stand for other things than before"),
    KEY_PROPOSED: Text("行の突き合わせに使う列を選びました", "Column chosen to match the rows by"),
    KEY_IN_OTHER_LEDGER: Text("同じ番号が別の台帳にもあります", "Key stands in another ledger too"),
    COLUMN_GONE: Text("前回の台帳にあった列がありません", "Column of the last version is gone"),
    KEY_SPELLED: Text("番号の書き方が前回と違います", "Key is written in another way than before"),
    VALUE_KEPT: Text("読めない値のため、前の値を残しました", "Value unreadable, the former one was kept"),
    POSITION_KEPT: Text("位置が読めないため、前の位置を残しました", "Position unreadable, the former one was kept"),
    FEATURE_DELETED: Text("台帳にはあり、地図では削除されています", "In the ledger, but deleted in the layer"),
    ROW_AMBIGUOUS: Text("どの行の続きか決められません(同じ番号が複数)", "Row may be one of several (same key)"),
    ROW_WITHOUT_KEY: Text(
        "番号がなく、前回のどの行か決められません", "Row without a key that is not certainly a known one"
    ),
    ROW_RENUMBERED: Text("番号だけが変わったようです", "Only the key seems to have changed"),
    ROW_REMOVED: Text("前回の台帳にあった行がありません", "Row of the last version is gone"),
    ROW_UNCERTAIN: Text("続きの行が決まっていません", "Row whose successor is not decided"),
    CHANGE_REJECTED: Text("変更を受け付けられませんでした", "Change was not accepted and waits for the office"),
}
