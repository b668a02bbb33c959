"""The sentences about positions that people read."""

from collections.abc import Iterable

from gis_capture.locate import codes
from gis_capture.model import Problem, Severity, Text
from gis_capture.model.doubt import CHECK, CHECK_OF_ALL

FILL_IN = Text(
    "位置を地図で指定するか、台帳に座標を記入してください。",
    "Give the place on the map, or write coordinates into the ledger.",
)
CHECK_ON_MAP = Text("数か所を地図で確かめてください。", "Check some of the places on the map.")
CHECK_HEADERS = Text("台帳の見出しを確かめてください。", "Check the headers of the ledger.")
CORRECT_LEDGER = Text("台帳を直してください。", "Correct the ledger.")
CHECK_PLACE = Text("現地または地図で確かめてください。", "Check the place.")

DOUBTS_OF_ROWS = frozenset(
    {
        codes.ADDRESS_DISAGREES,
        codes.COORDINATE_COARSE,
        codes.IDENTICAL_POSITIONS,
        codes.NOTATION_DEVIATES,
        codes.NOTATION_UNCERTAIN,
        codes.POSITION_OUTSIDE_AREA,
        codes.ON_ZONE_ORIGIN,
        codes.CRS_UNSAID,
    }
)
"""Problems of a row that its note tells, too, so that a crew looks."""
DOUBTS_OF_ALL = frozenset({codes.ZONE_DOUBTED, codes.DATUM_DOUBTED, codes.POSITIONS_FAR_FROM_ADDRESSES})
"""Problems of a table that the notes of all of its rows tell."""

OUTSIDE_JAPAN = Text("日本の範囲の外になります：{cells}", "This lies outside Japan: {cells}")
REASONS: dict[str, tuple[Severity, Text, Text]] = {
    codes.POSITION_MISSING: ("warning", Text("座標が空欄です。", "The coordinates are empty."), FILL_IN),
    codes.COORDINATE_INCOMPLETE: (
        "warning",
        Text("座標の一方が空欄です：{cells}", "One of the coordinates is empty: {cells}"),
        FILL_IN,
    ),
    codes.COORDINATE_UNREADABLE: (
        "warning",
        Text("座標として読めません：{cells}", "This is no coordinate: {cells}"),
        Text("例のように直してください：36.1461、36度8分46秒", "Write it like 36.1461 or 36°8'46\"."),
    ),
    codes.COORDINATE_SENTINEL: (
        "warning",
        Text("「不明」を表す値のようです：{cells}", 'This seems to stand for "not known": {cells}'),
        FILL_IN,
    ),
    codes.COORDINATE_OUTSIDE_JAPAN: (
        "warning",
        OUTSIDE_JAPAN,
        Text("桁や座標系を確かめてください。", "Check the digits and the coordinate system."),
    ),
    codes.CRS_UNKNOWN: (
        "warning",
        Text(
            "系番号が分からないため、位置を決められません：{cells}",
            "The zone is not known, so there is no position: {cells}",
        ),
        Text("座標系を指定して取り込み直してください。", "Import again and name the coordinate system."),
    ),
}
"""Why a row has no position: severity, message with "{cells}", what to do."""

NO_COORDINATES = (
    Text("座標の入った列が見つかりません。", "No columns with coordinates were found."),
    Text(
        "「緯度」「経度」または「X」「Y」の列を加えるか、位置を地図で指定してください。",
        "Add columns of latitude and longitude or of X and Y, or give the places on the map.",
    ),
)
SWAPPED_COLUMNS = Text(
    "緯度と経度の列が逆になっていたので、入れ替えて読みました。",
    "Latitude and longitude stood in each other's column and were exchanged.",
)
SWAPPED_ROW = Text(
    "緯度と経度が逆なので、入れ替えて読みました：{cells}", "Latitude and longitude were exchanged: {cells}"
)
COARSE = Text("座標の桁数が少なく、約{radius}mの幅があります：{cells}", "So few digits leave about {radius} m: {cells}")
DATUM_ASSUMED = (
    Text("測地系の記載がないため、世界測地系（JGD2011）として読みました。", "No datum is stated; JGD2011 was assumed."),
    Text(
        "日本測地系の台帳では約450mずれます。その場合は座標系を指定してください。",
        "In a ledger of the old Tokyo datum this is 450 m off: name the CRS then.",
    ),
)
DECIMAL = Text("小数の度", "decimal degrees")
SCALED = Text("度の10の{scale}乗倍", "degrees times 10^{scale}")
PACKED = Text(
    "区切りのない度分秒（例 36.0846 ＝ 36度08分46秒）", "degrees-minutes-seconds without marks (36.0846 = 36°08'46\")"
)
SECONDS = Text("通算の秒（例 130126 ＝ 36度08分46秒）", "seconds in all (130126 = 36°08'46\")")
MILLISECONDS = Text("通算のミリ秒（例 130126000 ＝ 36度08分46秒）", "milliseconds in all (130126000 = 36°08'46\")")
NOTATIONS = {"decimal": DECIMAL, "packed_dms": PACKED}
AXES_OTHERWISE = Text("XとYが逆", "X and Y exchanged")
EXCHANGED = Text("緯度と経度が逆", "latitude and longitude exchanged")
AS_HEADED = Text("緯度と経度は見出しのとおり", "latitude and longitude as their headers say")
NOTATION_RECOGNISED = Text("座標を{words}として読みました。", "Read the coordinates as {words}.")
NOTATION_DEVIATES = Text(
    "ほかの行は{words}ですが、この行は{here}として読みました：{cells}",
    "Other rows are {words}; this one was read as {here}: {cells}",
)
NOTATION_OF_ROW_UNCERTAIN = Text(
    "小数の度と度分秒が混じっていて、この行はどちらか分かりません。{words}として読みました：{cells}",
    "Decimal degrees and minutes are mixed here, and this row may be either; read as {words}: {cells}",
)
NOTATION_UNCERTAIN = Text(
    "座標が小数の度か、度分秒か、はっきりしません。{words}として読みました。",
    "Decimal degrees or minutes and seconds? Read as {words}.",
)
CRS_UNKNOWN = (
    Text("平面直角座標の系番号が分かりません。", "The zone of the plane coordinates is not known."),
    Text(
        "座標系を「第7系」のように指定して取り込み直してください。",
        'Import again and name the CRS, such as "EPSG:6675".',
    ),
)
CRS_UNSAID = Text(
    "「{header}」の欄「{cell}」からは分からないため、ほかの行と同じ{crs}として読みました：{cells}",
    'The cell "{cell}" of "{header}" does not tell; read as {crs}, as other rows are: {cells}',
)
ZONE_ASSUMED = Text(
    "系番号の記載がないため、位置から判断して{zone}として読みました。",
    "No zone is stated; by where the rows come to lie, {zone} was taken.",
)
ZONE_DOUBTED = (
    Text(
        "書かれた座標系（{chosen}）では、{where}。{other}なら{there}。書かれたとおりに置きました。",
        "In the stated CRS ({chosen}) {where}; in {other} {there}. They were placed as stated.",
    ),
    Text(
        "系番号を確かめ、違うときは座標系を指定して取り込み直してください。",
        "Check the zone; if it is wrong, import again and name the CRS.",
    ),
)
ZONE_LEFT = Text(
    "書かれた座標系（{zone}）では、多くの行がその区域の外になります。書かれたとおりに置きました。",
    "In the stated CRS ({zone}) most rows lie outside of its area of use. They were placed as stated.",
)
FROM_ADDRESSES = Text("住所から約{distance}離れます", "the rows lie {distance} from their addresses")
FROM_ADDRESSES_ELSEWHERE = Text("約{distance}です", "it is {distance}")
AMONG_THE_PLACED = Text(
    "取り込み済みのレイヤーのあたりに載るのは{share}です", "{share} of them lie where the other layers are"
)
WHERE_THEY_CAN_BE = Text("区域に入るのは{share}です", "{share} of them lie where they can be")
AXES_EXCHANGED = Text(
    "Xが東、Yが北の値のため、そのように読みました。", "X holds east and Y north, and they were read so."
)
AXES_BY_TOWNS = Text(
    "Xが東、Yが北なら町の近く、逆なら町から離れた所になるため、Xを東として読みました。",
    "With X to the east the rows lie beside towns, the other way round far from all: X was read as east.",
)
AXES_ASSUMED = Text(
    "Xを北、Yを東（測量の座標）として読みました。", "X was read as north and Y as east, as surveyors write."
)
SAY_THE_AXES = Text(
    "数か所を地図で確かめ、逆のときは「{column}」を東と指定して取り込み直してください"
    '（取り込みの画面で選ぶか、コマンドに --role "{column}=east" を付けます）。',
    'Check some places on the map. If it is the other way round, import again and say that "{column}" is east:'
    ' on the page of imports, or by --role "{column}=east".',
)
READINGS_COMPARED = Text(
    "座標を{chosen}として読みました（住所との差{distance}）。次の候補は{other}（差{other_distance}）。",
    "Read the coordinates as {chosen}, {distance} from the addresses; the next best is {other}, {other_distance}.",
)
READING_MARGIN_THIN = (
    Text(
        "座標を{chosen}として読みましたが、{other}でも住所との差はあまり変わりません（{distance}と{other_distance}）。",
        "The coordinates were read as {chosen}, but {other} fits about as well ({distance}, {other_distance}).",
    ),
    Text(
        "地図で数か所を確かめ、ずれていれば座標系を指定して取り込み直してください。",
        "Check some places on the map; if they are off, import again and name the CRS.",
    ),
)
MESH_SIZE_UNCERTAIN = (
    Text(
        "10桁のメッシュコードは250mとも100mとも読めます。250mとして読みました。",
        "Mesh codes of ten digits may mean cells of 250 m or of 100 m; 250 m was taken.",
    ),
    Text(
        "100mのときは、見出しを「100mメッシュ」にして取り込み直してください。",
        'If they are of 100 m, write "100m" into the header and import again.',
    ),
)
POSITION_IS_CELL = (
    Text(
        "メッシュコードから置きました（点はメッシュの中心、面はメッシュの範囲）。",
        "Placed by mesh codes: points in the middle of the cells, areas as the cells.",
    ),
    Text("現地または地図で位置を直してください。", "Put each into its place on the map or in the field."),
)
TOKYO_GRID_MISSING = (
    Text(
        "日本測地系の変換に使うTKY2JGDのファイルがないため、3パラメータで変換しました"
        "（誤差はふつう3m以内、所により9m、離島では最大800m）。",
        "TKY2JGD is missing, so the Tokyo datum was changed by three parameters"
        " (within 3 m as a rule, up to 9 m, on remote islands up to 800 m).",
    ),
    Text(
        "国土地理院のサイトからTKY2JGD（.par、.tif、.gsb のいずれか）を入手し、"
        "ワークスペースの grids フォルダーに置いて取り込み直してください。",
        "Get TKY2JGD (.par, .tif or .gsb) from the Geospatial Information Authority of Japan,"
        " put it into the folder grids of the workspace and import again.",
    ),
)
JGD2000_GRID_MISSING = (
    Text(
        "JGD2000からJGD2011への補正ファイルがないため、座標をそのまま使いました（東北で最大6m、中部・関東で1～2m）。",
        "The grid from JGD2000 to JGD2011 is missing; coordinates were kept"
        " (up to 6 m off in Tohoku, 1–2 m in Kanto and Chubu).",
    ),
    Text(
        "国土地理院のサイトから touhokutaiheiyouoki2011（.par、.tif、.gsb のいずれか）を入手し、"
        "grids フォルダーに置いてください。",
        "Get touhokutaiheiyouoki2011 (.par, .tif or .gsb) from the Geospatial Information Authority of Japan"
        " and put it into the folder grids.",
    ),
)
DATUM_FOUND = (
    Text(
        "測地系の記載がありません。住所と比べると全体に約{away}mずれるため、"
        "{found}として読みました（残りのずれ 約{rest}m）。",
        "No datum is stated. All rows lie {away} m beside their addresses, so {found} was taken ({rest} m remain).",
    ),
    Text("違うときは座標系を指定して取り込み直してください。", "If that is wrong, import again and name the CRS."),
)
DATUMS_TOLD = Text(
    "2組の座標は日本測地系と世界測地系のずれのとおりに離れているため、そのように読みました。",
    "The two sets of coordinates are as far apart as the Tokyo datum is from the new one, and were read so.",
)
DATUM_DOUBTED = (
    Text(
        "書かれた座標系では、住所と比べて全体に約{away}mずれます。{found}なら約{rest}mです。",
        "In the stated CRS all rows lie {away} m beside their addresses; in {found} it would be {rest} m.",
    ),
    Text("座標系を確かめてください。", "Check the CRS."),
)
FAR_FROM_ADDRESSES = (
    Text("多くの行が住所から遠く離れています。", "Most rows lie far from their addresses."),
    Text("座標系（系番号）や、XとYの列を確かめてください。", "Check the CRS, the zone and which column is X."),
)
COORDINATES_DISAGREE = Text(
    "2組の座標が約{distance}離れています。先に選んだ方に置きました。",
    "The two sets of coordinates are {distance} apart; the row lies by the one that was chosen.",
)
COORDINATES_MOSTLY_DISAGREE = Text(
    "2組の座標が{n_rows}行で離れています。同じ場所を表す列か、測地系が違わないか、確かめてください。",
    "Two sets of coordinates are apart in {n_rows} rows: do they tell the same place, in the datum that is stated?",
)
ADDRESS_DISAGREES = Text(
    "座標と住所が約{distance}離れています：{cells}／住所「{address}」（{name}）",
    'Coordinates and address are {distance} apart: {cells} / address "{address}" ({name})',
)
FITS_OTHERWISE = Text(
    "この行は、{words}として読むと住所に合います（差 約{distance}）。台帳を直すか、位置を確かめてください。",
    "Read as {words}, this row fits its address ({distance}): correct the ledger, or check the place.",
)
POSITION_FROM_ADDRESS = Text(
    "住所「{address}」から「{name}」に置きました（誤差 約{accuracy}）。",
    'Placed at "{name}" by the address "{address}" (within about {accuracy}).',
)
POSITIONS_FROM_ADDRESS = Text(
    "座標のない{n_rows}行を住所から置きました。", "{n_rows} rows without coordinates were placed by their addresses."
)
ADDRESS_NOT_FOUND = (
    Text("住所が辞書に見つかりません：「{address}」", 'The address is not in the gazetteer: "{address}"'),
    Text("住所を確かめるか、位置を地図で指定してください。", "Check the address or give the place on the map."),
)
OUTSIDE_AREA = Text("区域の外になります：{cells}", "This lies outside the area: {cells}")
SWAPPED_GEOMETRY = Text(
    "緯度と経度が逆のようです（日本の範囲の外になります）：{cells}",
    "Latitude and longitude seem to be exchanged, for this lies outside Japan: {cells}",
)
SWAPPED_NOTE = Text("緯度と経度が逆のようです", "Latitude and longitude seem to be exchanged")
MANY_ROWS = Text("{words}（{n_rows}行）。", "{words} ({n_rows} rows).")
MOSTLY_OUTSIDE_AREA = Text(
    "ほとんどの行（{n_rows}行）が区域の外になります。", "Most rows ({n_rows}) lie outside the area."
)
CHECK_CITY_AND_CRS = Text(
    "作業フォルダーの市区町村と、台帳の座標系（系番号、XとY）を確かめてください。",
    "Check the city of the workspace, and the ledger's CRS, zone and axes.",
)
ON_ZONE_ORIGIN = Text(
    "平面直角座標の原点にあたります（X=0、Y=0の変換）：{cells}",
    "This is the origin of a zone of plane coordinates: {cells}",
)
IDENTICAL_POSITIONS = Text("同じ位置に{n_rows}行あります：{cells}", "{n_rows} rows share this position: {cells}")
IDENTICAL_POSITIONS_ELSEWHERE = Text(
    "住所の違う{n_rows}行が同じ位置にあります：{cells}／住所「{address}」",
    '{n_rows} rows of different addresses share this position: {cells} / address "{address}"',
)
GRID_GAP = (
    Text(
        "{n_rows}行は補正ファイルに値のない場所です。概略の変換をしました。",
        "{n_rows} rows lie where the grid has no values; a rougher way was taken.",
    ),
    Text("位置の精度を確かめてください。", "Check the accuracy of these places."),
)


OPERATION_WORDS = {
    "tokyo": "日本測地系",
    "jgd2000": "JGD2000",
    "jgd2011": "JGD2011",
    "three parameters (EPSG:15484)": "3パラメータ",
    "where ": "",
    " has no values": "に値のない場所",
    "unchanged, no grid": "補正なし",
    "unchanged outside the movement of 2011": "補正の対象外",
    "unchanged ": "補正なし、",
}
"""Words of datum operations, for the notes of rows."""


def fill(text: Text, **words: object) -> Text:
    """Puts words into a sentence; a `Text` goes in by its language."""
    ja = {name: word.ja if isinstance(word, Text) else word for name, word in words.items()}
    en = {name: word.en if isinstance(word, Text) else word for name, word in words.items()}
    return Text(text.ja.format(**ja), text.en.format(**en))


def doubt_of_row(title: str) -> str:
    """The words of a note that make a crew look at one place."""
    return f"{CHECK}{title}"


def doubt_of_all(title: str) -> str:
    """The words of the notes of all rows for what the office answers once: no crew is sent to each of them."""
    return f"{CHECK_OF_ALL}{title}"


def is_doubted(note: str | None) -> bool:
    """Does the note of a place send a crew to it?"""
    return CHECK in (note or "").replace(CHECK_OF_ALL, "")


def told_once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Leaves out what is told of single rows and of the whole table, too: that is in the notes of the rows."""
    problems = tuple(problems)
    of_all = {one.code for one in problems if one.row_number is None} & DOUBTS_OF_ROWS
    return tuple(one for one in problems if one.row_number is None or one.code not in of_all)


def doubts_of_rows(problems: Iterable[Problem]) -> dict[int, str]:
    """What the note of a row says is doubted of its place, in Japanese, by row number.

    What is told of the whole table, too, is one mistake and no crew's question.
    """
    told = [one for one in problems if one.code in DOUBTS_OF_ROWS]
    of_all = {one.code for one in told if one.row_number is None}
    words: dict[int, str] = {}
    for is_of_all, say in ((True, doubt_of_all), (False, doubt_of_row)):
        for one in told:
            if one.row_number is not None and (one.code in of_all) == is_of_all:
                words[one.row_number] = say(codes.TITLES[one.code].ja)
    return words


def format_distance(metres: float) -> str:
    """Writes a distance as people say it: 350m, 2.4km."""
    return (
        f"{metres:.0f}m" if metres < 1000 else f"{metres / 1000:.1f}km" if metres < 10_000 else f"{metres / 1000:.0f}km"
    )
