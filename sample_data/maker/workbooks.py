"""The other workbooks: カーブミラー台帳 (plane coordinates), 空家等台帳 (personal data), 公園台帳 (digits, units)."""

from datetime import date
from pathlib import Path

from openpyxl.styles import Font

from maker.basemap import PARKS, middle
from maker.chance import Chance
from maker.city import CENTRE_E, CENTRE_N, Site, site, sites_along, to_degrees
from maker.truth import Truth
from maker.writing import CellValue, head, in_era, new_sheet, save, wide

MIRROR_STATES = {
    "異常なし": "良",
    "良": "良",
    "鏡面くもり": "くもり",
    "ひび": "ひび・割れ",
    "支柱さび": "支柱腐食",
    "傾き": "傾き",
}
MIRROR_COLUMNS = [
    "管理番号",
    "路線名",
    "設置場所",
    "X座標\n(7系)",
    "Y座標\n(7系)",
    "面数",
    "形状",
    "規格",
    "支柱",
    "設置年度",
    "点検日",
    "状態",
    "備考",
]

HOUSE_RANKS = {"A": "A 良好", "B": "B 軽微な損傷", "Ｃ": "C 損傷あり", "C": "C 損傷あり", "D": "D 危険"}
HOUSE_KINDS = {"空家": "空家等", "空き家": "空家等", "管理不全空家": "管理不全空家等", "特定空家": "特定空家等"}
HOUSE_STRUCTURES = {"木造": "木造", "W造": "木造", "鉄骨": "鉄骨造", "RC造": "鉄筋コンクリート造", "土蔵": "土蔵造"}
OWNERS = ("見本 太郎", "見本 花子", "架空 一郎", "架空 春子", "例示 次郎", "例示 夏子", "(相続人調査中)")

PARK_KINDS = ("街区公園", "近隣公園", "都市緑地", "農村公園", "児童遊園")


def write_mirrors(ledgers: Path, expected: Path) -> None:
    """カーブミラー台帳.xlsx: plane rectangular zone VII in metres (X = north), real dates, two titles."""
    chance, name = Chance("mirrors"), "カーブミラー台帳.xlsx"
    truth = Truth(name, "traffic_mirror", None, "台帳", [3], "plane_xy", "EPSG:6675")
    book, sheet = new_sheet("台帳", [10, 16, 24, 13, 13, 7, 8, 10, 10, 10, 12, 12, 20])
    sheet.cell(1, 1, "道路反射鏡(カーブミラー)管理台帳").font = Font(bold=True, size=14)
    sheet.cell(2, 1, "座標は世界測地系(JGD2011)の平面直角座標です。Xが北、Yが東、単位はmです。")
    truth.skipped += [(1, "title"), (2, "title")]
    for column, title in enumerate(MIRROR_COLUMNS, 1):
        sheet.cell(3, column, title)
    head(sheet, (3,), len(MIRROR_COLUMNS))
    for number, spot in enumerate(chance.some_of(sites_along(("street", "lane", "main"), 95, -4.5), 60), 1):
        row = number + 3
        state = chance.one_of([*MIRROR_STATES, "異常なし", "異常なし"])
        shape = chance.one_of(("丸", "丸型", "角"))
        n_mirrors = chance.whole(1, 2)
        size = "600×800" if shape == "角" else chance.one_of(("φ600", "φ800", "φ1000"))
        day = date(2025, chance.whole(4, 11), chance.whole(1, 28))
        x, y = round(CENTRE_N + spot.n, 2), round(CENTRE_E + spot.e, 2)
        has_position = number not in (11, 37, 58)
        place = f"{spot.town}{spot.number}地先"
        cells: list[CellValue] = [f"M-{number:03}", spot.road, place, x, y, n_mirrors, shape, size]
        cells += [
            chance.one_of(("単柱", "電柱共架")),
            chance.one_of(("昭和60年度", "平成12年度", "H28", "令和3年度")),
            day,
            state,
        ]
        cells.append(chance.one_of((None, None, "通学路", "要望により設置")))
        if not has_position:
            cells[3] = cells[4] = None
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column, value)
        sheet.cell(row, 4).number_format = sheet.cell(row, 5).number_format = "#,##0.00"
        sheet.cell(row, 11).number_format = "yyyy/m/d"
        fields = {
            "ledger_number": f"M-{number:03}",
            "route_name": spot.road,
            "n_mirrors": n_mirrors,
            "shape": "角型" if shape == "角" else "丸型",
            "size": size,
            "inspected_on": day.isoformat(),
            "status": MIRROR_STATES[state],
        }
        if has_position:
            truth.loaded(row, spot.degrees, **fields)
        else:
            truth.unlocated(row, "position_missing", **fields)
    save(book, ledgers / name)
    truth.write(expected)


def write_houses(ledgers: Path, expected: Path) -> None:
    """空家等台帳.xlsx: owners (placeholders), rows with an address only, a struck-out row, eras by number format."""
    chance, name = Chance("houses"), "空家等台帳.xlsx"
    truth = Truth(name, "vacant_house", None, "空家等", [2, 3], "lonlat_columns", "EPSG:6668")
    book, sheet = new_sheet("空家等", [8, 30, 14, 10, 8, 11, 9, 14, 26, 16, 12, 26, 14, 12, 12])
    sheet.cell(1, 1, "空家等台帳(取扱注意)").font = Font(bold=True, size=14)
    truth.skipped.append((1, "title"))
    single = {1: "番号", 2: "所在地", 3: "区分", 4: "構造", 5: "階数", 6: "延床面積\n(㎡)", 7: "判定"}
    single |= {11: "相談日", 12: "相談内容", 13: "措置", 14: "緯度", 15: "経度"}
    for column, title in single.items():
        sheet.cell(2, column, title)
        sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    sheet.cell(2, 8, "所有者")
    sheet.merge_cells(start_row=2, end_row=2, start_column=8, end_column=10)
    for column, title in ((8, "氏名"), (9, "住所"), (10, "電話番号")):
        sheet.cell(3, column, title)
    head(sheet, (2, 3), 15)
    for number, spot in enumerate(chance.some_of(sites_along(("street", "lane"), 70, 11), 41), 1):
        row = number + 3
        kind, structure = chance.one_of(list(HOUSE_KINDS)), chance.one_of([*HOUSE_STRUCTURES, "木造"])
        rank = chance.one_of(list(HOUSE_RANKS))
        floors, area = chance.whole(1, 3), round(chance.between(45, 260), 1)
        day = date(2015 + chance.whole(0, 10), chance.whole(1, 12), chance.whole(1, 28))
        owner = chance.one_of(OWNERS)
        phone = f"0577-00-{2000 + number:04}" if owner[0] != "(" else None
        lon, lat = (round(degrees, 6) for degrees in spot.degrees)
        cells: list[CellValue] = [
            number,
            spot.address,
            kind,
            structure,
            floors,
            area,
            rank,
            owner,
            f"岐阜県高山市{spot.town}(架空)",
        ]
        cells += [phone, day, chance.one_of(("屋根材が落ちそう", "草木が道路に出ている", "動物が出入りする", None))]
        cells += [chance.one_of(("助言", "情報提供", "なし", None)), lat, lon]
        has_position = number % 4 != 1
        if not has_position:
            cells[13] = cells[14] = None
        for column, value in enumerate(cells, 1):
            sheet.cell(row, column, value)
        sheet.cell(row, 11).number_format = '[$-411]ggge"年"m"月"d"日";@'
        if number == 23:
            for column in range(1, 16):
                sheet.cell(row, column).font = Font(strike=True)
            truth.skipped.append((row, "struck_out"))
            continue
        fields = {
            "ledger_number": str(number),
            "address": spot.address,
            "kind": HOUSE_KINDS[kind],
            "structure": HOUSE_STRUCTURES[structure],
            "floor_area_m2": area,
            "status": HOUSE_RANKS[rank],
            "contacted_on": day.isoformat(),
            "owner_name": owner,
            "owner_phone": phone,
        }
        if has_position:
            truth.loaded(row, (lon, lat), **fields)
        else:
            truth.unlocated(row, "position_missing", **fields)
    save(book, ledgers / name)
    truth.write(expected)


def write_parks(ledgers: Path, expected: Path) -> None:
    """公園台帳.xlsx: full-width digits, units in values, kinds in cells merged over several rows, missing positions."""
    chance, name = Chance("parks"), "公園台帳.xlsx"
    truth = Truth(name, "park", None, "公園", [2], "lonlat_columns", "EPSG:6668")
    book, sheet = new_sheet("公園", [12, 8, 22, 28, 14, 16, 14, 14, 10, 22, 20])
    sheet.cell(1, 1, "都市公園等台帳　令和7年度版").font = Font(bold=True, size=14)
    truth.skipped.append((1, "title"))
    titles = [
        "種別",
        "番号",
        "公園名",
        "所在地",
        "面積\n(㎡)",
        "供用開始\n年月日",
        "緯度",
        "経度",
        "遊具数",
        "遊具",
        "備考",
    ]
    for column, title in enumerate(titles, 1):
        sheet.cell(2, column, title)
    head(sheet, (2,), len(titles))
    names: list[tuple[str, Site]] = [(title, site(middle(bounds))) for title, bounds in PARKS.items()]
    names += [
        (f"{s.town}ふれあい広場{n}", s)
        for n, s in enumerate(chance.some_of(sites_along(("main", "lane"), 210, 40), 13), 1)
    ]
    for number, (title, spot) in enumerate(names, 1):
        row = number + 2
        kind = PARK_KINDS[(number - 1) // 5]
        area = round(chance.between(400, 18000), 1)
        day = date(1965 + chance.whole(0, 58), chance.whole(1, 12), chance.whole(1, 28))
        n_playground = chance.whole(0, 7)
        lon, lat = (round(degrees, 6) for degrees in to_degrees((spot.e, spot.n)))
        if (number - 1) % 5 == 0:
            sheet.cell(row, 1, kind)
            sheet.merge_cells(start_row=row, end_row=min(row + 4, len(names) + 2), start_column=1, end_column=1)
        area_text = chance.one_of((f"{area:,}", f"{area:,}㎡", wide(f"{area:,}") + "㎡", f"{area}m2"))
        cells: list[CellValue] = [
            number,
            title,
            spot.address,
            area_text,
            in_era(day, chance.one_of(("long", "short", "wide"))),
        ]
        cells += [f"{lat:.6f}", f"{lon:.6f}"] if number % 6 else [None, None]
        if number % 6 == 3:
            cells[5], cells[6] = wide(f"{lat:.6f}"), wide(f"{lon:.6f}")
        cells += [
            wide(str(n_playground)) if number % 2 else n_playground,
            chance.one_of((None, "滑り台、鉄棒", "ブランコ、砂場")),
        ]
        for column, value in enumerate(cells, 2):
            sheet.cell(row, column, value)
        fields = {
            "ledger_number": str(number),
            "name": title,
            "kind": kind,
            "address": spot.address,
            "area_m2": area,
            "opened_on": day.isoformat(),
            "n_playground": n_playground,
        }
        if number % 6:
            truth.loaded(row, (lon, lat), **fields)
        else:
            truth.unlocated(row, "position_missing", **fields)
    save(book, ledgers / name)
    truth.write(expected)
