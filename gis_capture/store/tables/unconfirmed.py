"""Which rows hold a position that a crew should look at."""

from typing import Any

from gis_capture.model.doubt import CHECK, CHECK_OF_ALL, CHOSEN_ON_THE_SPOT, POOR_M

_CHOSEN = ", ".join("?" * len(CHOSEN_ON_THE_SPOT))
_CONDITION = (
    f"geometry IS NOT NULL AND position_method <> '' AND position_method NOT IN ({_CHOSEN})"
    " AND (position_method = 'address'"
    " OR (position_accuracy_m >= ? AND coalesce(position_note, '') NOT LIKE ?)"
    " OR replace(position_note, ?, '') LIKE ?)"
)


def unconfirmed() -> tuple[str, list[Any]]:
    """A condition, with its values: nobody chose the position on the spot, and it is rough or doubted."""
    return _CONDITION, [*CHOSEN_ON_THE_SPOT, POOR_M, f"%{CHECK_OF_ALL}%", CHECK_OF_ALL, f"%{CHECK}%"]
