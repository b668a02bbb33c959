"""Pull: what changed since a revision, line by line; the cost grows with what changed, not with the layer.

What is written while somebody pages moves to the end of the order of lines (`store.lines`), so the last page ends at
one revision of the store, and whoever has applied all lines holds exactly that.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gis_capture.definitions import layer_to_json
from gis_capture.locate.area import Area
from gis_capture.model import BBox, Layer, encode_json
from gis_capture.store.lines import LAST_RANK, Line, LineScope, Place
from gis_capture.store.protocol import Store
from gis_capture.sync import codes
from gis_capture.sync.messages import PULL_FORMAT
from gis_capture.sync.push import Clock

_MEASURED = 50
"""Lines that tell how large the others are."""
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
    area: Area | None = None,
) -> Iterator[bytes]:
    """Gives the lines of `gis-capture.pull/v1`, encoded, several at once; read in one snapshot as they are taken.

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
        area: What lies outside of it, or has no place, is told as `out_of_scope`, or not at all.

    Raises:
        SyncError: Another epoch, or a cursor that is none of ours.
        LayerError: A layer is not known.
    """
    chosen = [store.layer(key) for key in dict.fromkeys(layers)]
    if epoch not in (None, store.epoch) or since > store.revision():
        raise codes.error(codes.EPOCH_CHANGED)
    hidden = {layer.key: frozenset() if with_personal else layer.personal_names for layer in chosen}
    start, place = _parse_cursor(cursor) if cursor else (None, (since, LAST_RANK, 0))
    lies_in = {layer.key: area.keeper(layer.crs) for layer in chosen} if area else None
    if area is not None:
        # A box that has nothing in common with the area is left as it is: nothing in it is let through.
        bbox = area.common(bbox) or bbox
    scope = LineScope(hidden, bbox, lies_in=lies_in)
    return _lines(store, scope, place, since=since, start=start, limit=limit, clock=clock)


def mean_bytes(store: Store, layer: Layer, *, with_personal: bool = False) -> int:
    """About how many bytes a feature of a layer is in a pull, by some of them; 0 where there is none.

    Args:
        store: Where the features are.
        layer: Of the store.
        with_personal: Whether fields with personal data are given.
    """
    scope = LineScope({layer.key: frozenset() if with_personal else layer.personal_names})
    with store.snapshot() as snapshot:
        some = next(iter(snapshot.lines(scope, after=(0, LAST_RANK, 0), limit=_MEASURED)), None)
    return round(len(some.data) / some.n_lines) if some else 0


def _lines(
    store: Store, scope: LineScope, place: Place, *, since: int, start: int | None, limit: int | None, clock: Clock
) -> Iterator[bytes]:
    with store.snapshot() as snapshot:
        header = {
            "type": "header",
            "format": PULL_FORMAT,
            "epoch": store.epoch,
            "since": since,
            "revision": snapshot.revision,
            "clock_at": clock(),
        }
        definitions = [] if start is not None else [snapshot.layer(key) for key in scope.hidden]
        yield _encode(
            header, *({"type": "layer", "layer": _definition(one, scope.hidden[one.key])} for one in definitions)
        )
        start = snapshot.revision if start is None else start
        following = None
        scope = scope if since else replace(scope, whole_until=start)
        for lines in snapshot.lines(scope, after=place, limit=None if limit is None else max(limit, 1)):
            yield lines.data
            following = f"{start}.{'.'.join(map(str, lines.last))}" if lines.has_more else None
        yield _encode({"type": "end", "revision": snapshot.revision, "next": following})


def _encode(*lines: Line) -> bytes:
    return b"".join(encode_json(line) + b"\n" for line in lines)


def _definition(layer: Layer, hidden: frozenset[str]) -> dict[str, Any]:
    """The layer's definition without hidden fields: what a device does not get, it cannot edit."""
    document = dict(layer_to_json(layer))
    document["fields"] = [field for field in document["fields"] if field["name"] not in hidden]
    for section in document.get("sections", []):
        section["fields"] = [name for name in section["fields"] if name not in hidden]
    return document


def _parse_cursor(cursor: str) -> tuple[int, Place]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise codes.error(codes.BAD_CURSOR)
    start, revision, rank, number = map(int, match.groups())
    return start, (revision, rank, number)
