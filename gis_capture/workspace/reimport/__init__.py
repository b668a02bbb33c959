"""Next month's ledger as one more author: compared with its last version, merged through the door of sync."""

from gis_capture.workspace.reimport.account import FieldChange, ListedRow, Reimport, RowChange
from gis_capture.workspace.reimport.deciding import decide_rows, open_rows
from gis_capture.workspace.reimport.layers import combine, prepare_all, write_all
from gis_capture.workspace.reimport.listing import TAKES
from gis_capture.workspace.reimport.planning import NO_EARLIER_VERSION
from gis_capture.workspace.reimport.undoing import undo_reimport

__all__ = [
    "NO_EARLIER_VERSION",
    "TAKES",
    "FieldChange",
    "ListedRow",
    "Reimport",
    "RowChange",
    "combine",
    "decide_rows",
    "open_rows",
    "prepare_all",
    "undo_reimport",
    "write_all",
]
