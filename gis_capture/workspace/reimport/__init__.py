"""Next month's ledger as one more author: compared with its last version, merged through the door of sync, taken back."""

from gis_capture.workspace.reimport.account import FieldChange, ListedRow, Reimport, RowChange
from gis_capture.workspace.reimport.deciding import decide_rows, open_rows
from gis_capture.workspace.reimport.planning import plan_reimport
from gis_capture.workspace.reimport.undoing import undo_reimport
from gis_capture.workspace.reimport.writing import write_reimport

__all__ = [
    "FieldChange",
    "ListedRow",
    "Reimport",
    "RowChange",
    "decide_rows",
    "open_rows",
    "plan_reimport",
    "undo_reimport",
    "write_reimport",
]
