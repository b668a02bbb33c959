"""Ledger → layer: what is in a source, its conversion with the account of every row, and the way back."""

from gis_capture.convert.conversion import Conversion, convert
from gis_capture.convert.imports import Undo, undo_import
from gis_capture.convert.inspection import InspectedTable, Inspection, inspect_source

__all__ = ["Conversion", "InspectedTable", "Inspection", "Undo", "convert", "inspect_source", "undo_import"]
