"""Limits of rows, cells and bytes: the same word for every format, whatever reads it."""

import json
from collections.abc import Callable
from pathlib import Path

import geopandas
import openpyxl
import pytest
import shapely
import xlwt
from openpyxl.worksheet.worksheet import Worksheet

from gis_capture.errors import SourceError
from gis_capture.ledger import read_ledger
from gis_capture.ledger.limits import Limits
from tests.ledger.pdf_files import ruled, write_pdf
from tests.ledger.xlsb_writer import BinarySheet, Cell, write_xlsb

HEAD: list[Cell] = ["番号", "名称", "備考"]
ROWS: list[list[Cell]] = [[float(n), f"灯{n}", "x"] for n in range(1, 13)]
Write = Callable[[Path], object]


def write_csv(path: Path) -> None:
    """A text file."""
    path.write_text("\n".join(",".join(map(str, row)) for row in [HEAD, *ROWS]), "utf-8")


def write_xlsx(path: Path) -> None:
    """A workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in [HEAD, *ROWS]:
        sheet.append(row)
    book.save(path)


def write_xls(path: Path) -> None:
    """A workbook of before 2007."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("台帳")
    for at, row in enumerate([HEAD, *ROWS]):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    book.save(str(path))


def write_page(path: Path) -> None:
    """A web page."""
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in [HEAD, *ROWS])
    path.write_text(f'<html><meta charset="utf-8"><table>{rows}</table></html>', "utf-8")


def write_json(path: Path) -> None:
    """A list of records."""
    path.write_text(json.dumps([dict(zip(HEAD, row, strict=True)) for row in ROWS]), "utf-8")


def write_vector(path: Path) -> None:
    """A layer of points."""
    frame = geopandas.GeoDataFrame(ROWS, columns=HEAD, geometry=[shapely.Point(137, 36)] * len(ROWS), crs=6668)
    frame.to_file(path, engine="pyogrio")


def write_kml(path: Path) -> None:
    """Placemarks."""
    data = [
        "".join(f'<Data name="{name}"><value>{value}</value></Data>' for name, value in zip(HEAD, row, strict=True))
        for row in ROWS
    ]
    body = "".join(f"<Placemark><ExtendedData>{one}</ExtendedData></Placemark>" for one in data)
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>', "utf-8")


def refused(path: Path, limits: Limits) -> str:
    """What is said of a source beyond the limits."""
    with pytest.raises(SourceError) as error:
        read_ledger(path, limits=limits)
    return error.value.message.ja


WRITERS: dict[str, Write] = {
    "a.csv": write_csv,
    "a.xlsx": write_xlsx,
    "a.xls": write_xls,
    "a.xlsb": lambda path: write_xlsb(path, BinarySheet([HEAD, *ROWS])),
    "a.html": write_page,
    "a.json": write_json,
    "a.geojson": write_vector,
    "a.gpkg": write_vector,
    "a.shp": write_vector,
    "a.kml": write_kml,
    "a.pdf": lambda path: write_pdf(path, [ruled([[str(cell) for cell in row] for row in [HEAD, *ROWS]])]),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_keeps_to_the_limits_of_rows_and_cells(tmp_path: Path, name: str) -> None:
    """Beyond them the source is refused, with what it has and what it may have; at them it is read."""
    path = tmp_path / name
    WRITERS[name](path)
    assert "上限11行" in refused(path, Limits(max_rows=11))
    assert "上限35セル" in refused(path, Limits(max_cells=35))
    assert "上限1 KB" in refused(path, Limits(max_source_bytes=10))
    assert [len(table.row_numbers) for table in read_ledger(path, limits=Limits(max_rows=13)).tables] == [12]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.xlsb"])
def test_every_workbook_keeps_to_the_limit_of_a_sheet(tmp_path: Path, name: str) -> None:
    """39 cells from the first to the last."""
    path = tmp_path / name
    WRITERS[name](path)
    assert "39セル、上限38セル" in refused(path, Limits(max_sheet_cells=38))
    assert read_ledger(path, limits=Limits(max_sheet_cells=39)).tables


def records_of_own_names(n: int) -> str:
    """JSON of which each record has a name that no other has."""
    return json.dumps([{f"k{number}": number} for number in range(n)])


def placemarks_of_own_names(n: int) -> str:
    """The same in KML."""
    data = (f'<Data name="k{number}"><value>1</value></Data>' for number in range(n))
    body = "".join(f"<Placemark><ExtendedData>{one}</ExtendedData></Placemark>" for one in data)
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


def points_of_own_names(n: int) -> str:
    """The same in GPX."""
    body = "".join(
        f'<wpt lat="36" lon="137"><extensions><k{number}>1</k{number}></extensions></wpt>' for number in range(n)
    )
    return f'<gpx xmlns="http://www.topografix.com/GPX/1/1">{body}</gpx>'


@pytest.mark.parametrize(
    ("name", "write"),
    [("a.json", records_of_own_names), ("a.kml", placemarks_of_own_names), ("a.gpx", points_of_own_names)],
)
def test_names_that_come_once_each_do_not_fill_the_memory(
    tmp_path: Path, name: str, write: Callable[[int], str]
) -> None:
    """Ten thousand records of a name of their own are a hundred million cells."""
    path = tmp_path / name
    path.write_text(write(10_000), "utf-8")
    assert "上限60,000,000セル" in refused(path, Limits())
