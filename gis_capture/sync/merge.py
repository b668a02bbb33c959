"""Three-way merge of one change into one feature: pure, by value, per field; the geometry is one of the fields.

    stored meanwhile      change    result
    nothing               any       applied
    other fields          update    merged
    the same, same value  update    merged (nothing to do for that field)
    the same, other value update    conflict: the stored value stays, the incoming one is in the record
    delete                update    conflict: stays deleted, the incoming values are in the record
    update                delete    conflict: stays, the wish to delete is in the record
    delete                delete    merged
    insert, other body    insert    conflict for the fields that differ
    delete                insert    conflict: stays deleted

A layer that takes the incoming value gets it in the same cases, and the record keeps what was overwritten.
The dates of a visit never clash: the later one stays.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gis_capture.model import ABSENT, ATTACHMENTS, Change, Clash, Edit, Kind, State

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

Same = Callable[[str, Any, Any], bool]
"""Whether two values of the field of that name are equal as values: instants in time, geometries by coordinate."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What a change does to a feature.

    Attributes:
        state: The feature's values afterwards; None = it is not in the layer.
        written: Names whose values are not those stored before.
        stored_kind: What the store had done meanwhile, where values clash.
    """

    status: Literal["applied", "merged", "conflict"]
    state: State | None
    written: frozenset[str] = frozenset()
    clashes: tuple[Clash, ...] = ()
    stored_kind: Kind = "update"


@dataclass(frozen=True, slots=True)
class Situation:
    """The feature a change meets.

    Attributes:
        stored: Its values now; None = not in the layer.
        deleted: Its last values, where it was deleted.
        seen: The values the change's author saw, as far as known; None = nothing is known.
        is_untouched: Nobody else wrote the feature since the author saw it.
        same: Equality of values.
        takes_incoming: The layer's rule for clashing values.
    """

    stored: State | None
    deleted: State | None
    seen: State | None
    is_untouched: bool
    same: Same
    takes_incoming: bool = False


def merge(change: Change, at: Situation) -> Merge:
    """Merges a valid change; an update or delete of a feature that never was is the caller's to refuse."""
    if change.kind == "delete":
        return _merge_delete(at)
    if at.stored is None:
        return _merge_into_nothing(change, at)
    if change.kind == "insert":
        return _merge_insert(change, at, at.stored)
    return _merge_update(change, at, at.stored)


def _merge_update(change: Change, at: Situation, stored: State) -> Merge:
    state, clashes = dict(stored), []
    written, agreed = set(), False
    for name, edit in change.edits.items():
        now = stored.get(name)
        old = edit.old if edit.old is not ABSENT else (at.seen or {}).get(name, ABSENT)
        if old is not ABSENT and at.same(name, old, edit.new):
            continue
        if at.same(name, now, edit.new):
            agreed = True
            continue
        if change.is_visit and _is_later(now, edit.new):
            agreed = True
            continue
        is_clash = (old is ABSENT or not at.same(name, now, old)) and not (change.is_visit and _is_later(edit.new, now))
        if is_clash:
            clashes.append(Clash(name, base=old, stored=now, incoming=edit.new))
        if not is_clash or at.takes_incoming:
            state[name] = edit.new
            written.add(name)
    status: Literal["applied", "merged", "conflict"] = "applied" if at.is_untouched and not agreed else "merged"
    return Merge("conflict" if clashes else status, state, frozenset(written), tuple(clashes))


def _merge_insert(change: Change, at: Situation, stored: State) -> Merge:
    differing = {name: edit for name, edit in change.edits.items() if not at.same(name, stored.get(name), edit.new)}
    if not differing:
        return Merge("merged", stored)
    clashes = tuple(
        Clash(name, base=None, stored=stored.get(name), incoming=edit.new) for name, edit in differing.items()
    )
    taken = differing if at.takes_incoming else {}
    return Merge("conflict", {**stored, **_news(taken)}, frozenset(taken), clashes, stored_kind="insert")


def _merge_into_nothing(change: Change, at: Situation) -> Merge:
    if change.kind == "insert" and (at.deleted is None or at.is_untouched):
        return Merge("applied", _news(change.edits), frozenset(change.edits))
    edits = {name: edit for name, edit in change.edits.items() if not at.same(name, edit.old, edit.new)}
    clashes = [
        Clash(name, base=edit.old if edit.old is not ABSENT else (at.seen or {}).get(name, ABSENT), incoming=edit.new)
        for name, edit in edits.items()
    ]
    if change.attached:
        clashes.append(Clash(ATTACHMENTS, incoming=[attachment.to_json() for attachment in change.attached]))
    if not clashes:
        return Merge("merged", None)
    if at.takes_incoming:
        state = {**(at.deleted or {}), **_news(edits)}
        return Merge("conflict", state, frozenset(state), tuple(clashes), stored_kind="delete")
    return Merge("conflict", None, clashes=tuple(clashes), stored_kind="delete")


def _merge_delete(at: Situation) -> Merge:
    if at.stored is None:
        return Merge("merged", None)
    stored, seen = at.stored, at.seen or {}
    clashes = tuple(
        Clash(name, base=seen.get(name, ABSENT), stored=value)
        for name, value in stored.items()
        # A value of which nobody knows whether the author saw it is not deleted silently.
        if (not at.same(name, seen[name], value) if name in seen else value not in (None, []))
    )
    if not clashes:
        return Merge("applied" if at.is_untouched else "merged", None, frozenset(stored))
    return Merge("conflict", None if at.takes_incoming else stored, clashes=clashes)


def _is_later(a: Any, b: Any) -> bool:
    """Whether both are dates or instants in ISO 8601, and the first is the later one."""
    return all(isinstance(value, str) and _DATE.match(value) for value in (a, b)) and a > b


def _news(edits: Mapping[str, Edit]) -> dict[str, Any]:
    return {name: edit.new for name, edit in edits.items()}
