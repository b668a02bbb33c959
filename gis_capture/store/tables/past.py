"""Reads layers as they were, and what is known of revisions."""

from collections.abc import Iterable, Iterator
from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING

import orjson

from gis_capture.model import Feature
from gis_capture.store.protocol import Author, Revision
from gis_capture.store.tables.layer_rows import LayerRows

if TYPE_CHECKING:
    from gis_capture.store.tables.reading import Reading

_DELETED_PLACE = 2**62
"""Beyond every fid."""


def read_revisions(reading: "Reading", numbers: Iterable[int]) -> dict[int, Revision]:
    """What is known of these revisions, by their number."""
    wanted = ", ".join(str(int(number)) for number in numbers) or "0"
    sql = f"SELECT revision, at, device_id, author, note FROM gis_capture_revisions WHERE revision IN ({wanted})"
    rows = reading.connection.execute(sql)
    return {row[0]: Revision(row[0], row[1], Author(row[2], row[3]), row[4]) for row in rows}


def read_features_at(reading: "Reading", layer: str, revision: int) -> Iterator[Feature]:
    """Reads a layer as it was after a revision, lazily, in the order of `fid`; deleted ones come last."""
    rows = reading.rows_of(layer)
    now = reading.read(rows, f"{rows.select} WHERE revision <= ? ORDER BY fid", (revision,))
    return (feature for _, feature in merge(now, _former(reading, rows, revision), key=itemgetter(0)))


def _former(reading: "Reading", rows: LayerRows, revision: int) -> Iterator[tuple[int, Feature]]:
    """States that held at a revision and do not any more: a feature has at most one, as they follow each other."""
    states = reading.connection.execute(
        f"SELECT coalesce(t.fid, {_DELETED_PLACE} + h.id) AS place, h.feature_id, h.previous_revision, h.previous,"
        f" h.previous_geometry FROM gis_capture_history h LEFT JOIN {rows.table} t ON t.feature_id = h.feature_id"
        " WHERE h.layer = ? AND h.revision > ? AND h.previous_revision <= ? ORDER BY place",
        (rows.key, revision, revision),
    )
    for place, feature_id, *state in states:
        yield place, rows.from_state(feature_id, *state)


def read_deleted_features(reading: "Reading", layer: str) -> Iterator[Feature]:
    """Last states of the features that are deleted now, lazily, newest deletion first."""
    rows = reading.rows_of(layer)
    states = reading.connection.execute(
        "SELECT feature_id, revision, previous, previous_geometry FROM gis_capture_history AS h"
        f" WHERE layer = ? AND kind = 'delete' AND feature_id NOT IN (SELECT feature_id FROM {rows.table}"
        " WHERE feature_id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM gis_capture_history AS n"
        " WHERE n.feature_id = h.feature_id AND n.layer = h.layer AND n.kind = 'delete'"
        " AND (n.revision, n.id) > (h.revision, h.id)) ORDER BY revision DESC, id DESC",
        (layer,),
    )
    for feature_id, *state in states:
        yield rows.from_state(feature_id, *state)


def read_attachment_hashes(reading: "Reading") -> Iterator[str]:
    """The SHA-256 of every attachment that a feature has or had."""
    for (sha256,) in reading.connection.execute("SELECT sha256 FROM gis_capture_attachments"):
        yield sha256
    states = "SELECT previous FROM gis_capture_history WHERE CAST(previous AS TEXT) LIKE '%sha256%'"
    for (state,) in reading.connection.execute(states):
        content = orjson.loads(state) if isinstance(state, str | bytes) else state
        yield from (attachment["sha256"] for attachment in content.get("attachments", ()))
