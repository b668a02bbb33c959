"""An Excel workbook of 100,000 rows × 30 columns with merged cells: our reading beside a plain openpyxl walk.

The peer visits every cell once and takes its value; the merges, number formats and marks are in memory by then, nothing
is made of them. Ours gives the table: header, texts as displayed, merged cells filled, rows sorted out. Each runs as a
process of its own.
"""

import os
import random
import sys
import tempfile
import zipfile
from pathlib import Path

from benchmarks.convert import measure, tell

N_ROWS = 100_000
N_COLUMNS = 30
OURS = """
import sys
from pathlib import Path
from gis_capture.ledger import read_ledger

(table,) = read_ledger(Path(sys.argv[1])).tables
assert len(table.row_numbers) == int(sys.argv[2]), len(table.row_numbers)
"""
OPENPYXL = """
import sys
import openpyxl
sheet = openpyxl.load_workbook(sys.argv[1]).active
n = sum(1 for row in sheet.iter_rows() for cell in row if cell.value is not None)
assert n > int(sys.argv[2]), n
"""


def main() -> None:
    """Prints seconds and peak memory of each, and the ratios of ours to the peer's."""
    n_rows = int(os.environ.get("BENCHMARK_ROWS", N_ROWS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        write_workbook(path, n_rows)
        figures = {
            name: measure([sys.executable, "-c", code, str(path), str(n_rows)], n_runs=1)
            for name, code in (("gis-capture", OURS), ("openpyxl", OPENPYXL))
        }
    print(f"{n_rows:,} rows × {N_COLUMNS} columns, {n_rows // 10:,} merges")
    tell(figures)


def write_workbook(path: Path, n_rows: int) -> None:
    """Writes a ledger as Excel does, with shared strings; every tenth merges a cell over three rows; always alike."""
    chance = random.Random(2026)
    words = [f"語{n}" for n in range(3_000)] + [f"見出し{n}" for n in range(N_COLUMNS)]
    names = [_letters(n) for n in range(N_COLUMNS)]
    merges = [f"B{row}:B{row + 2}" for row in range(2, n_rows - 1, 10)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        strings = "".join(f"<si><t>{word}</t></si>" for word in words)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}" count="{len(words)}">{strings}</sst>')
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData><row r="1">'.encode())
            header = (f'<c r="{name}1" t="s"><v>{3_000 + n}</v></c>' for n, name in enumerate(names))
            sheet.write(("".join(header) + "</row>").encode())
            for row in range(2, n_rows + 2):
                cells = [f'<c r="A{row}"><v>{row - 1}</v></c>']
                cells += [
                    f'<c r="{name}{row}" t="s"><v>{chance.randrange(3_000)}</v></c>'
                    if n % 3
                    else f'<c r="{name}{row}"><v>{chance.random() * 1000:.3f}</v></c>'
                    for n, name in enumerate(names[1:], start=1)
                    if n > 1 or row % 10 not in (3, 4)
                ]
                sheet.write(f'<row r="{row}">{"".join(cells)}</row>'.encode())
            ranges = "".join(f'<mergeCell ref="{merge}"/>' for merge in merges)
            sheet.write(f'</sheetData><mergeCells count="{len(merges)}">{ranges}</mergeCells></worksheet>'.encode())


def _letters(index: int) -> str:
    return chr(65 + index) if index < 26 else "A" + chr(65 + index - 26)


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
    f'"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
    f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_OFFICE}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="台帳" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
