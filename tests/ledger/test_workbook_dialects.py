"""Workbooks as few programs write them: strict OOXML, rich and phonetic texts, and Excel of before 1993."""

import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from gis_capture.errors import SourceError
from gis_capture.ledger import codes, read_ledger
from tests.ledger.conftest import column, only_table

STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}
READING = '<rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>'


def write_book(path: Path, change: Callable[[str, str], str]) -> None:
    """A workbook with numbers, a text, a day, a formula and a comment, its parts (name, text) changed."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["番号", "名称", "日付", "式"])
    for number in (1, 2, 3):
        sheet.append([number, "東京", 45383, f"=A{number + 1}*2"])
        sheet.cell(number + 1, 1).number_format = "000"
        sheet.cell(number + 1, 3).number_format = "yyyy/m/d"
    sheet["B3"].comment = Comment("要確認", "係")
    book.save(path.with_suffix(".tmp"))
    with zipfile.ZipFile(path.with_suffix(".tmp")) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name).decode("utf-8")))


def test_strict_ooxml_is_read_as_any_other(tmp_path: Path) -> None:
    """ISO 29500 strict: other namespaces, dates as ISO 8601; number formats and comments are found all the same."""

    def change(name: str, text: str) -> str:
        for old, new in STRICT.items():
            text = text.replace(old, new)
        return re.sub(
            r'<c r="C2" s="(\d+)"[^>]*><v>[^<]*</v></c>', r'<c r="C2" s="\1" t="d"><v>2024-04-01</v></c>', text
        )

    write_book(tmp_path / "a.xlsx", change)
    table = only_table(read_ledger(tmp_path / "a.xlsx"))
    assert [list(values)[:2] for values in table.values[:3]] == [["001", "002"], ["東京"] * 2, ["2024-04-01"] * 2]
    assert [p.cell for p in (*table.problems, *table.notes) if p.code == codes.CELL_COMMENT] == ["Sheet!B3"]


def test_how_kanji_are_read_is_no_part_of_a_text(tmp_path: Path) -> None:
    """Phonetic runs of shared, inline and commented texts; the runs of rich text are one text."""

    def change(name: str, text: str) -> str:
        if name == "xl/sharedStrings.xml":
            runs = f"<si><r><t>東</t></r><r><rPr><b/></rPr><t>京</t></r>{READING}</si>"
            text = text.replace("<si><t>東京</t></si>", runs)
        if name.endswith("sheet1.xml"):
            inline = f'<c r="B4" t="inlineStr"><is><r><t>大</t></r><r><t>阪</t></r>{READING}</is></c>'
            text = re.sub(r'<c r="B4"[^>]*>.*?</c>', inline, text)
        return re.sub(r"(<t[^>]*>要確認</t>)", rf"\1{READING}", text) if "comment" in name else text

    write_book(tmp_path / "a.xlsx", change)
    table = only_table(read_ledger(tmp_path / "a.xlsx"))
    assert column(table, "名称") == ["東京", "東京", "大阪"]
    told = [p.message.ja for p in (*table.problems, *table.notes) if p.code == codes.CELL_COMMENT]
    assert len(told) == 1 and "要確認" in told[0] and "トウキョウ" not in told[0]


def test_shared_formulas_without_results_are_told(tmp_path: Path) -> None:
    """A program that does not calculate wrote the workbook: nothing is made up."""

    def change(name: str, text: str) -> str:
        bare = r'<c r="D\1"><f t="shared" si="0"/><v></v></c>'
        return (
            re.sub(r'<c r="D(\d)"[^>]*>.*?</c>', bare, text.replace('r="D1"', 'r="d1"')) if "sheet1" in name else text
        )

    write_book(tmp_path / "a.xlsx", change)
    reading = read_ledger(tmp_path / "a.xlsx")
    told = [p.cell for p in reading.problems if p.code == codes.FORMULA_WITHOUT_VALUE]
    assert told == ["Sheet!D2", "Sheet!D3", "Sheet!D4"]


def record(code: int, data: bytes) -> bytes:
    """One record of BIFF."""
    return struct.pack("<HH", code, len(data)) + data


@pytest.mark.parametrize("version", [2, 3, 4])
def test_workbooks_of_excel_2_to_4_are_read(tmp_path: Path, version: int) -> None:
    """One sheet without a container, texts in the code page it states."""
    begin = {2: (0x009, b"\x02\0\x10\0"), 3: (0x209, b"\0\0\x10\0\0\0"), 4: (0x409, b"\0\0\x10\0\0\0")}[version]
    parts = [record(*begin), record(0x42, struct.pack("<H", 932))]
    rows: list[list[float | str]] = [["番号", "名称"], [1.0, "花里町"], [2.0, "本町"]]
    for row, cells in enumerate(rows):
        for position, value in enumerate(cells):
            place = struct.pack("<HH", row, position) + (bytes(3) if version == 2 else bytes(2))
            if isinstance(value, float):
                parts.append(record(0x03 if version == 2 else 0x203, place + struct.pack("<d", value)))
                continue
            text = value.encode("cp932")
            length = bytes([len(text)]) if version == 2 else struct.pack("<H", len(text))
            parts.append(record(0x04 if version == 2 else 0x204, place + length + text))
    path = tmp_path / "a.xls"
    path.write_bytes(b"".join([*parts, record(0x0A, b"")]))
    reading = read_ledger(path)
    assert reading.source.driver == "xls"
    assert [list(values) for values in only_table(reading).values] == [["1", "2"], ["花里町", "本町"]]


def test_the_version_of_a_jww_drawing_is_told(tmp_path: Path) -> None:
    """Whoever exports it knows then which Jw_cad opens it."""
    (tmp_path / "a.jww").write_bytes(b"JwwData." + struct.pack("<I", 700) + bytes(100))
    with pytest.raises(SourceError, match=r"format 7\.00"):
        read_ledger(tmp_path / "a.jww")
