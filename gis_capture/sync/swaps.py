"""Changes that pass unique values on to each other: two rows that swap their numbers come in together."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gis_capture.model import Layer
from gis_capture.sync.messages import feature_of

Key = tuple[str, str, type, Any]
"""Layer, field, and the value with its type."""


def groups_of(layers: Mapping[str, Layer], bodies: Sequence[Any]) -> list[list[int]]:
    """Finds changes that take a unique value which a later one gives away, with all that hang together with them.

    Args:
        layers: By key.
        bodies: Changes as they came; what is no change belongs to no group.

    Returns:
        Places of the changes of each group: who gives a value away before who takes it, as far as that goes.
    """
    unique = {key: {one.name for one in layer.fields if one.constraints.unique} for key, layer in layers.items()}
    unique = {key: names for key, names in unique.items() if names}
    if not unique:
        return []
    givers: dict[Key, int] = {}
    takers: list[tuple[int, Key]] = []
    features: dict[int, tuple[str, str]] = {}
    newest: dict[tuple[str, str], int] = {}
    waits_for: dict[int, set[int]] = {}
    for number, body in enumerate(bodies):
        feature = feature_of(body)
        if feature is None or feature[0] not in unique:
            continue
        features[number] = feature
        if feature in newest:
            # What one author did to a feature stays in its order.
            waits_for[number] = {newest[feature]}
        newest[feature] = number
        for name, old, new in _unique_edits(body, unique[feature[0]]):
            if old == new:
                continue
            if old is not None:
                givers[feature[0], name, type(old), old] = number
            if new is not None:
                takers.append((number, (feature[0], name, type(new), new)))
    late = set[int]()
    for number, key in takers:
        giver = givers.get(key, number)
        if features[giver] != features[number]:
            waits_for.setdefault(number, set()).add(giver)
            if giver > number:
                late.add(number)
    return [_in_order(group, waits_for) for group in _connected(waits_for) if not late.isdisjoint(group)]


def in_pieces(groups: Iterable[Sequence[int]], n: int) -> Iterator[list[int]]:
    """The places of `n` changes, one by one; those of a group in one piece, where its last change stands."""
    by_last = {max(group): list(group) for group in groups}
    moved = {number for group in by_last.values() for number in group}
    for number in range(n):
        if number in by_last:
            yield by_last[number]
        elif number not in moved:
            yield [number]


def _unique_edits(body: Mapping[str, Any], names: Iterable[str]) -> Iterable[tuple[str, Any, Any]]:
    fields = body.get("fields")
    if not isinstance(fields, dict):
        return
    for name in names:
        edit = fields.get(name)
        if isinstance(edit, dict):
            old, new = edit.get("old"), edit.get("new")
            is_plain = all(one is None or isinstance(one, str | int | float) for one in (old, new))
            if is_plain:
                yield name, old, None if body.get("kind") == "delete" else new


def _connected(waits_for: Mapping[int, Iterable[int]]) -> list[list[int]]:
    """The changes that hang together, by whom they wait for."""
    near: dict[int, set[int]] = {}
    for number, givers in waits_for.items():
        for giver in givers:
            near.setdefault(number, set()).add(giver)
            near.setdefault(giver, set()).add(number)
    seen: set[int] = set()
    groups: list[list[int]] = []
    for start in sorted(near):
        if start in seen:
            continue
        group, ahead = [], [start]
        seen.add(start)
        while ahead:
            number = ahead.pop()
            group.append(number)
            ahead += near[number] - seen
            seen |= near[number]
        groups.append(sorted(group))
    return groups


def _in_order(group: Sequence[int], waits_for: Mapping[int, Iterable[int]]) -> list[int]:
    """Givers before takers; where they go round in a ring, as they came."""
    order: dict[int, None] = {}
    under_way: set[int] = set()
    for start in group:
        ahead = [(start, False)]
        while ahead:
            number, is_ready = ahead.pop()
            if is_ready:
                order.setdefault(number)
            elif number not in under_way:
                under_way.add(number)
                ahead.append((number, True))
                ahead += [(giver, False) for giver in sorted(waits_for.get(number, ()), reverse=True)]
    return list(order)
