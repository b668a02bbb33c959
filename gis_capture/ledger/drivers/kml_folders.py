"""Folders of a KML that hold things of different kinds: each kind becomes a table of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

_OF_ANY_PLACEMARK = frozenset(
    {"folder", "id", "name", "description", "address", "phoneNumber", "snippet", "when", "begin", "end"}
)
_MAX_KINDS = 20
_LEAST_SHARED = 0.5


@dataclass(slots=True)
class Kind:
    """Placemarks of one kind.

    Attributes:
        folders: The folders they stand in, in order.
        places: Which placemarks they are, from 0.
        columns: What they have beside what every placemark may have.
        shapes: Types of their geometries, without Multi.
    """

    folders: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    shapes: set[str] = field(default_factory=set)

    def is_like(self, other: "Kind") -> bool:
        """Whether half of the columns of the one that has fewer are shared; without columns, whether shapes are."""
        n_fewer = min(len(self.columns), len(other.columns))
        if n_fewer:
            return len(self.columns & other.columns) >= _LEAST_SHARED * n_fewer
        return bool(self.shapes & other.shapes) or not (self.shapes and other.shapes)

    def take(self, other: "Kind") -> None:
        """Makes the other one a part of this."""
        self.folders += other.folders
        self.places += other.places
        self.columns |= other.columns
        self.shapes |= other.shapes


def kinds_of(records: Sequence[Mapping[str, str | None]], geometries: Sequence[BaseGeometry | None]) -> list[Kind]:
    """Puts placemarks together by folder, and folders by what they hold; all are one kind where folders say nothing.

    A folder of one placemark, as map services write them, is no kind by itself; nor are there more than twenty kinds.
    """
    by_folder: dict[str, Kind] = {}
    for place, (record, geometry) in enumerate(zip(records, geometries, strict=True)):
        folder = record.get("folder") or ""
        kind = by_folder.setdefault(folder, Kind([folder]))
        kind.places.append(place)
        kind.columns.update(name for name, value in record.items() if value and name not in _OF_ANY_PLACEMARK)
        if geometry is not None:
            kind.shapes.add(geometry.geom_type.removeprefix("Multi"))
    kinds: list[Kind] = []
    # Those that have most to say come first: folders of few columns find their place among them.
    for kind in sorted(by_folder.values(), key=lambda kind: -len(kind.columns)):
        like = next((other for other in kinds if other.is_like(kind)), None)
        if like is None:
            kinds.append(kind)
        else:
            like.take(kind)
    large = [kind for kind in kinds if len(kind.places) > 1]
    if not 1 < len(large) <= _MAX_KINDS:
        return [Kind([*by_folder], [*range(len(records))])] if records else []
    largest = max(large, key=lambda kind: len(kind.places))
    for kind in kinds:
        if kind not in large:
            largest.take(kind)
    order = [*by_folder]
    for kind in large:
        kind.places.sort()
        kind.folders.sort(key=order.index)
    return sorted(large, key=lambda kind: kind.places[0])
