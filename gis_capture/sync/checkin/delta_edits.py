"""Edits of a journal, as a change has them."""

from collections.abc import Iterable, Mapping
from typing import Any

from gis_capture.geopackage.names import POSITION_COLUMNS
from gis_capture.model import ABSENT, GEOMETRY, Change, Edit, PositionQuality
from gis_capture.sync.checkin.checkin import Body


def on_top(edits: Mapping[str, Edit], chain: Iterable[Body]) -> dict[str, Edit]:
    """Edits whose author has their own earlier values before their eyes."""
    seen: dict[str, Any] = {}
    for body in chain:
        seen.update({name: edit.new for name, edit in Change.from_json(body).edits.items() if edit.new is not ABSENT})
    return {name: Edit(seen.get(name, edit.old), edit.new) for name, edit in edits.items()}


def located_by(edits: dict[str, Edit]) -> PositionQuality | None:
    """How a new geometry was found, taken out of the edits; where there is none, it stays there and goes on record."""
    geometry = edits.get(GEOMETRY)
    if geometry is None or geometry.new in (None, ABSENT):
        return None
    found = {name: edits.pop(name).new for name in POSITION_COLUMNS if name in edits}
    method, accuracy_m, note = (found.get(name) for name in POSITION_COLUMNS)
    return PositionQuality(method, accuracy_m, note) if any(one is not None for one in found.values()) else None
