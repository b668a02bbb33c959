"""From the text of a cell to the value of a field, with a note on everything that was done."""

from gis_capture.ledger.values.cleaning import Cleaned, Origin, clean_column, format_value
from gis_capture.ledger.values.folding import fold, fold_header
from gis_capture.ledger.values.inference import infer_type
from gis_capture.ledger.values.reading import Note
from gis_capture.ledger.values.telling import MAX_PROBLEMS, Teller

__all__ = [
    "MAX_PROBLEMS",
    "Cleaned",
    "Note",
    "Origin",
    "Teller",
    "clean_column",
    "fold",
    "fold_header",
    "format_value",
    "infer_type",
]
