"""防犯灯台帳.xlsx: titles, two header rows, merged cells, sections, subtotals, 〃, years of eras, footnotes."""

from datetime import date
from pathlib import Path

from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from maker.chance import Chance
from maker.city import Site, sites_along
from maker.truth import Truth
from maker.writing import CellValue, head, in_era, new_sheet, save

NAME = "防犯灯台帳.xlsx"
TOWNS = {"上川端町": 16, "城見町": 14, "桜橋町": 18, "駅前町": 15, "南山町": 9}
COLUMNS = 13
LAMPS = {"LED": "LED", "ＬＥＤ": "LED", "蛍光灯": "蛍光灯", "FL": "蛍光灯", "水銀灯": "水銀灯"}
STATES = {"点灯": "点灯", "正常": "点灯", "良好": "点灯", "球切れ": "球切れ", "不点": "球切れ", "撤去済": "撤去"}
DAYS = [
    *(date(1986, 10, 1), date(1989, 1, 7), date(1989, 6, 1), date(2003, 4, 1), date(2008, 11, 5)),
    *(date(2014, 3, 20), date(2019, 5, 1), date(2020, 3, 31), date(2024, 12, 10)),
]


def write_lights(ledgers: Path, expected: Path) -> None:
    """Writes the ledger and what is to be read in it."""
    chance = Chance("lights")
    book, sheet = new_sheet("防犯灯", [8, 12, 14, 14, 10, 8, 16, 10, 16, 12, 12, 24, 10])
    truth = Truth(NAME, "street_light", None, "防犯灯", [3, 4], "lonlat_columns", "EPSG:6668")
    _write_top(sheet, truth)
    row, number = 5, 0
    n_all = power_all = 0
    for town, n_lights in TOWNS.items():
        sheet.cell(row, 1, f"■ {town}町内会").font = Font(bold=True)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=COLUMNS)
        truth.skipped.append((row, "section"))
        row += 1
        here = [site for site in sites_along(("street", "main"), 48, 5.0) if site.town == town]
        above: dict[int, CellValue] = {}
        power = 0
        for site in chance.some_of(here, n_lights):
            number += 1
            power += _write_light(sheet, truth, chance, row, number, site, above)
            row += 1
        _write_total(sheet, row, "小計", n_lights, power)
        truth.skipped.append((row, "subtotal"))
        row += 1
        n_all, power_all = n_all + n_lights, power_all + power
    _write_total(sheet, row, "合計", n_all, power_all)
    truth.skipped.append((row, "total"))
    for note in (
        "※1 状態は令和7年4月の夜間点検によります。",
        "※2 位置はタブレットの測位によるもので、誤差は5m程度です。",
    ):
        row += 1
        sheet.cell(row, 1, note)
        truth.skipped.append((row, "footnote"))
    save(book, ledgers / NAME)
    truth.write(expected)


def _write_top(sheet: Worksheet, truth: Truth) -> None:
    sheet.cell(1, 1, "令和７年度　防犯灯管理台帳").font = Font(bold=True, size=16)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=COLUMNS)
    sheet.cell(2, 1, "令和7年4月1日現在　危機管理課(架空の台帳です)")
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=COLUMNS)
    truth.skipped += [(1, "title"), (2, "title")]
    single = {1: "番号", 4: "電柱番号", 7: "設置年月日", 8: "状態", 9: "管理自治会", 12: "備考", 13: "写真"}
    for column, name in single.items():
        sheet.cell(3, column, name)
        sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    for column, group, names in (
        (2, "設置場所", ("町名", "番地")),
        (5, "灯具", ("灯種", "W数")),
        (10, "位置", ("緯度", "経度")),
    ):
        sheet.cell(3, column, group)
        sheet.merge_cells(start_row=3, end_row=3, start_column=column, end_column=column + 1)
        for place, name in enumerate(names):
            sheet.cell(4, column + place, name)
    head(sheet, (3, 4), COLUMNS)
    sheet.freeze_panes = "A5"


def _write_light(
    sheet: Worksheet, truth: Truth, chance: Chance, row: int, number: int, site: Site, above: dict[int, CellValue]
) -> int:
    """Writes one light; gives its watts. `above` holds what the row above means in the columns that may repeat."""
    ledger_number = f"{number:04}"
    lamp = chance.one_of([*LAMPS, "LED", "LED"])
    watts = chance.one_of((10, 10, 20, 40))
    day = chance.one_of(DAYS)
    if above and chance.happens(0.55):
        lamp = str(above[5])
        day = next(candidate for candidate in DAYS if candidate == above[7])
    state = chance.one_of([*STATES, "点灯", "点灯", "点灯"])
    community = f"{site.town}町内会"
    pole = f"{site.town[0]}{1 + number // 9}-{1 + number % 9}" if chance.happens(0.8) else None
    remarks = chance.one_of((None, None, None, "樹木の枝がかかる", "支柱に傾きあり", "LED化は令和8年度予定"))
    cells: dict[int, CellValue] = {
        1: ledger_number,
        2: site.town,
        3: site.number,
        4: pole,
        5: lamp,
        8: state,
        12: remarks,
    }
    cells[6] = (watts, f"{watts}W", f"{watts}Ｗ")[chance.whole(0, 2)]
    cells[7] = in_era(day, chance.one_of(("short", "short", "long", "wide")))
    cells[9] = community
    repeatable: dict[int, CellValue] = {5: lamp, 7: day, 9: community}
    for column, value in repeatable.items():
        if above.get(column) == value:
            cells[column] = "〃"
        above[column] = value
    fields = {
        "ledger_number": ledger_number,
        "address_town": site.town,
        "address_number": site.number,
        "pole_number": pole,
        "lamp": LAMPS[lamp],
        "power_w": watts,
        "installed_on": day.isoformat(),
        "status": STATES[state],
        "community": community,
        "remarks": remarks,
    }
    if number % 17 == 0:
        truth.unlocated(row, "position_missing", **fields)
    else:
        lon, lat = site.degrees
        cells[10], cells[11] = round(lat, 6), round(lon, 6)
        truth.loaded(row, (round(lon, 6), round(lat, 6)), **fields)
    for column, cell in cells.items():
        sheet.cell(row, column, cell)
    return watts


def _write_total(sheet: Worksheet, row: int, word: str, n_lights: int, power: int) -> None:
    sheet.cell(row, 1, word)
    sheet.cell(row, 4, f"{n_lights}灯")
    sheet.cell(row, 6, power)
