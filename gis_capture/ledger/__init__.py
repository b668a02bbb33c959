"""Reads any ledger into tables."""

from gis_capture.ledger.drivers import DRIVERS
from gis_capture.ledger.drivers.fixed.layout import copybook_of, layout_beside
from gis_capture.ledger.files import files_in, hash_files, hash_source
from gis_capture.ledger.grid import MARKED_SHEET
from gis_capture.ledger.limits import DEFAULT_LIMITS, Limits, limits_of
from gis_capture.ledger.reading import read_ledger
from gis_capture.ledger.table import Column, Reading, SkippedRow, Source, Table

__all__ = [
    "DEFAULT_LIMITS",
    "DRIVERS",
    "MARKED_SHEET",
    "Column",
    "Limits",
    "Reading",
    "SkippedRow",
    "Source",
    "Table",
    "copybook_of",
    "files_in",
    "hash_files",
    "hash_source",
    "layout_beside",
    "limits_of",
    "read_ledger",
]
