"""Excel workbooks (xlsx, xlsm): values by calamine, structure from the XML."""

import zipfile
from xml.etree.ElementTree import ParseError

from gis_capture.errors import SourceError
from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.calamine_sheets import make_grids, read_sheets
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.drivers.xlsx_comments import read_comments
from gis_capture.ledger.drivers.xlsx_parts import (
    SheetMarks,
    check_counts,
    counts_from_1904,
    read_marks,
    read_sheet_paths,
    read_styles,
)
from gis_capture.ledger.opening import ZIP_ERRORS, Opened, broken, too_large
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem

_MAX_SHARED_STRINGS_BYTES = 256 << 20


def accepts(opened: Opened) -> bool:
    """Whether the container holds a workbook."""
    return "xl/workbook.xml" in opened.zip_names


def read(opened: Opened) -> Reading:
    """Reads all sheets that are not hidden."""
    problems: list[Problem] = []
    try:
        with zipfile.ZipFile(opened.path) as archive:
            _check(opened, archive)
            check_counts(archive, opened.zip_names)
            marks = _read_structure(opened, archive)
    except SourceError:
        raise
    except (ParseError, *ZIP_ERRORS) as error:
        raise broken(opened.path, str(error)) from error
    grids = list(make_grids(read_sheets(opened), problems, marks=marks))
    source = opened.source("xlsm" if opened.suffix == ".xlsm" else "xlsx")
    return reading_of_grids(grids, source, problems)


def _check(opened: Opened, archive: zipfile.ZipFile) -> None:
    name = "xl/sharedStrings.xml"
    if name in opened.zip_names and archive.getinfo(name).file_size > _MAX_SHARED_STRINGS_BYTES:
        raise too_large(opened.path, "shared strings", f"{_MAX_SHARED_STRINGS_BYTES >> 20} MB")


def _read_structure(opened: Opened, archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    styles, is_1904 = read_styles(archive), counts_from_1904(archive)
    found = {}
    for name, path in read_sheet_paths(archive).items():
        if path not in opened.zip_names or "worksheets/" not in path:
            continue
        marks = read_marks(archive, path, styles)
        opened.check_sheet(marks.last_row, marks.last_column)
        marks.is_1904 = is_1904
        marks.comments = read_comments(archive, path)
        found[name] = marks
    return found


DRIVER = Driver("xlsx", (".xlsx", ".xlsm", ".xltx", ".xltm"), accepts, read)
