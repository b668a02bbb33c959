"""Codes of the problems that locating can report, each with the title of its kind. Codes are stable."""

from gis_capture.text import Text

NO_COORDINATES = "no_coordinates"
POSITION_MISSING = "position_missing"
COORDINATE_INCOMPLETE = "coordinate_incomplete"
COORDINATE_UNREADABLE = "coordinate_unreadable"
COORDINATE_SENTINEL = "coordinate_sentinel"
COORDINATE_OUTSIDE_JAPAN = "coordinate_outside_japan"
COORDINATES_SWAPPED = "coordinates_swapped"
COORDINATE_COARSE = "coordinate_coarse"
NOTATION_RECOGNISED = "notation_recognised"
NOTATION_DEVIATES = "notation_deviates"
NOTATION_UNCERTAIN = "notation_uncertain"
DATUM_ASSUMED = "datum_assumed"
DATUM_FOUND = "datum_found"
DATUM_DOUBTED = "datum_doubted"
DATUM_GRID_MISSING = "datum_grid_missing"
DATUM_GRID_GAP = "datum_grid_gap"
CRS_UNKNOWN = "crs_unknown"
ZONE_ASSUMED = "zone_assumed"
CRS_UNSAID = "crs_unsaid"
ZONE_DOUBTED = "zone_doubted"
AXES_ASSUMED = "axes_assumed"
AXES_EXCHANGED = "axes_exchanged"
POSITION_IS_CELL = "position_is_cell"
READINGS_COMPARED = "readings_compared"
READING_MARGIN_THIN = "reading_margin_thin"
MESH_SIZE_UNCERTAIN = "mesh_size_uncertain"
POSITION_FROM_KEY = "position_from_key"
KEY_COLUMNS_MISSING = "key_columns_missing"
KEY_NOT_FOUND = "key_not_found"
KEY_AMBIGUOUS = "key_ambiguous"
KEY_UNREADABLE = "key_unreadable"
KEY_WITHOUT_NUMBER = "key_without_number"
CHAINAGE_BROKEN = "chainage_broken"
POSITION_FROM_ADDRESS = "position_from_address"
ADDRESS_NOT_FOUND = "address_not_found"
ADDRESS_DISAGREES = "address_disagrees"
COORDINATES_DISAGREE = "coordinates_disagree"
POSITIONS_FAR_FROM_ADDRESSES = "positions_far_from_addresses"
POSITION_OUTSIDE_AREA = "position_outside_area"
ON_ZONE_ORIGIN = "on_zone_origin"
IDENTICAL_POSITIONS = "identical_positions"

TITLES: dict[str, Text] = {
    NO_COORDINATES: Text("座標の列がありません", "No columns with positions"),
    POSITION_MISSING: Text("座標が空欄です", "Coordinates are empty"),
    COORDINATE_INCOMPLETE: Text("座標の一方がありません", "One of the two coordinates is missing"),
    COORDINATE_UNREADABLE: Text("座標として読めません", "No coordinate"),
    COORDINATE_SENTINEL: Text("「不明」を表す値です（0、999）", 'Value that stands for "not known": 0, 999'),
    COORDINATE_OUTSIDE_JAPAN: Text("日本の範囲の外です", "Outside Japan"),
    COORDINATES_SWAPPED: Text("緯度と経度が逆でした", "Latitude and longitude were exchanged"),
    COORDINATE_COARSE: Text("座標の桁数が少なすぎます", "So few digits that tens of metres stay open"),
    NOTATION_RECOGNISED: Text("区切りのない座標を読み取りました", "Packed or scaled degrees were recognised"),
    NOTATION_DEVIATES: Text("この行だけ座標の書き方が違います", "A row written otherwise than the others"),
    NOTATION_UNCERTAIN: Text("小数の度か度分秒かはっきりしません", "Decimal degrees or minutes and seconds"),
    DATUM_ASSUMED: Text("測地系の記載がありません", "Datum not stated; JGD2011 assumed"),
    DATUM_FOUND: Text("住所と比べて測地系を判断しました", "Datum not stated; found by the addresses"),
    DATUM_DOUBTED: Text("書かれた測地系が住所と合いません", "Addresses speak against the stated datum"),
    DATUM_GRID_MISSING: Text("測地系の補正ファイルがありません", "Grid for a change of datum is missing"),
    DATUM_GRID_GAP: Text("補正ファイルに値のない場所です", "Grid has no values at this place"),
    CRS_UNKNOWN: Text("平面直角座標の系番号が分かりません", "Zone of plane coordinates not known"),
    ZONE_ASSUMED: Text("系番号を位置から判断しました", "Zone found by where the rows lie"),
    CRS_UNSAID: Text("この行の測地系や系番号が分かりません", "Datum or zone of this row not told"),
    ZONE_DOUBTED: Text("書かれた系番号では区域や住所に合いません", "The stated zone puts rows where they cannot be"),
    AXES_ASSUMED: Text("Xを北として読みました", "X taken as north"),
    AXES_EXCHANGED: Text("Xを東として読みました", "X taken as east"),
    POSITION_IS_CELL: Text("メッシュコードから置きました", "Placed by a mesh code"),
    READINGS_COMPARED: Text("読み方を比べて決めました", "Readings were compared"),
    READING_MARGIN_THIN: Text("読み方の差がわずかです", "Two readings are about as likely"),
    MESH_SIZE_UNCERTAIN: Text("メッシュの大きさがはっきりしません", "Mesh codes that may have two sizes"),
    POSITION_FROM_KEY: Text("地番・距離標・番号・名称から置きました", "Placed by a lot, a post, a number or a name"),
    KEY_COLUMNS_MISSING: Text("置く手がかりの列がありません", "No columns to place rows by"),
    KEY_NOT_FOUND: Text("置く先のレイヤーにありません", "Not in the layer to place by"),
    KEY_AMBIGUOUS: Text("置く先に当たるものが複数あります", "Several features fit"),
    KEY_UNREADABLE: Text("地番・距離標として読めません", "No lot and no place on a route"),
    KEY_WITHOUT_NUMBER: Text("無番地です", "Land without a number"),
    CHAINAGE_BROKEN: Text("距離標の数字がとぎれているか重なっています", "Numbers of the posts break or come twice"),
    POSITION_FROM_ADDRESS: Text("住所から置きました", "Placed by the address"),
    ADDRESS_NOT_FOUND: Text("住所が辞書にありません", "Address not in the gazetteer"),
    ADDRESS_DISAGREES: Text("座標と住所が離れています", "Coordinates and address far apart"),
    COORDINATES_DISAGREE: Text("2組の座標が離れています", "Two sets of coordinates far apart"),
    POSITIONS_FAR_FROM_ADDRESSES: Text("多くの行が住所から離れています", "Most rows far from their addresses"),
    POSITION_OUTSIDE_AREA: Text("区域の外です", "Outside the office's area"),
    ON_ZONE_ORIGIN: Text("平面直角座標の原点にあります", "On the origin of a zone of plane coordinates"),
    IDENTICAL_POSITIONS: Text("いくつもの行が同じ位置にあります", "Several rows on one spot"),
}
