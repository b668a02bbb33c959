"""Codes of the problems that reading a ledger can report, each with the title of its kind.

Codes are stable: they stand in reports, recipes and the docs. New ones are added at the end.
"""

from gis_capture.text import Text

MERGE_FILLED = "merge_filled"
MERGED_NUMBER_NOT_REPEATED = "merged_number_not_repeated"
MERGED_ACROSS_COLUMNS = "merged_across_columns"
DITTO_FILLED = "ditto_filled"
DITTO_WITHOUT_ABOVE = "ditto_without_above"
SECTION_FILLED = "section_filled"
RAGGED_ROW = "ragged_row"
UNCLOSED_QUOTE = "unclosed_quote"
BYTES_NOT_DECODED = "bytes_not_decoded"
WRONG_EXTENSION = "wrong_extension"
NO_HEADER = "no_header"
REPEATED_COLUMN_NAME = "repeated_column_name"
FORMULA_WITHOUT_VALUE = "formula_without_value"
ERROR_CELL = "error_cell"
HIDDEN_ROWS = "hidden_rows"
HIDDEN_SHEET = "hidden_sheet"
HIDDEN_COLUMNS = "hidden_columns"
CELL_COMMENT = "cell_comment"
COLORED_CELLS = "colored_cells"
STRUCK_OUT_ROW = "struck_out_row"
TEXT_CUT_OFF = "text_cut_off"
NO_CRS = "no_crs"
NO_ATTRIBUTES = "no_attributes"
INDEX_REBUILT = "index_rebuilt"
GEOMETRY_NOT_READ = "geometry_not_read"
DRIVER_WARNING = "driver_warning"
ENTRY_LEFT_OUT = "entry_left_out"
FAR_CELLS = "far_cells"
MERGED_NUMBER_SPLIT = "merged_number_split"
BLANK_FILLED = "blank_filled"
FORM_LEFT_OUT = "form_left_out"
GAIJI_REPLACED = "gaiji_replaced"
DRAWING_UNITS = "drawing_units"
DRAWING_REPAIRED = "drawing_repaired"
LOCAL_COORDINATES = "local_coordinates"
CODES_RESOLVED = "codes_resolved"
CODES_UNKNOWN = "codes_unknown"
LINKS_NOT_FOLLOWED = "links_not_followed"
DATUM_ASSUMED = "datum_assumed"
RECORD_LENGTH = "record_length"
FIELD_NOT_READ = "field_not_read"
PHOTO_WITHOUT_POSITION = "photo_without_position"
PAGES_JOINED = "pages_joined"
FORM_ANSWERS = "form_answers"
ROW_IN_ANOTHER_ENCODING = "row_in_another_encoding"
ATTACHMENTS_LEFT_OUT = "attachments_left_out"
UNSEEN_CELLS = "unseen_cells"
MEMO_NOT_READ = "memo_not_read"
READ_BY_ANOTHER = "read_by_another"
CONTENTS_DIFFER = "contents_differ"
LEGEND_LEFT_OUT = "legend_left_out"
MAY_BE_TURNED = "may_be_turned"
MAY_BE_FORMS = "may_be_forms"
LINES_JOINED = "lines_joined"
NO_TABLE = "no_table"

TITLES: dict[str, Text] = {
    MERGE_FILLED: Text("結合セルを各行に補いました", "Merged cell filled into each row"),
    MERGED_NUMBER_NOT_REPEATED: Text(
        "結合セルの数値は先頭行だけに入れました", "Merged number kept in the first row only"
    ),
    MERGED_ACROSS_COLUMNS: Text("項目をまたいでセルが結合されています", "Cell merged across columns"),
    DITTO_FILLED: Text("「〃」「同上」を上の行の値に置き換えました", "Ditto mark replaced by the value above"),
    DITTO_WITHOUT_ABOVE: Text("「〃」「同上」の元になる値がありません", "Ditto mark without a value above"),
    SECTION_FILLED: Text("見出し行を項目として各行に入れました", "Section title filled into each row"),
    RAGGED_ROW: Text("列の数が見出しと合わない行があります", "Row with another number of cells than the header"),
    UNCLOSED_QUOTE: Text("引用符が閉じていません", "Quotation mark never closed"),
    BYTES_NOT_DECODED: Text("文字コードに合わない文字があります", "Bytes that are not of the encoding"),
    WRONG_EXTENSION: Text("拡張子と中身の形式が違います", "Extension does not fit the content"),
    NO_HEADER: Text("見出し行がありません", "No header row"),
    REPEATED_COLUMN_NAME: Text("同じ名前の項目があります", "Column name occurs more than once"),
    FORMULA_WITHOUT_VALUE: Text("計算結果が保存されていない数式です", "Formula without a stored value"),
    ERROR_CELL: Text("数式がエラーになっています", "Formula ended in an error"),
    HIDDEN_ROWS: Text("非表示の行も読み込みました", "Hidden rows were read too"),
    HIDDEN_SHEET: Text("非表示のシートは読み込みませんでした", "Hidden sheet was left out"),
    HIDDEN_COLUMNS: Text("非表示の列も読み込みました", "Hidden columns were read too"),
    CELL_COMMENT: Text("セルにコメントがあります", "The cell has a comment"),
    COLORED_CELLS: Text("色を塗った行があります", "Some rows are coloured"),
    STRUCK_OUT_ROW: Text("取り消し線の行を除きました", "Struck-out row was left out"),
    TEXT_CUT_OFF: Text("文字が途中で切れています", "Text is cut off"),
    NO_CRS: Text("座標系の情報がありません", "No coordinate reference system given"),
    NO_ATTRIBUTES: Text("属性のファイルがありません", "The file of attributes is missing"),
    INDEX_REBUILT: Text("索引ファイルを作り直して読みました", "Read with a rebuilt index"),
    GEOMETRY_NOT_READ: Text("図形を読み取れませんでした", "Geometry could not be read"),
    DRIVER_WARNING: Text("読み取り時に注意がありました", "The reader gave a warning"),
    ENTRY_LEFT_OUT: Text("圧縮ファイルの中に読まなかったものがあります", "Part of the archive was left out"),
    FAR_CELLS: Text("表から遠く離れたセルを除きました", "Cells far below the table were left out"),
    MERGED_NUMBER_SPLIT: Text("結合セルの数値を各行に分けました", "Merged number divided among the rows"),
    GAIJI_REPLACED: Text("外字を置き換えました", "Private characters were replaced"),
    FORM_LEFT_OUT: Text("様式の違うシートを除きました", "Sheet that is not of the form was left out"),
    BLANK_FILLED: Text("空欄に上の行の値を入れました", "Blank filled with the value above"),
    DRAWING_UNITS: Text("図面の単位", "Units of the drawing"),
    DRAWING_REPAIRED: Text("傷のある図面を直して読みました", "Drawing was repaired for reading"),
    LOCAL_COORDINATES: Text("地図上の位置が決まらない座標です", "Coordinates without a place on the earth"),
    CODES_RESOLVED: Text("コードの項目名を言葉に直しました", "Coded names of columns were resolved"),
    CODES_UNKNOWN: Text("意味の分からないコードの項目名です", "Coded names of columns that are not known"),
    DATUM_ASSUMED: Text("測地系が書かれていません", "Datum not stated"),
    LINKS_NOT_FOLLOWED: Text("ほかの場所にあるデータは読みませんでした", "Data elsewhere was not read"),
    RECORD_LENGTH: Text("レコードの長さがレイアウトと違います", "Record length other than in the layout"),
    FIELD_NOT_READ: Text("レイアウトの型に合わない値があります", "Bytes that are not of the layout's type"),
    PHOTO_WITHOUT_POSITION: Text("位置情報のない写真があります", "Photo without a position"),
    PAGES_JOINED: Text("複数のページにまたがる表をつなぎました", "Table continued over pages was joined"),
    FORM_ANSWERS: Text("フォームの回答として読みました", "Read as answers of a form"),
    ROW_IN_ANOTHER_ENCODING: Text("文字コードの違う行があります", "Row in another encoding"),
    ATTACHMENTS_LEFT_OUT: Text("添付ファイルは読みませんでした", "Attached files were not read"),
    UNSEEN_CELLS: Text("表示形式で見えなくしてあるセルがあります", "Cells that their number format hides"),
    MEMO_NOT_READ: Text("メモの中身を読み取れませんでした", "Memo could not be read"),
    LINES_JOINED: Text("2行で1件の表です", "Each record takes two lines"),
    MAY_BE_FORMS: Text("1シート1件の様式のようです", "Each sheet may be a form of one record"),
    READ_BY_ANOTHER: Text("別の読み取り方で読みました", "Read by the second reader"),
    CONTENTS_DIFFER: Text("ファイルの一覧と中の表が合いません", "List of contents and tables of a file differ"),
    NO_TABLE: Text("表がありません", "There is no table"),
    LEGEND_LEFT_OUT: Text("表の横の凡例を除きました", "Legend beside the table was left out"),
    MAY_BE_TURNED: Text("縦横が逆の表のようです", "Rows and columns may be exchanged"),
}
