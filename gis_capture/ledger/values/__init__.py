"""From the text of a cell to the value of a field, with a note on everything that was done."""

from gis_capture.ledger.values.cleaning import Cleaned, Origin, clean_column, format_value
from gis_capture.ledger.values.folding import fold, fold_header
from gis_capture.ledger.values.inference import infer_type

__all__ = ["Cleaned", "Origin", "clean_column", "fold", "fold_header", "format_value", "infer_type"]
