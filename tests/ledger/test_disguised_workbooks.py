"""What other programs write under the name .xls: web archives, XML of 2003, flat OpenDocument."""

from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import read_ledger
from tests.ledger.conftest import column, names, only_table

SPREADSHEET = """<?xml version="1.0" encoding="{encoding}"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel"><Styles>
 <Style ss:ID="s1"><NumberFormat ss:Format="000"/></Style>
 <Style ss:ID="s2"><Font ss:StrikeThrough="1"/></Style></Styles>
<Worksheet ss:Name="台帳"><Table>
<Row ss:Index="2"><Cell><Data ss:Type="String">番号</Data></Cell><Cell><Data ss:Type="String">町名</Data></Cell>
 <Cell ss:Index="4"><Data ss:Type="String">設置日</Data></Cell></Row>
<Row><Cell ss:StyleID="s1"><Data ss:Type="Number">2</Data></Cell>
 <Cell ss:MergeDown="1"><Data ss:Type="String">本町</Data></Cell>
 <Cell ss:Index="4"><Data ss:Type="DateTime">2024-04-05T00:00:00.000</Data></Cell></Row>
<Row><Cell ss:StyleID="s1"><Data ss:Type="Number">3</Data></Cell>
 <Cell ss:Index="4"><Data ss:Type="DateTime">2024-04-06T00:00:00.000</Data></Cell></Row>
<Row ss:StyleID="s2"><Cell ss:StyleID="s2"><Data ss:Type="String">004</Data></Cell>
 <Cell ss:StyleID="s2"><Data ss:Type="String">旭町</Data></Cell></Row>
</Table></Worksheet>
<Worksheet ss:Name="裏"><Table><Row><Cell><Data ss:Type="String">a</Data></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet></Workbook>"""

ARCHIVE = """MIME-Version: 1.0
X-Document-Type: Workbook
Content-Type: multipart/related; boundary="----=_NextPart_01"

------=_NextPart_01
Content-Location: file:///C:/1/a.htm
Content-Transfer-Encoding: quoted-printable
Content-Type: text/html; charset="utf-8"

<html><xml><x:ExcelWorksheet><x:Name>台帳</x:Name>
<x:WorksheetSource HRef=3D"a.files/sheet001.htm"/></x:ExcelWorksheet></xml></html>

------=_NextPart_01
Content-Location: file:///C:/1/a.files/sheet001.htm
Content-Transfer-Encoding: 8bit
Content-Type: text/html; charset="shift_jis"

<html><table><tr><td>番号</td><td>町名</td></tr><tr><td>001</td><td>本町</td></tr></table></html>

------=_NextPart_01--
"""

FLAT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>
<table:table table:name="台帳"><table:table-row>
<table:table-cell office:value-type="string"><text:p>番号</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>町名</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>本町</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document>"""


@pytest.mark.parametrize("encoding", ["utf-8", "shift_jis", "utf-16", "euc-jp"])
def test_an_xml_spreadsheet_of_2003_is_read(tmp_path: Path, encoding: str) -> None:
    """Places, merges, formats, dates, struck-out rows and hidden sheets as in any other workbook."""
    path = tmp_path / "a.xls"
    path.write_bytes(SPREADSHEET.replace("{encoding}", encoding).encode(encoding))
    reading = read_ledger(path)
    table = only_table(reading)
    assert (reading.source.driver, table.sheet, table.header_rows) == ("xml-spreadsheet", "台帳", (2,))
    assert names(table) == ["番号", "町名", "設置日"]
    assert [table.columns[2].number, list(table.row_numbers)] == [4, [3, 4]]
    assert column(table, "番号") == ["002", "003"]
    assert column(table, "町名") == ["本町", "本町"]
    assert column(table, "設置日") == ["2024-04-05", "2024-04-06"]
    assert [p.code for p in reading.problems] == ["wrong_extension", "hidden_sheet"]
    assert "struck_out_row" in [p.code for p in table.problems]


@pytest.mark.parametrize(
    "change",
    [
        ('ss:Index="4"', 'ss:Index="99999999999"'),
        ('ss:MergeDown="1"', 'ss:MergeDown="999999999999"'),
        ('ss:Index="2"', 'ss:Index="x"'),
        ("<Table>", "<Table>" * 300),
        ('<?mso-application progid="Excel.Sheet"?>', '<!DOCTYPE a [<!ENTITY b "c">]>'),
        ("</Workbook>", ""),
    ],
)
def test_a_damaged_xml_spreadsheet_is_read_or_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    """Whatever it claims, no room is made for it."""
    path = tmp_path / "a.xml"
    path.write_text(SPREADSHEET.replace("{encoding}", "utf-8").replace(*change), "utf-8")
    try:
        assert len(read_ledger(path).tables) == 1
    except SourceError as error:
        assert "a.xml" in error.message.ja


def test_a_web_archive_is_read_with_the_names_of_its_sheets(tmp_path: Path) -> None:
    """As Excel saves "a single web page"; each page has an encoding of its own."""
    path = tmp_path / "a.xls"
    head, page = ARCHIVE.split("Content-Location: file:///C:/1/a.files")
    path.write_bytes(head.encode() + ("Content-Location: file:///C:/1/a.files" + page).encode("cp932"))
    reading = read_ledger(path)
    table = only_table(reading)
    assert (reading.source.driver, reading.source.encoding, table.sheet) == ("mhtml", "cp932", "台帳")
    assert column(table, "番号") == ["001"]


def test_a_flat_opendocument_sheet_is_read(tmp_path: Path) -> None:
    """The same XML without the container."""
    path = tmp_path / "a.fods"
    path.write_text(FLAT, "utf-8")
    reading = read_ledger(path)
    assert reading.source.driver == "ods"
    assert column(only_table(reading), "町名") == ["本町"]
