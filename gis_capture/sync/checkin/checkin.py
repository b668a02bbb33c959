"""Check-in: a file that was edited elsewhere is compared with what was handed out, and the difference is pushed."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gis_capture.errors import FeatureError, StoreError
from gis_capture.geopackage.comparison import BASE, MINE, Table, TableComparison, open_both, tables_in
from gis_capture.geopackage.crs import epsg_code
from gis_capture.geopackage.layer_styles import TABLE as LAYER_STYLES
from gis_capture.model import Layer, Problem
from gis_capture.store.checkout import Checkout
from gis_capture.store.protocol import Store
from gis_capture.sync.checkin import codes
from gis_capture.sync.checkin.changes import ChangeMaker, Earlier, renamed_fields
from gis_capture.sync.checkin.differences import Difference, LayerDifferences, compare_layer, match_columns
from gis_capture.sync.checkin.photos import Photos
from gis_capture.sync.messages import MAX_CHANGES, PUSH_FORMAT
from gis_capture.sync.push import Clock, NewId, push
from gis_capture.sync.swaps import groups_of, in_pieces

MAX_ROWS_TOLD = 20
"""Problems of one kind that are told for single rows of a layer."""
MAX_DELETED_SHARE, MAX_DELETED = 0.2, 10
"""Beyond both, deletions want a person's word."""

Body = Mapping[str, Any]


@dataclass(slots=True)
class LayerCounts:
    """What was found in one layer; changes that have come before count in `n_known`."""

    key: str
    n_rows: int = 0
    n_inserted: int = 0
    n_updated: int = 0
    n_deleted: int = 0
    n_known: int = 0

    def to_json(self) -> dict[str, Any]:
        """Gives one entry of `gis-capture.checkin/v1`."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True)
class Plan:
    """What a file amounts to.

    Attributes:
        bodies: Changes, parents before children.
        left: Columns that were added and have too many values, by layer, with their numbers of values.
        photos: The pictures that the changes name.
        device_id: Who sends the changes; "" = the check-out.
    """

    checkout: Checkout
    bodies: list[Body] = field(default_factory=list)
    layers: list[LayerCounts] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left: list[tuple[Layer, str, int]] = field(default_factory=list)
    photos: Photos | None = None
    device_id: str = ""


def plan_checkin(
    store: Store,
    path: Path,
    checkout: Checkout,
    base: Path,
    *,
    are_deletions_allowed: bool = False,
    is_by_value: bool = False,
    photos: Photos | None = None,
) -> Plan:
    """Compares a returned file with what was handed out; writes nothing.

    Args:
        store: Where the changes are to go; says which of them have come before.
        path: The returned file.
        checkout: What it was cut from.
        base: The file as it was handed out.
        are_deletions_allowed: Also those of more than a fifth of a layer.
        is_by_value: Changes name no revision and are merged by the values they saw.
        photos: The pictures beside the file; None = none are taken.

    Raises:
        SourceError: The file is damaged.
    """
    with store.snapshot() as moment:
        earlier = Earlier(moment.sync.changes(device_id=checkout.device_id))
    now = {layer.key: layer for layer in store.layers()}
    plan = Plan(checkout, photos=photos)
    try:
        with open_both(path, base) as connection:
            _compare_all(connection, plan, earlier, now, are_deletions_allowed, is_by_value)
    except (sqlite3.Error, StoreError, FeatureError, OverflowError) as error:
        raise codes.error(codes.FILE_UNREADABLE, file=path.name, reason=error) from error
    return plan


def push_plan(
    store: Store,
    plan: Plan,
    *,
    author: str,
    clock: Clock,
    new_id: NewId,
    on_progress: Any = None,
) -> list[dict[str, Any]]:
    """Pushes what a file amounts to; gives the receipts.

    A kill leaves some pushes done: the same file checked in again gives the same changes and completes the rest.
    """
    receipts: list[dict[str, Any]] = []
    if plan.photos is not None:
        # Before the changes that name them: a change is never stored without its photo being here.
        plan.photos.keep()
    for bodies in _messages(plan.bodies, store.layers()):
        message = {
            "format": PUSH_FORMAT,
            "device_id": plan.device_id or plan.checkout.device_id,
            "author": author,
            "epoch": store.epoch,
            "clock_at": clock(),
            "changes": bodies,
        }
        may_write = plan.checkout.with_personal
        receipts += push(store, message, clock=clock, new_id=new_id, may_write_personal=may_write)["receipts"]
        if on_progress is not None:
            on_progress(len(receipts) / len(plan.bodies))
    return receipts


def _messages(bodies: Sequence[Body], layers: Iterable[Layer]) -> Iterator[list[Body]]:
    """Changes in as many messages as it takes; rows that swap unique values are in one, if there is room."""
    message: list[Body] = []
    for piece in in_pieces(groups_of({layer.key: layer for layer in layers}, bodies), len(bodies)):
        if message and len(message) + len(piece) > MAX_CHANGES:
            yield message
            message = []
        message += [bodies[number] for number in piece]
        while len(message) > MAX_CHANGES:
            yield message[:MAX_CHANGES]
            message = message[MAX_CHANGES:]
    if message:
        yield message


def _compare_all(
    connection: sqlite3.Connection,
    plan: Plan,
    earlier: Earlier,
    now: Mapping[str, Layer],
    are_deletions_allowed: bool,
    is_by_value: bool,
) -> None:
    handed_out, returned = tables_in(connection, BASE), tables_in(connection, MINE)
    keys = {layer.key for layer in plan.checkout.layers}
    plan.problems += [
        codes.problem(codes.LAYER_ADDED, table=table.name)
        for key, table in returned.items()
        if key not in keys and key != LAYER_STYLES
    ]
    found: list[tuple[Layer, LayerDifferences]] = []
    for layer in parents_first(plan.checkout.layers):
        mine = returned.get(layer.key)
        if mine is None:
            plan.problems.append(codes.problem(codes.LAYER_MISSING, layer=layer.title))
        elif differences := _compare(connection, plan, layer, handed_out[layer.key], mine):
            found.append((layer, differences))
    ids = {layer.key: differences.identities.ids for layer, differences in found}
    first: list[Body] = []
    middle: list[Body] = []
    last: list[Body] = []
    for layer, differences in found:
        names = renamed_fields(layer, now.get(layer.key))
        maker = ChangeMaker(plan.checkout, layer, earlier, names, ids, is_by_value, plan.photos)
        counts = LayerCounts(layer.key, differences.n_rows)
        plan.layers.append(counts)
        for difference in _written(differences, earlier):
            middle += _count(counts, *maker.bodies(difference))
        if plan.photos is not None:
            plan.photos.tell_rest(layer)
        deletions = _deletions(plan, differences, maker, earlier, counts, is_allowed=are_deletions_allowed)
        # A value that must be unique is free for another row once the row that has it is gone.
        has_unique = any(one.constraints.unique for one in layer.fields)
        if has_unique:
            first = [*deletions, *first]
        else:
            last = [*deletions, *last]
    plan.bodies += [*first, *middle, *last]
    plan.problems += plan.photos.problems if plan.photos is not None else []


def _compare(
    connection: sqlite3.Connection, plan: Plan, layer: Layer, base: Table, mine: Table
) -> LayerDifferences | None:
    """Finds rows and columns of a layer; None where nobody can tell what was done to it."""
    if mine.srs is not None and mine.geometry and mine.srs != epsg_code(layer.crs):
        about: dict[str, Any] = {"layer": layer.title, "found": mine.srs, "expected": layer.crs}
        plan.problems.append(codes.problem(codes.LAYER_OTHER_CRS, "error", **about))
        return None
    columns = match_columns(base, mine, layer, lambda same: TableComparison(connection, base, mine, same))
    comparison = TableComparison(connection, base, mine, columns.same)
    identities = compare_layer(base, mine, comparison, layer, plan.checkout.checkout_id)
    if mine.feature_id is None and identities.gone and len(identities.moved) * 2 < comparison.n_rows():
        plan.problems.append(codes.problem(codes.LAYER_UNIDENTIFIED, "error", layer=layer.title))
        return None
    plan.problems += columns.problems
    plan.left += [(layer, name, n) for name, n in columns.left.items()]
    plan.problems += _row_problems(layer, identities.copied, identities.recognized)
    return LayerDifferences(comparison, layer, columns, identities)


def _row_problems(layer: Layer, copied: Sequence[int], recognized: Mapping[int, Any]) -> Iterator[Problem]:
    about: dict[str, Any] = {"layer": layer.title}
    for fid in copied[:MAX_ROWS_TOLD]:
        yield codes.problem(codes.ROW_COPIED, fid=fid, **about)
    for fid, text in list(recognized.items())[:MAX_ROWS_TOLD]:
        yield codes.problem(codes.ROW_RECOGNIZED, fid=fid, found=str(text or "")[:60], **about)


def _written(differences: LayerDifferences, earlier: Earlier) -> Iterator[Difference]:
    """Updates, then inserts: a unique value that an update gives away may stand in a new row."""
    places = differences.places_of(earlier.features(differences.layer.key))
    yield from differences.changed(always=sorted(places.values()))
    yield from differences.added()


def _deletions(
    plan: Plan,
    differences: LayerDifferences,
    maker: ChangeMaker,
    earlier: Earlier,
    counts: LayerCounts,
    *,
    is_allowed: bool,
) -> list[Body]:
    """Deletions of a layer, unless they are so many that somebody has to say that they are meant."""
    layer, bodies, n_new = differences.layer, list[Body](), 0
    there = {*differences.places_of(earlier.features(layer.key)), *differences.identities.new.values()}
    gone = {*differences.identities.gone.values()}
    withdrawn = [one for one in earlier.features(layer.key) if one not in there and one not in gone]
    known: list[Body] = []
    for difference in [*differences.removed(), *(Difference(one, 0, None, None) for one in withdrawn)]:
        made, kind = maker.bodies(difference)
        n_new += kind is not None
        bodies += made
        known += made[:-1] if kind else made
    if n_new > MAX_DELETED and n_new > MAX_DELETED_SHARE * differences.n_rows and not is_allowed:
        about: dict[str, Any] = {"layer": layer.title, "n": n_new, "n_rows": differences.n_rows}
        plan.problems.append(codes.problem(codes.DELETIONS_UNCONFIRMED, "error", **about))
        bodies, n_new = known, 0
    counts.n_deleted += n_new
    counts.n_known += len(bodies) - n_new
    return bodies


def _count(counts: LayerCounts, bodies: list[Body], kind: str | None) -> list[Body]:
    counts.n_inserted += kind == "insert"
    counts.n_updated += kind == "update"
    counts.n_known += len(bodies) - (kind is not None)
    return bodies


def parents_first(layers: Sequence[Layer]) -> list[Layer]:
    """Layers in an order in which relations lead back; of those that refer to each other in a ring, as they come."""
    by_key = {layer.key: layer for layer in layers}
    order: dict[str, Layer] = {}
    under_way: set[str] = set()

    def put(layer: Layer) -> None:
        if layer.key in order or layer.key in under_way:
            return
        under_way.add(layer.key)
        for field_ in layer.fields:
            parent = by_key.get((field_.relation or "").partition(".")[0])
            if parent is not None:
                put(parent)
        order[layer.key] = layer

    for layer in layers:
        put(layer)
    return list(order.values())
