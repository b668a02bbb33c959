"""Pull: what changed since a revision, line by line; the cost grows with what changed, not with the layer.

Lines come in the order (revision, rank, number): deletions first, then the layers as asked for, then conflict records.
What is written while somebody pages moves to the end of that order, so the last page ends at one revision of the store,
and whoever has applied all lines holds exactly that.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from gis_capture.definitions import layer_to_json
from gis_capture.model import BBox, Conflict, Feature, Layer, geometry_to_geojson
from gis_capture.store.protocol import Snapshot, Store
from gis_capture.sync import codes
from gis_capture.sync.messages import PULL_FORMAT
from gis_capture.sync.push import Clock

Line = dict[str, Any]
_Place = tuple[int, int, int]
_LAST_RANK = 10**6
_CURSOR = re.compile(r"(\d{1,18})\.(\d{1,18})\.(\d{1,9})\.(\d{1,18})")


def pull(
    store: Store,
    *,
    layers: Sequence[str],
    clock: Clock,
    since: int = 0,
    bbox: BBox | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    epoch: str | None = None,
    with_personal: bool = False,
) -> Iterator[Line]:
    """Gives the lines of `gis-capture.pull/v1`; they are read while they are taken, in one snapshot of the store.

    Args:
        store: Where the features are.
        layers: Keys, in any order that stays the same from page to page.
        clock: Gives the time, UTC "…Z".
        since: Revision the asker has applied completely; 0 = nothing.
        bbox: In EPSG:4326; features located outside are `out_of_scope`. What has no position belongs to every area.
        limit: Lines about features and conflicts in this page; None = all.
        cursor: `next` of the page before.
        epoch: The epoch the asker knows.
        with_personal: Whether fields with personal data are given.

    Raises:
        SyncError: Another epoch, or a cursor that is none of ours.
        LayerError: A layer is not known.
    """
    chosen = [store.layer(key) for key in dict.fromkeys(layers)]
    if epoch not in (None, store.epoch) or since > store.revision():
        raise codes.error(codes.EPOCH_CHANGED)
    start, place = _parse_cursor(cursor) if cursor else (None, (since, _LAST_RANK, 0))
    scope = _Scope(tuple(chosen), since, bbox, with_personal)
    return _lines(store, scope, place, start=start, limit=limit, clock=clock)


@dataclass(frozen=True, slots=True)
class _Scope:
    layers: tuple[Layer, ...]
    since: int
    bbox: BBox | None
    with_personal: bool

    def hidden(self, layer: Layer) -> frozenset[str]:
        """Names of the fields that are not given."""
        return frozenset(field.name for field in layer.fields if field.is_personal and not self.with_personal)


def _lines(
    store: Store, scope: _Scope, place: _Place, *, start: int | None, limit: int | None, clock: Clock
) -> Iterator[Line]:
    with store.snapshot() as snapshot:
        is_first = start is None
        start = snapshot.revision if start is None else start
        yield {
            "type": "header",
            "format": PULL_FORMAT,
            "epoch": store.epoch,
            "since": scope.since,
            "revision": snapshot.revision,
            "clock_at": clock(),
        }
        if is_first:
            for layer in scope.layers:
                yield {"type": "layer", "layer": _definition(layer, scope.hidden(layer))}
        n_lines, following = 0, None
        for here, line in _ordered(snapshot, scope, place, start):
            if limit is not None and n_lines >= max(limit, 1):
                following = f"{start}.{'.'.join(map(str, place))}"
                break
            yield line
            place, n_lines = here, n_lines + 1
        yield {"type": "end", "revision": snapshot.revision, "next": following}


def _ordered(snapshot: Snapshot, scope: _Scope, place: _Place, start: int) -> Iterator[tuple[_Place, Line]]:
    """Merges all streams, each from `place` on."""

    def after(rank: int) -> tuple[int, int]:
        # An import is one revision: "all of it is done" is said by the next one, lest a search walks through it.
        revision, at_rank, number = place
        return (revision + 1, -1) if rank < at_rank else (revision, number if rank == at_rank else -1)

    ranks = range(1, len(scope.layers) + 1)
    streams = [_feature_lines(snapshot, scope, rank, after=after(rank), start=start) for rank in ranks]
    streams += [
        _deletion_lines(snapshot, scope, after=after(0)),
        _conflict_lines(snapshot, scope, rank=len(ranks) + 1, after=after(len(ranks) + 1)),
    ]
    return heapq.merge(*streams, key=lambda entry: entry[0])


def _feature_lines(
    snapshot: Snapshot, scope: _Scope, rank: int, *, after: tuple[int, int], start: int
) -> Iterator[tuple[_Place, Line]]:
    """Lines of one layer.

    A first load reads only its area. What is written while it pages is compared with the area one by one, because it
    may have left it after it was given.
    """
    layer = scope.layers[rank - 1]
    hidden, box = scope.hidden(layer), scope.bbox and snapshot.bbox_in(layer.key, scope.bbox)
    is_first_load = scope.since == 0 and box is not None
    if is_first_load:
        for number, feature in snapshot.changed(layer.key, after=after, until=start, bbox=scope.bbox):
            yield (feature.revision, rank, number), _feature(feature, hidden)
        after = max(after, (start + 1, -1))
    for number, feature in snapshot.changed(layer.key, after=after):
        line = (
            _gone("out_of_scope", layer.key, feature.feature_id, feature.revision)
            if box is not None and _is_outside(feature, box)
            else _feature(feature, hidden)
        )
        yield (feature.revision, rank, number), line


def _is_outside(feature: Feature, box: BBox) -> bool:
    if feature.geometry is None:
        return False
    min_x, min_y, max_x, max_y = shapely.bounds(feature.geometry)
    return bool(max_x < box.min_x or min_x > box.max_x or max_y < box.min_y or min_y > box.max_y)


def _deletion_lines(snapshot: Snapshot, scope: _Scope, *, after: tuple[int, int]) -> Iterator[tuple[_Place, Line]]:
    for gone in snapshot.deletions([layer.key for layer in scope.layers], after=after):
        yield (gone.revision, 0, gone.number), _gone("deletion", gone.layer, gone.feature_id, gone.revision)


def _conflict_lines(
    snapshot: Snapshot, scope: _Scope, *, rank: int, after: tuple[int, int]
) -> Iterator[tuple[_Place, Line]]:
    hidden = {layer.key: scope.hidden(layer) for layer in scope.layers}
    for number, conflict in snapshot.sync.conflicts(layers=list(hidden), after=after):
        yield (conflict.revision, rank, number), conflict_line(conflict, hidden[conflict.layer])


def conflict_line(conflict: Conflict, hidden: frozenset[str] = frozenset()) -> Line:
    """The pull line of a conflict record, without the values of hidden fields."""
    line = conflict.to_json()
    return {**line, "fields": [clash for clash in line["fields"] if clash["field"] not in hidden]}


def _feature(feature: Feature, hidden: frozenset[str]) -> Line:
    return {
        "type": "feature",
        "layer": feature.layer,
        "feature_id": feature.feature_id,
        "revision": feature.revision,
        "geometry": geometry_to_geojson(feature.geometry),
        "fields": {name: value for name, value in feature.fields.items() if name not in hidden},
        "position": feature.position.to_json(),
        "attachments": [attachment.to_json() for attachment in feature.attachments],
    }


def _gone(kind: str, layer: str, feature_id: str, revision: int) -> Line:
    return {"type": kind, "layer": layer, "feature_id": feature_id, "revision": revision}


def _definition(layer: Layer, hidden: frozenset[str]) -> dict[str, Any]:
    """The layer's definition without hidden fields: what a device does not get, it cannot edit."""
    document = dict(layer_to_json(layer))
    document["fields"] = [field for field in document["fields"] if field["name"] not in hidden]
    for section in document.get("sections", []):
        section["fields"] = [name for name in section["fields"] if name not in hidden]
    return document


def _parse_cursor(cursor: str) -> tuple[int, _Place]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise codes.error(codes.BAD_CURSOR)
    start, revision, rank, number = map(int, match.groups())
    return start, (revision, rank, number)
