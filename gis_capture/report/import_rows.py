"""The account of an import, as much of it as a page can show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gis_capture.model import Layer
from gis_capture.store.protocol import Store
from gis_capture.store.source_rows import SourceRow

MISSING = "missing"
"""Outcome of a row that only an earlier version of the ledger had; it is no row of this import."""
MAX_DRAWN = 20_000
MAX_LISTED = 2_000
MAX_CELL_CHARS = 200
MAX_CELLS = 60


@dataclass(slots=True)
class ShownRows:
    """Which rows of an import a page shows.

    Attributes:
        placed: The row of each feature to draw, by `feature_id`: at most MAX_DRAWN, evenly chosen.
        listed: Rows that are not on the map, skipped ones last: at most MAX_LISTED.
    """

    placed: dict[str, SourceRow] = field(default_factory=dict)
    listed: list[SourceRow] = field(default_factory=list)


def choose_rows(store: Store, record: Mapping[str, Any]) -> ShownRows:
    """Reads the account of an import once and keeps what fits on a page."""
    step = max(1, -(-record["result"]["n_loaded"] // MAX_DRAWN))
    shown = ShownRows()
    skipped: list[SourceRow] = []
    n_loaded = 0
    for row in store.source_rows(record["import_id"]):
        if row.outcome == MISSING:
            continue
        if row.outcome == "loaded":
            if n_loaded % step == 0 and row.feature_id:
                shown.placed[row.feature_id] = SourceRow(
                    row.row_number, row.outcome, None, row.feature_id, {}, row.table
                )
            n_loaded += 1
            continue
        kept = skipped if row.outcome == "skipped" else shown.listed
        if len(kept) < MAX_LISTED:
            kept.append(row)
    shown.listed += skipped[: MAX_LISTED - len(shown.listed)]
    return shown


def personal_columns(record: Mapping[str, Any], layer: Layer) -> set[tuple[str, str]]:
    """Gives (table, column) of the columns that went into a field with personal data."""
    personal = {each.name for each in layer.fields if each.is_personal}
    matches = record.get("matches") or {}
    return {(table, column) for table, fields in matches.items() for column, name in fields.items() if name in personal}


def raw_texts(row: SourceRow, personal: set[tuple[str, str]], *, withheld: str) -> list[tuple[str, str]]:
    """Gives (column, text) of the cells that hold something, long ones cut; `withheld` stands for personal data."""
    filled = [(column, text) for column, text in row.raw.items() if text and text.strip()]
    return [
        (column, withheld if (row.table or "", column) in personal else _cut(text))
        for column, text in filled[:MAX_CELLS]
    ]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CELL_CHARS else f"{text[:MAX_CELL_CHARS]}…"
