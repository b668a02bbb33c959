"""Lines of a pull: what a snapshot holds beyond a place, as encoded JSON.

Lines come in the order (revision, rank, number): deletions first, then the layers in the order of the scope, then
conflict records. A store may make them where its data is; `merged_lines` makes them of what any snapshot reads.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import shapely
from shapely import Geometry

from gis_capture.model import BBox, Conflict, Feature, encode_json, geometry_to_geojson

if TYPE_CHECKING:
    from gis_capture.store.protocol import Snapshot

Line = dict[str, Any]
Place = tuple[int, int, int]
"""(revision, rank, number) of a line."""
FeatureLines = Callable[[int, tuple[int, int]], Iterator[tuple[Place, bytes]]]
LAST_RANK = 10**6
PIECE_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class LineScope:
    """What is asked for.

    Attributes:
        hidden: By the key of each layer, the fields that are not given; the order of the layers is their rank, from 1.
        bbox: In EPSG:4326; features located outside are told as `out_of_scope`.
        lies_in: By the key of each layer, whether a geometry is in the area of who asks; None = it has no such limit.
        whole_until: Up to this revision features outside are not told at all; 0 = always.
    """

    hidden: Mapping[str, frozenset[str]]
    bbox: BBox | None = None
    whole_until: int = 0
    lies_in: Mapping[str, Callable[[Geometry | None], bool]] | None = None

    def is_elsewhere(self, feature: Feature | None) -> bool:
        """Whether a feature lies outside the area of who asks; one that is not there is nowhere."""
        if self.lies_in is None:
            return False
        return feature is None or not self.lies_in[feature.layer](feature.geometry)

    @property
    def conflict_rank(self) -> int:
        """Rank of the conflict records."""
        return len(self.hidden) + 1


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines in a row.

    Attributes:
        data: JSON documents, each ended by a line feed.
        last: Place of the last one.
        has_more: Whether there is a line after it.
    """

    data: bytes
    n_lines: int
    last: Place
    has_more: bool


def start_of(place: Place, rank: int) -> tuple[int, int]:
    """Gives the (revision, number) after which the lines of a rank begin that come after a place."""
    # An import is one revision: "all of it is done" is said by the next one, lest a search walks through it.
    revision, at_rank, number = place
    return (revision + 1, -1) if rank < at_rank else (revision, number if rank == at_rank else -1)


def merged_lines(
    snapshot: "Snapshot",
    scope: LineScope,
    *,
    after: Place,
    limit: int | None,
    features: FeatureLines | None = None,
) -> Iterator[Lines]:
    """Gives lines in pieces of some size, at most `limit` lines in all.

    `features` makes the lines of one layer, by its rank and the place after which they begin, where the store has a
    quicker way than through its features.
    """
    of_layer = features or partial(_feature_lines, snapshot, scope)
    streams = [of_layer(rank, start_of(after, rank)) for rank in range(1, scope.conflict_rank)]
    streams += [
        _deletion_lines(snapshot, scope, after=start_of(after, 0)),
        _conflict_lines(snapshot, scope, after=start_of(after, scope.conflict_rank)),
    ]
    buffer, n_lines, n_left = bytearray(), 0, limit
    for place, line in heapq.merge(*streams, key=lambda entry: entry[0]):
        if n_lines and (n_left == 0 or len(buffer) >= PIECE_BYTES):
            yield Lines(bytes(buffer), n_lines, after, True)
            if n_left == 0:
                return
            buffer.clear()
            n_lines = 0
        buffer += line
        buffer += b"\n"
        after, n_lines = place, n_lines + 1
        n_left = None if n_left is None else n_left - 1
    if n_lines:
        yield Lines(bytes(buffer), n_lines, after, False)


def _feature_lines(
    snapshot: "Snapshot", scope: LineScope, rank: int, after: tuple[int, int]
) -> Iterator[tuple[Place, bytes]]:
    """Lines of one layer.

    A first load reads only its area. What is written while it pages is compared with the area one by one, because it
    may have left it after it was given.
    """
    key, hidden = list(scope.hidden.items())[rank - 1]
    box = scope.bbox and snapshot.bbox_in(key, scope.bbox)
    if box is not None and scope.whole_until:
        for number, feature in snapshot.changed(key, after=after, until=scope.whole_until, bbox=scope.bbox):
            if not scope.is_elsewhere(feature):
                yield (feature.revision, rank, number), encode_json(_feature(feature, hidden))
        after = max(after, (scope.whole_until + 1, -1))
    for number, feature in snapshot.changed(key, after=after):
        line = (
            gone_line("out_of_scope", key, feature.feature_id, feature.revision)
            if scope.is_elsewhere(feature) or (box is not None and _is_outside(feature, box))
            else _feature(feature, hidden)
        )
        yield (feature.revision, rank, number), encode_json(line)


def _is_outside(feature: Feature, box: BBox) -> bool:
    if feature.geometry is None:
        return False
    min_x, min_y, max_x, max_y = shapely.bounds(feature.geometry)
    return bool(max_x < box.min_x or min_x > box.max_x or max_y < box.min_y or min_y > box.max_y)


def _deletion_lines(snapshot: "Snapshot", scope: LineScope, *, after: tuple[int, int]) -> Iterator[tuple[Place, bytes]]:
    for gone in snapshot.deletions(list(scope.hidden), after=after):
        line = gone_line("deletion", gone.layer, gone.feature_id, gone.revision)
        yield (gone.revision, 0, gone.number), encode_json(line)


def _conflict_lines(snapshot: "Snapshot", scope: LineScope, *, after: tuple[int, int]) -> Iterator[tuple[Place, bytes]]:
    for number, conflict in snapshot.sync.conflicts(layers=list(scope.hidden), after=after):
        if scope.lies_in is not None and scope.is_elsewhere(snapshot.feature(conflict.layer, conflict.feature_id)):
            continue
        line = conflict_line(conflict, scope.hidden[conflict.layer])
        yield (conflict.revision, scope.conflict_rank, number), encode_json(line)


def conflict_line(conflict: Conflict, hidden: frozenset[str] = frozenset()) -> Line:
    """The line of a conflict record, without the values of hidden fields."""
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


def gone_line(kind: str, layer: str, feature_id: str, revision: int) -> Line:
    """The line of a feature that is not to be had any more: "deletion" or "out_of_scope"."""
    return {"type": kind, "layer": layer, "feature_id": feature_id, "revision": revision}
