"""Binary Excel workbooks (xlsb), by calamine in a process of its own."""

from gis_capture.ledger.assemble import reading_of_grids
from gis_capture.ledger.drivers.calamine_sheets import make_grids, read_sheets_apart
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import Opened
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem


def accepts(opened: Opened) -> bool:
    """Whether the container holds a binary workbook."""
    return "xl/workbook.bin" in opened.zip_names


def read(opened: Opened) -> Reading:
    """Reads all sheets that are not hidden."""
    problems: list[Problem] = []
    source = opened.source("xlsb")
    grids = list(make_grids(read_sheets_apart(opened), problems))
    return reading_of_grids(grids, source, problems)


DRIVER = Driver("xlsb", (".xlsb",), accepts, read)
