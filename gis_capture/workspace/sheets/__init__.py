"""Field sheets of a workspace: printed for an area, marked with a red pen, read back as proposals."""

from gis_capture.workspace.sheets.readings import Readings
from gis_capture.workspace.sheets.records import SheetFolder, SheetRecord
from gis_capture.workspace.sheets.sheets import SheetOrder, Sheets, short_epoch

__all__ = ["Readings", "SheetFolder", "SheetOrder", "SheetRecord", "Sheets", "short_epoch"]
