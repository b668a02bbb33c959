"""The CSV ledgers: 消防水利施設一覧, 公衆トイレ, AED, in the columns of the national standard datasets."""

from collections.abc import Sequence
from pathlib import Path

from maker.basemap import OFFICES, PARKS, SCHOOLS, middle
from maker.chance import Chance
from maker.city import Point, Site, at, site, sites_along
from maker.truth import Truth
from maker.writing import wide, write_csv

CITY_CODE = "212032"
YES_NO = {"有": True, "無": False}

HYDRANT_COLUMNS = (
    "全国地方公共団体コード,ID,地方公共団体名,種別,所在地_全国地方公共団体コード,町字ID,所在地_連結表記,所在地_都道府県,"
    "所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),緯度,経度,口径,備考"
)
HYDRANT_KINDS = {"消火栓": "消火栓", "公設消火栓": "消火栓", "防火水そう": "防火水槽", "防火水槽": "防火水槽"}
HYDRANT_KINDS |= {"耐震性貯水槽": "耐震性貯水槽", "プール": "プール", "河川": "河川・溝等"}
HYDRANT_REMARKS = (
    None,
    None,
    None,
    "㈱見本製作所の南側",
    "髙台の集会所の前",
    "冬期は雪囲いあり",
    "ふたの色は黄\n鍵は分団①が保管",
)
NO_POSITION = {
    7: ("", "", "position_missing"),
    19: ("0", "0", "coordinate_sentinel"),
    33: ("36.142851", "", "coordinate_incomplete"),
    52: ("不明", "不明", "coordinate_unreadable"),
    68: ("", "", "position_missing"),
}

TOILET_COLUMNS = (
    "全国地方公共団体コード,ID,地方公共団体名,名称,名称_カナ,名称_英語,所在地_全国地方公共団体コード,町字ID,所在地_連結表記,"
    "所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),設置位置,緯度,経度,高度の種別,高度の値,"
    "男性トイレ総数,男性トイレ数（小便器）,男性トイレ数（和式）,男性トイレ数（洋式）,女性トイレ総数,女性トイレ数（和式）,"
    "女性トイレ数（洋式）,男女共用トイレ総数,男女共用トイレ数（和式）,男女共用トイレ数（洋式）,バリアフリートイレ数,"
    "車椅子使用者用トイレ有無,乳幼児用設備設置トイレ有無,オストメイト設置トイレ有無,利用開始時間,利用終了時間,"
    "利用可能時間特記事項,画像,画像_ライセンス,備考"
)

AED_COLUMNS = (
    "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,住所,方書,緯度,経度,設置位置,電話番号,内線番号,"
    "法人番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,小児対応設備の有無,URL,備考"
)


def write_hydrants(ledgers: Path, expected: Path) -> None:
    """消防水利施設一覧.csv: cp932 with its own characters, decimal degrees, leading zeros, rows without position."""
    chance, name = Chance("hydrants"), "消防水利施設一覧.csv"
    truth = Truth(name, "fire_hydrant", "cp932", None, [1], "lonlat_columns", "EPSG:6668")
    rows: list[Sequence[object]] = [HYDRANT_COLUMNS.split(",")]
    for number, spot in enumerate(chance.some_of(sites_along(("street", "main", "lane"), 110, -5.5), 80), 1):
        kind = chance.one_of([*HYDRANT_KINDS, "消火栓", "消火栓", "消火栓"])
        diameter = chance.one_of((65, 75, 100, 150)) if "消火栓" in kind else None
        written = diameter and chance.one_of(
            (str(diameter), str(diameter), f"φ{diameter}", f"{diameter}mm", wide(str(diameter)))
        )
        remarks = chance.one_of(HYDRANT_REMARKS)
        lon, lat = (round(degrees, 6) for degrees in spot.degrees)
        lat_text, lon_text, reason = NO_POSITION.get(number, (f"{lat:.6f}", f"{lon:.6f}", ""))
        cells: dict[object, object] = {
            "全国地方公共団体コード": CITY_CODE, "ID": f"{number:05}", "地方公共団体名": "岐阜県高山市",
            "種別": kind, "所在地_全国地方公共団体コード": CITY_CODE, "所在地_連結表記": spot.address,
            "所在地_都道府県": "岐阜県", "所在地_市区町村": "高山市", "所在地_町字": spot.town,
            "所在地_番地以下": spot.number, "緯度": lat_text, "経度": lon_text, "口径": written,
            "備考": remarks,
        }  # fmt: skip
        rows.append([cells.get(column) for column in rows[0]])
        fields = {
            "ledger_number": f"{number:05}",
            "kind": HYDRANT_KINDS[kind],
            "diameter_mm": diameter,
            "address": spot.address,
            "address_town": spot.town,
        }
        if remarks is None or "\n" not in remarks:
            fields["remarks"] = remarks
        if reason:
            truth.unlocated(number + 1, reason, **fields)
        else:
            truth.loaded(number + 1, (lon, lat), **fields)
    write_csv(ledgers / name, rows, "cp932")
    truth.write(expected)


def write_toilets(ledgers: Path, expected: Path) -> None:
    """公衆トイレ.csv: UTF-8 with a byte order mark, degrees-minutes-seconds in four ways, full-width brackets."""
    chance, name = Chance("toilets"), "公衆トイレ.csv"
    truth = Truth(name, "public_toilet", "utf-8-sig", None, [1], "dms_columns", "EPSG:6668")
    rows: list[Sequence[object]] = [TOILET_COLUMNS.split(",")]
    spots: list[tuple[str, Point]] = [(f"{park}トイレ", middle(bounds)) for park, bounds in PARKS.items()]
    spots += [("見本駅前公衆トイレ", (-960, 185)), ("中央橋観光トイレ", at(62, 128))]
    spots += [
        (f"{s.town}{n}号公衆トイレ", (s.e, s.n))
        for n, s in enumerate(chance.some_of(sites_along(("main",), 330, 9), 10), 1)
    ]
    for number, (title, point) in enumerate(spots, 1):
        spot = site(point)
        lon, lat = (_seconds(degrees) for degrees in spot.degrees)
        n_men = chance.whole(1, 4)
        n_accessible = chance.whole(0, 1)
        answers = [chance.one_of(("有", "無")) for _ in range(3)]
        cells: dict[object, object] = {
            "全国地方公共団体コード": CITY_CODE, "ID": f"T{number:03}", "地方公共団体名": "岐阜県高山市",
            "名称": title, "所在地_連結表記": spot.address, "所在地_都道府県": "岐阜県",
            "所在地_市区町村": "高山市", "所在地_町字": spot.town, "所在地_番地以下": spot.number,
            "緯度": _write_angle(lat, number, "北緯"), "経度": _write_angle(lon, number, "東経"),
            "男性トイレ総数": n_men, "男性トイレ数（小便器）": n_men - 1, "女性トイレ総数": chance.whole(1, 4),
            "バリアフリートイレ数": n_accessible, "車椅子使用者用トイレ有無": answers[0],
            "乳幼児用設備設置トイレ有無": answers[1], "オストメイト設置トイレ有無": answers[2],
            "利用開始時間": "00:00", "利用終了時間": "24:00",
            "利用可能時間特記事項": chance.one_of((None, None, "12月から3月までは閉鎖")),
        }  # fmt: skip
        rows.append([cells.get(column) for column in rows[0]])
        fields = {
            "ledger_number": f"T{number:03}",
            "name": title,
            "address": spot.address,
            "n_men": n_men,
            "n_men_urinal": n_men - 1,
            "n_accessible": n_accessible,
            "has_wheelchair": YES_NO[answers[0]],
            "has_infant": YES_NO[answers[1]],
            "has_ostomate": YES_NO[answers[2]],
            "opening_time": "00:00",
        }
        truth.loaded(number + 1, (round(lon / 3600, 8), round(lat / 3600, 8)), **fields)
    write_csv(ledgers / name, rows, "utf-8-sig")
    truth.write(expected)


def _seconds(degrees: float) -> float:
    """Whole angle in seconds, one decimal (about 3 m)."""
    return round(degrees * 3600, 1)


def _write_angle(seconds: float, number: int, word: str) -> str:
    tenths = round(seconds * 10)
    degrees, minutes, rest = tenths // 36000, tenths // 600 % 60, tenths % 600 / 10
    if number % 8 == 3:
        return f"{degrees}度{minutes}分{rest:.1f}秒"
    if number % 8 == 5:
        return f"{word}{degrees}°{minutes:02}′{rest:04.1f}″"
    if number % 8 == 7:
        return f"{wide(str(degrees))}°{wide(f'{minutes:02}')}′{wide(f'{rest:04.1f}')}″"
    return f"{degrees}°{minutes:02}'{rest:04.1f}\""


def write_aeds(ledgers: Path, expected: Path) -> None:
    """AED.csv: UTF-8 without mark, the old standard's columns, two devices in one building, blank lines at the end."""
    chance, name = Chance("aeds"), "AED.csv"
    truth = Truth(name, "aed", "utf-8", None, [1], "lonlat_columns", "EPSG:6668")
    rows: list[Sequence[object]] = [AED_COLUMNS.split(",")]
    places: list[tuple[str, Site]] = [(title, site(middle(bounds))) for title, bounds in {**OFFICES, **SCHOOLS}.items()]
    places.insert(1, places[0])
    found = chance.some_of(sites_along(("main", "lane"), 260, 12), 22)
    kinds = ("公民館", "保育園", "集会所", "体育館", "診療所")
    places += [(f"{spot.town}{kinds[n % 5]}", spot) for n, spot in enumerate(found)]
    for number, (title, spot) in enumerate(places, 1):
        lon, lat = (round(degrees, 7) for degrees in spot.degrees)
        answer = chance.one_of(("有", "無"))
        where = chance.one_of(("1階玄関ホール", "１階　事務室前", "2階受付", "体育館入口"))
        days = chance.one_of(("月火水木金", "月火水木金土日"))
        row = number + 1
        has_position = number not in (9, 24)
        cells: dict[object, object] = {
            "都道府県コード又は市区町村コード": CITY_CODE, "NO": f"{number:010}", "都道府県名": "岐阜県",
            "市区町村名": "高山市", "名称": title, "住所": spot.address,
            "緯度": f"{lat:.7f}" if has_position else None, "経度": f"{lon:.7f}" if has_position else None,
            "設置位置": where, "電話番号": f"0577-00-{1000 + 7 * number:04}", "団体名": "高山市",
            "利用可能曜日": days, "開始時間": "8:30", "終了時間": "17:15", "小児対応設備の有無": answer,
        }  # fmt: skip
        rows.append([cells.get(column) for column in rows[0]])
        fields = {
            "ledger_number": f"{number:010}",
            "name": title,
            "address": spot.address,
            "phone": cells["電話番号"],
            "available_days": days,
            "opening_time": "8:30",
            "has_pediatric": YES_NO[answer],
        }
        if has_position:
            truth.loaded(row, (lon, lat), **fields)
        else:
            truth.unlocated(row, "position_missing", **fields)
    for _ in range(2):
        rows.append([None] * len(rows[0]))
        truth.skipped.append((len(rows), "blank"))
    write_csv(ledgers / name, rows, "utf-8")
    truth.write(expected)
