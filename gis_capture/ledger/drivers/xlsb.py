"""Binary Excel workbooks (xlsb), read by ourselves with their structure."""

import struct
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from gis_capture.errors import SourceError
from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.calamine_sheets import SheetCells, make_grids
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.xlsx_parts import SheetMarks
from gis_capture.ledger.opening import ZIP_ERRORS, Opened, broken
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem


def accepts(opened: Opened) -> bool:
    """Whether the container holds a binary workbook."""
    return "xl/workbook.bin" in opened.zip_names


def read(opened: Opened) -> Reading:
    """Reads all sheets that are not hidden."""
    problems: list[Problem] = []
    try:
        with zipfile.ZipFile(opened.path) as archive:
            grids = [
                grid
                for sheet, marks in _sheets(opened, archive)
                for grid in make_grids([sheet], problems, marks={sheet.name: marks})
            ]
    except SourceError:
        raise
    except (ParseError, struct.error, IndexError, *ZIP_ERRORS) as error:
        raise broken(opened.path, str(error)) from error
    return reading_of_grids(grids, opened.source("xlsb"), problems)


def _sheets(opened: Opened, archive: zipfile.ZipFile) -> Iterator[tuple[SheetCells, SheetMarks]]:
    # Its library for dates takes a moment to begin.
    from gis_capture.ledger.drivers import xlsb_parts, xlsb_sheets

    parts, is_1904 = xlsb_parts.read_sheet_parts(archive)
    styles, dates = xlsb_parts.read_styles(archive, is_1904=is_1904)
    texts = xlsb_parts.read_texts(archive)
    for part in parts:
        if part.is_hidden:
            yield SheetCells(part.name, True, 1, 1, [], []), SheetMarks()
            continue
        cells, marks = xlsb_sheets.read_sheet(opened, archive, part.name, part.path, texts, styles, dates)
        marks.comments = xlsb_parts.read_comments(archive, part.path)
        yield cells, marks


DRIVER = Driver("xlsb", (".xlsb",), accepts, read)
