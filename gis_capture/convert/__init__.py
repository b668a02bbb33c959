"""Ledger → layer: what is in a source, its conversion with the account of every row, and the way back."""

from gis_capture.convert.accounting import Conversion
from gis_capture.convert.conversion import convert
from gis_capture.convert.imports import Undo, undo_import
from gis_capture.convert.inspection import InspectedTable, Inspection, inspect_source
from gis_capture.convert.source import ConvertedSource, convert_source, convert_sources

__all__ = [
    "Conversion",
    "ConvertedSource",
    "InspectedTable",
    "Inspection",
    "Undo",
    "convert",
    "convert_source",
    "convert_sources",
    "inspect_source",
    "undo_import",
]
