"""How ledgers are corrupted on their way into a GIS: one test for each known case, by its number.

The numbers are those of the list of fifty cases the project was begun with. Cases 30 to 35 are about places
(tests/locate), 38 and 39 about importing again and about conflicts (tests/sync, tests/workspace), 41 to 44 about paper.
"""

import datetime
import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import Font

from gis_capture import create_workspace
from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, Table, codes, read_ledger
from gis_capture.ledger.values.dates import DateReading, parse_date
from tests.ledger.conftest import column, names, only_table, skipped
from tests.ledger.test_dbf import dbf_bytes

ReadText = Callable[..., Reading]
ReadRows = Callable[..., Table]
ReadBook = Callable[..., Reading]


def stored(tmp_path: Path, path: Path) -> tuple[dict[str, list[Any]], list[str]]:
    """Converts a ledger into a layer of its own and reads it back: values by title, and the codes of all problems."""
    with create_workspace(tmp_path / "city") as workspace:
        conversion = workspace.convert(path, layer="generic")
        frame = workspace.read_layer(conversion.layer)
        layer = workspace.known_layer(conversion.layer)
    titles = {field.name: field.title.ja for field in layer.fields}
    found = {title: [_plain(v) for v in frame[name]] for name, title in titles.items() if name in frame}
    return found, [problem.code for problem in conversion.problems]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def write(tmp_path: Path, text: str, *, encoding: str = "utf-8", name: str = "独自台帳.csv") -> Path:
    """Writes a text as a file."""
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def write_book(tmp_path: Path, rows: Sequence[Sequence[Any]], **formats: str) -> Path:
    """Writes rows as a workbook; `formats` are number formats by cell."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    for cell, code in formats.items():
        book.worksheets[0][cell].number_format = code
    book.save(tmp_path / "独自台帳.xlsx")
    return tmp_path / "独自台帳.xlsx"


@pytest.mark.parametrize("damaged", [datetime.datetime(2024, 5, 5), "5月5日"])
def test_case_01_a_lot_number_that_became_a_date(tmp_path: Path, damaged: Any) -> None:
    """5-5 in a column of lot numbers is told, as a date cell and as the text a spreadsheet left."""
    rows: list[list[Any]] = [["番号", "所在地", "地番"], [1, "本町", "5-4"], [2, "本町", damaged], [3, "本町", "12-1"]]
    found, problems = stored(tmp_path, write_book(tmp_path, rows))
    assert "excel_date_damage" in problems
    assert [value for at, value in enumerate(found["地番"]) if at != 1] == ["5-4", "12-1"]


@pytest.mark.parametrize("others", [["5番7", "0123-4"], ["本町 3", "不明"], ["7番地の2", "8の1"]])
def test_case_01_among_lots_of_any_writing(tmp_path: Path, others: list[str]) -> None:
    """Where the column is called so, a date is damage whatever else is in it."""
    lots: list[Any] = [*others, datetime.datetime(2024, 5, 5)]
    rows: list[list[Any]] = [["番号", "所在地", "地番"], *([n, "本町", lot] for n, lot in enumerate(lots))]
    assert "excel_date_damage" in stored(tmp_path, write_book(tmp_path, rows))[1]


def test_case_02_an_id_that_became_scientific(tmp_path: Path) -> None:
    """It is told and stays a text."""
    found, problems = stored(tmp_path, write(tmp_path, "施設ID,名称\n1.23E+15,甲\n1.24E+15,乙\n"))
    assert "excel_scientific" in problems
    assert found["施設ID"] == ["1.23E+15", "1.24E+15"]


def test_case_03_zeros_in_front(tmp_path: Path, read_book: ReadBook) -> None:
    """As a text, by a number format, in CSV: all stay."""
    found, _ = stored(tmp_path, write(tmp_path, "番号,名称\n001,甲\n010,乙\n"))
    assert found["台帳番号"] == ["001", "010"]

    def dress(sheet: Any) -> None:
        sheet["A3"].number_format = "000"

    book = read_book([["番号", "名称"], ["001", "甲"], [2, "乙"]], dress=dress)
    assert column(only_table(book), "番号") == ["001", "002"]


def test_case_04_ids_of_sixteen_digits(tmp_path: Path) -> None:
    """They are no numbers: not one digit changes."""
    found, _ = stored(tmp_path, write(tmp_path, "番号,名称\n1234567890123456,甲\n1234567890123457,乙\n"))
    assert found["台帳番号"] == ["1234567890123456", "1234567890123457"]


def test_case_05_serial_numbers_of_dates(tmp_path: Path, read_book: ReadBook) -> None:
    """Around the day that never was, in a book that counts from 1904, times alone."""

    def dress(sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet.cell(row, 2).number_format = "yyyy/m/d"
        sheet["B5"].number_format = "h:mm"

    rows = [["番号", "値"], [1, 59], [2, 61], [3, 45387], [4, 0.5]]
    table = only_table(read_book(rows, dress=dress))
    assert column(table, "値") == ["1900-02-28", "1900-03-01", "2024-04-05", "12:00:00"]
    book = openpyxl.Workbook()
    book.epoch = datetime.datetime(1904, 1, 1)
    for row in (["番号", "日付"], [1, datetime.datetime(2024, 4, 5)], [2, datetime.datetime(1904, 1, 2)]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "b.xlsx")
    assert column(only_table(read_ledger(tmp_path / "b.xlsx")), "日付") == ["2024-04-05", "1904-01-02"]


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("R6.4.1", "2024-04-01", "day"),
        ("令和元年5月1日", "2019-05-01", "day"),
        ("昭６３・３・３１", "1988-03-31", "day"),
        ("平成32年4月1日", "2020-04-01", "day"),
        ("S64.1.7", "1989-01-07", "day"),
        ("大正15.12.25", "1926-12-25", "day"),
        ("令和6年度", "2024-04-01", "fiscal_year"),
        ("㍻３年", "1991-01-01", "year"),
        ("昭和60年3月", "1985-03-01", "month"),
    ],
)
def test_case_06_years_of_eras(text: str, day: str, precision: str) -> None:
    """Every form with its precision; years beyond the end of an era too."""
    reading = parse_date(text)
    assert isinstance(reading, DateReading)
    assert (reading.first_day.isoformat(), reading.precision.replace("fiscal year", "fiscal_year")) == (day, precision)


def test_case_07_words_for_nothing(tmp_path: Path) -> None:
    """NA, NULL, nan and 無 are what somebody wrote."""
    found, _ = stored(tmp_path, write(tmp_path, "番号,備考\n1,NA\n2,NULL\n3,nan\n4,無\n5,None\n6,ある\n"))
    assert found["備考"] == ["NA", "NULL", "nan", "無", "None", "ある"]


def test_case_08_numbers_and_texts_in_one_column(tmp_path: Path) -> None:
    """75 does not become 75.0 because another row says φ75."""
    found, _ = stored(tmp_path, write_book(tmp_path, [["番号", "口径"], [1, 75], [2, "φ75"], [3, "75mm"]]))
    assert found["口径"] == ["75", "φ75", "75mm"]


def test_case_09_whole_numbers_with_a_blank(tmp_path: Path) -> None:
    """They stay whole, and the blank stays blank."""
    found, _ = stored(tmp_path, write(tmp_path, "番号,口径\n1,75\n2,\n3,100\n"))
    assert found["口径"] == [75, None, 100]
    assert str(found["口径"][0]) == "75"


def test_case_10_dates_and_truth_values_with_blanks(tmp_path: Path) -> None:
    """None of them becomes NULL on the way into the GeoPackage."""
    text = "番号,設置日,蓋の有無\n1,1985-04-01,○\n2,,\n3,2024-02-29,×\n"
    found, _ = stored(tmp_path, write(tmp_path, text))
    assert [str(value)[:10] if value is not None else None for value in found["設置日"]] == [
        "1985-04-01",
        None,
        "2024-02-29",
    ]
    assert [value for value in found["蓋の有無"] if value is None] == [None]


def test_case_11_merges_hidden_and_struck_out_rows(read_book: ReadBook) -> None:
    """Names over several columns, cells over several rows; hidden rows are told, struck-out ones left out."""

    def dress(sheet: Any) -> None:
        sheet.row_dimensions[4].hidden = True
        for cell in sheet[6]:
            cell.font = Font(strike=True)

    rows = [
        ["番号", "位置", None],
        [None, "町名", "地番"],
        [1, "本町", "1-1"],
        [2, None, "1-2"],
        [3, "旭町", "2"],
        [4, "旭町", "3"],
    ]
    table = only_table(read_book(rows, merges=["A1:A2", "B1:C1", "B3:B4"], dress=dress))
    assert names(table) == ["番号", "位置/町名", "位置/地番"]
    assert column(table, "位置/町名") == ["本町", "本町", "旭町"]
    assert {"hidden_rows", "struck_out_row"} <= {p.code for p in table.problems}


def test_case_12_ditto_marks_over_a_subtotal(read_rows: ReadRows) -> None:
    """A mark means the nearest row of data above, never a subtotal."""
    table = read_rows(
        [
            ["番号", "町名", "数量"],
            ["1", "本町", "2"],
            ["2", "〃", "3"],
            [None, "小計", "5"],
            ["3", "〃", "4"],
            ["4", "旭町", "1"],
        ]
    )
    assert "小計" not in column(table, "町名")
    assert column(table, "町名")[:2] == ["本町", "本町"]


def test_case_13_totals_are_no_features(read_rows: ReadRows) -> None:
    """Subtotals and totals are left out with their reason."""
    rows = [["番号", "町名", "数量"], ["1", "本町", "2"], ["2", "旭町", "3"], [None, "合計", "5"]]
    table = read_rows(rows)
    assert (len(table.row_numbers), skipped(table)[4]) == (2, "total")


def test_case_14_titles_footnotes_and_repeated_names(read_rows: ReadRows) -> None:
    """Each is left out with its reason."""
    head = ["番号", "町名", "数量"]
    table = read_rows(
        [
            ["消火栓台帳", None, None],
            head,
            ["1", "本町", "2"],
            head,
            ["2", "旭町", "3"],
            ["※令和6年4月現在", None, None],
        ]
    )
    assert column(table, "番号") == ["1", "2"]
    assert skipped(table)[4] == "repeated_header"
    assert skipped(table)[6] == "footnote"


def test_case_15_two_tables_side_by_side(read_book: ReadBook) -> None:
    """They are two tables."""
    rows: list[list[Any]] = [["番号", "名称", "延長", None, "コード", "意味"]]
    rows += [[n, f"路線{n}", 10 * n, None, *([f"k{n}", f"意味{n}"] if n < 3 else [None, None])] for n in range(1, 7)]
    tables = read_book(rows).tables
    assert [(names(t), len(t.row_numbers)) for t in tables] == [(["番号", "名称", "延長"], 6), (["コード", "意味"], 2)]


def test_case_16_line_breaks_and_wide_blanks_in_names(read_book: ReadBook) -> None:
    """They are no part of a name."""
    table = only_table(read_book([["番\n号", "所　在　地"], [1, "本町"], [2, "旭町"]]))
    assert [c.header for c in table.columns] == ["番号", "所在地"]


def test_case_17_a_name_that_stands_twice(read_text: ReadText) -> None:
    """Both columns are kept, and it is told."""
    table = only_table(read_text("番号,備考,備考\n1,甲,乙\n2,丙,丁\n"))
    assert [column(table, name) for name in names(table)[1:]] == [["甲", "丙"], ["乙", "丁"]]
    assert "repeated_column_name" in [p.code for p in table.problems]


def test_case_18_look_alikes_in_names(tmp_path: Path) -> None:
    """都道府県コ―ド with a dash and 連結標記 for 連結表記 find their fields."""
    from gis_capture.convert import inspect_source
    from gis_capture.definitions import read_layers
    from gis_capture.resources import layers_dir

    text = "ＡＥＤの名称,所在地＿連結標記,緯度,経度,設置位置\n甲,高山市本町1,36.1,137.2,玄関\n"
    inspected = inspect_source(write(tmp_path, text, name="AED.csv"), layers=read_layers(layers_dir())).tables[0]
    assert "所在地＿連結標記" in inspected.fields
    assert inspected.coordinates.kind == "lonlat_columns"


def test_case_19_formulas_without_values(read_book: ReadBook) -> None:
    """Empty, and told with the cell."""
    table_reading = read_book([["番号", "値"], [1, "=1+1"], [2, 5]])
    assert column(only_table(table_reading), "値") == [None, "5"]
    assert [(p.code, p.cell) for p in table_reading.problems] == [(codes.FORMULA_WITHOUT_VALUE, "台帳!B2")]


def test_case_20_errors_of_formulas(tmp_path: Path) -> None:
    """#REF! is no text of the ledger."""
    path = write_book(tmp_path, [["番号", "値"], [1, "甲"], [2, "乙"]])
    broken = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sheet1.xml"):
                data = re.sub(rb'<c r="B3".*?</c>', b'<c r="B3" t="e"><v>#REF!</v></c>', data)
            new.writestr(name, data)
    path.write_bytes(broken.getvalue())
    reading = read_ledger(path)
    assert column(only_table(reading), "値") == ["甲", None]
    assert codes.ERROR_CELL in [p.code for p in reading.problems]


def test_case_21_letters_of_windows(read_text: ReadText) -> None:
    """Wave dashes, ①, 髙 by either of its codes, a backslash: code page 932, not Shift_JIS."""
    head = "番号,名称\n".encode("cp932")
    table = only_table(read_text(head + "1,①㈱髙﨑～－∥￠\n2,C:\\道\n".encode("cp932") + b"3,\xee\xe0\n4,\xfb\xfc\n"))
    assert column(table, "名称") == ["①㈱髙﨑～－∥￠", "C:\\道", "髙", "髙"]


def test_case_22_half_width_kana_in_euc(read_text: ReadText) -> None:
    """Not Korean, and not code page 932."""
    reading = read_text("番号,名称\n1,ﾎﾟﾝﾌﾟ\n".encode("euc_jp"))
    assert (reading.source.encoding, column(only_table(reading), "名称")) == ("euc_jp", ["ﾎﾟﾝﾌﾟ"])


def test_case_23_utf16_marks_and_mixtures(read_text: ReadText) -> None:
    """UTF-16 without a mark; a mark that is no part of the first name; two encodings in one file."""
    text = "番号,名称\n1,消火栓の台帳\n2,防火水槽\n"
    assert names(only_table(read_text(text.encode("utf-16-le")))) == ["番号", "名称"]
    assert names(only_table(read_text(text.encode("utf-8-sig")))) == ["番号", "名称"]
    mixed = only_table(read_text(text.encode("cp932") + "3,耐震性の水槽\n".encode()))
    assert column(mixed, "名称")[2] == "耐震性の水槽"


def test_case_24_rare_letters_reach_the_geopackage(tmp_path: Path) -> None:
    """Private use, beyond the basic plane, with a variation selector: the same code points come back."""
    rare = ["\ue000島", "𠮷野", "葛\U000e0100城", "髙﨑", "神"]
    found, problems = stored(
        tmp_path, write(tmp_path, "番号,名称\n" + "".join(f"{n},{t}\n" for n, t in enumerate(rare)))
    )
    assert found["名称"] == rare
    assert "gaiji_found" in problems


def test_case_25_dbf_letters_cut_in_half(tmp_path: Path) -> None:
    """Told with row and column; the rest of the text stays."""
    raw = "消火栓台帳".encode("cp932")[:9]
    path = tmp_path / "a.dbf"
    path.write_bytes(dbf_bytes([("名称", "C", 9)], [[raw]]))
    reading = read_ledger(path)
    assert column(only_table(reading), "名称") == ["消火栓台"]
    assert [(p.code, p.row_number, p.column) for p in reading.problems] == [(codes.TEXT_CUT_OFF, 1, "名称")]


def test_case_26_fixed_records_are_cut_by_bytes(tmp_path: Path) -> None:
    """Ten kanji are twenty bytes. Shifts of EBCDIC: see test_fixed_width."""
    (tmp_path / "a.dat").write_bytes("1消火栓一号".encode("cp932") + b"02")
    (tmp_path / "a.toml").write_text(
        'format = "gis-capture.layout/v1"\nencoding = "cp932"\n'
        + "".join(f'[[fields]]\nname = "{n}"\nbytes = {b}\n' for n, b in (("番号", 1), ("名称", 10), ("口数", 2))),
        "utf-8",
    )
    table = only_table(read_ledger(tmp_path / "a.dat"))
    assert [values[0] for values in table.values] == ["1", "消火栓一号", "02"]


def test_case_27_lot_numbers_are_not_normalised(tmp_path: Path) -> None:
    """Neither NFKC nor a dash that becomes a prolonged sound mark."""
    lots = ["１２３－４５", "①", "㈱高山", "神明町"]
    found, _ = stored(tmp_path, write(tmp_path, "番号,区画\n" + "".join(f"{n},{t}\n" for n, t in enumerate(lots))))
    assert found["区画"] == lots


def test_case_28_numerals_inside_town_names(tmp_path: Path) -> None:
    """三之町 is no 3之町."""
    towns = ["上三之町", "七日町", "千島町", "一之宮町", "八軒町"]
    found, _ = stored(tmp_path, write(tmp_path, "番号,町名\n" + "".join(f"{n},{t}\n" for n, t in enumerate(towns))))
    assert found["町名"] == towns


def test_case_29_dashes_that_look_alike(tmp_path: Path) -> None:
    """ー, － and 一 stay what they are in a text, and a number with any minus is one."""
    texts = ["2ー18", "2－18", "二丁目一八", "コーポ一番"]
    found, _ = stored(tmp_path, write(tmp_path, "番号,番地\n" + "".join(f"{n},{t}\n" for n, t in enumerate(texts))))
    assert found["番地"] == texts


@pytest.mark.parametrize("name", ["fid", "geom", "ogc_fid", "rowid", "a.b", "1列", "select", "名" * 80, "x" * 80])
def test_case_36_names_that_a_geopackage_does_not_take(tmp_path: Path, name: str) -> None:
    """The column is there under its title, its values whole."""
    found, _ = stored(tmp_path, write(tmp_path, f"番号,{name}\n1,甲\n2,乙\n"))
    assert ["甲", "乙"] in found.values()


def test_case_37_a_japanese_name_of_a_ledger(tmp_path: Path) -> None:
    """The layer can be read by GDAL."""
    import pyogrio

    with create_workspace(tmp_path / "city") as workspace:
        workspace.convert(write(tmp_path, "番号,緯度,経度\n1,36.1,137.2\n", name="消火栓（本町）.csv"), layer="generic")
    assert len(pyogrio.list_layers(tmp_path / "city" / "layers.gpkg")) > 0


def test_case_40_the_order_of_rows(tmp_path: Path) -> None:
    """Every row keeps its number in the ledger."""
    table = only_table(read_ledger(write(tmp_path, "番号,名称\n3,甲\n\n1,乙\n2,丙\n")))
    assert (list(table.row_numbers), column(table, "番号")) == ([2, 4, 5], ["3", "1", "2"])


def test_case_45_names_inside_zip_files(tmp_path: Path) -> None:
    """Code page 932 and backslashes."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x\\yy.csv", "番号,名称\n1,甲\n")
    data = (tmp_path / "a.zip").read_bytes().replace(b"x\\yy.csv", b"x\\" + "町".encode("cp932") + b".csv")
    (tmp_path / "a.zip").write_bytes(data)
    assert [table.name for table in read_ledger(tmp_path / "a.zip").tables] == ["町"]


@pytest.mark.parametrize("text", ["=1+1", "+81-577", "-3", "@SUM(A1)"])
def test_case_46_what_looks_like_a_formula(tmp_path: Path, text: str) -> None:
    """It is read as the text it is; what goes out is the matter of tests/report/test_export."""
    assert column(only_table(read_ledger(write(tmp_path, f"番号,備考\n1,{text}\n2,甲\n"))), "備考")[0] == text


def test_case_48_a_ledger_of_fifty_thousand_rows(tmp_path: Path) -> None:
    """Every row is there, and columns are lists, not a million objects of rows."""
    generator = random.Random(48)
    lines = [f"{n:05d},消火栓,{generator.randrange(100)},高山市本町{n}" for n in range(50_000)]
    table = only_table(read_ledger(write(tmp_path, "番号,種別,口径,所在地\n" + "\n".join(lines) + "\n")))
    assert len(table.row_numbers) == 50_000
    assert isinstance(table.row_numbers, range)
    assert table.values[0][-1] == "49999"


def test_case_49_a_workbook_with_a_password(tmp_path: Path) -> None:
    """The message says so."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    )
    with pytest.raises(SourceError) as caught:
        read_ledger(path)
    assert "パスワード" in caught.value.message.ja


@pytest.mark.parametrize(
    ("content", "driver"),
    [
        ("<html><table><tr><td>番号<td>名称<tr><td>1<td>甲</table></html>", "html"),
        ("番号,名称\n1,甲\n", "csv"),
        ("番号\t名称\n1\t甲\n", "tsv"),
    ],
)
def test_case_50_other_formats_under_the_name_xls(tmp_path: Path, content: str, driver: str) -> None:
    """The content decides, and it is told. XML and web archives: see test_disguised_workbooks."""
    reading = read_ledger(write(tmp_path, content, encoding="cp932", name="台帳.xls"))
    assert reading.source.driver == driver
    assert column(only_table(reading), "名称") == ["甲"]
    assert [p.code for p in reading.problems] == [codes.WRONG_EXTENSION]
