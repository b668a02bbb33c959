"""What was done to a layer while it was out: which rows, and the values before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import shapely

from gis_capture.errors import FeatureError
from gis_capture.geopackage.blob import decode_geometry
from gis_capture.geopackage.column_values import column_reader
from gis_capture.geopackage.comparison import Table, TableComparison
from gis_capture.geopackage.names import FEATURE_ID, POSITION_COLUMNS, REVISION
from gis_capture.model import GEOMETRY, FieldType, Layer, Problem, geometry_to_geojson
from gis_capture.sync.checkin import codes
from gis_capture.sync.checkin.identity import Identities, identify
from gis_capture.sync.checkin.photos import SUFFIXES
from gis_capture.sync.values import instant

BATCH = 1_000
MAX_ADDED_VALUES = 200
"""Values of an added column that become conflict records; more of them would bury the others."""
_RENAMED_SHARE = 0.9

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One feature as it was handed out and as it came back; None = it was not there.

    Attributes:
        fid: In the returned file, else in the handed-out one.
        pictures: Values of columns that are read for nothing but the pictures they name.
    """

    feature_id: str
    fid: int
    before: State | None
    after: State | None
    pictures: tuple[Any, ...] = ()


@dataclass(slots=True)
class Columns:
    """How the columns of the returned table belong to the handed-out ones.

    Attributes:
        same: (handed out, returned) names, fields and position columns.
        added: Columns that only the returned table has, and whose values are taken.
        left: Columns of which there are too many values, and how many.
        pictures: Those of them that name pictures.
    """

    same: list[tuple[str, str]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class LayerDifferences:
    """Compares one layer of the two files."""

    def __init__(self, comparison: TableComparison, layer: Layer, columns: Columns, identities: Identities) -> None:
        self.layer, self.identities = layer, identities
        self.n_rows = comparison.n_rows()
        self._comparison, self._columns = comparison, columns
        names = [handed_out for handed_out, _ in columns.same]
        types = {one.name: one.type for one in layer.fields}
        readers = {name: column_reader(types[name]) for name in names if name in types}
        self._names = names
        self._readers = [(place, reader) for place, name in enumerate(names) if (reader := readers.get(name))]
        self._instants = frozenset(name for name in names if types.get(name) is FieldType.DATETIME)
        self._has_geometry = comparison.mine.geometry is not None
        self._more = [*columns.added, *columns.pictures]

    def changed(self, always: Sequence[int] = ()) -> Iterator[Difference]:
        """Features that are in both files and differ; `always` names rows (`fid`) to give in any case."""
        moved = self.identities.moved
        at_home = self._comparison.differing(self._more)
        seen: set[int] = set(moved)
        pairs = iter([*moved.items(), *((fid, fid) for fid in always if fid not in moved)])
        seen.update(always)
        yield from self._pairs(pairs, is_given=frozenset(always))
        yield from self._pairs((pair for pair in at_home if pair[0] not in seen), is_given=frozenset())

    def _pairs(self, pairs: Iterator[tuple[int, int]], *, is_given: frozenset[int]) -> Iterator[Difference]:
        while batch := list(islice(pairs, BATCH)):
            ids = self._comparison.feature_ids([b for b, _ in batch])
            befores = self._comparison.rows_of_base([b for b, _ in batch])
            afters = self._comparison.rows_of_mine([m for _, m in batch], self._more)
            for b, m in batch:
                # What is the same to the last byte need not be read, unless it is compared with something else.
                has_geometry = self._has_geometry and (b in is_given or befores[b][0] != afters[m][0])
                before, after = (self._state(row, has_geometry) for row in (befores[b], afters[m]))
                self._overlook_rewriting(before, after)
                pictures = self._pictures(afters[m])
                if before != after or b in is_given or any(pictures):
                    yield Difference(ids[b], m, before, after, pictures)

    def added(self) -> Iterator[Difference]:
        """Features that are only in the returned file."""
        new = iter(self.identities.new.items())
        while batch := list(islice(new, BATCH)):
            rows = self._comparison.rows_of_mine([fid for fid, _ in batch], self._more)
            for fid, feature_id in batch:
                state = self._state(rows[fid], self._has_geometry)
                yield Difference(feature_id, fid, None, state, self._pictures(rows[fid]))

    def removed(self) -> Iterator[Difference]:
        """Features that are only in the handed-out file."""
        gone = iter(self.identities.gone.items())
        while batch := list(islice(gone, BATCH)):
            rows = self._comparison.rows_of_base([fid for fid, _ in batch])
            for fid, feature_id in batch:
                yield Difference(feature_id, fid, self._state(rows[fid], self._has_geometry), None)

    def places_of(self, feature_ids: Sequence[str]) -> dict[str, int]:
        """The handed-out rows (`fid`) of features that are in the returned file as well."""
        found = self._comparison.fids_of(feature_ids)
        return {feature_id: fid for feature_id, fid in found.items() if fid not in self.identities.gone}

    def _state(self, row: Sequence[Any], has_geometry: bool) -> State:
        blob, *values = row
        for place, reader in self._readers:
            values[place] = reader(values[place])
        state = {name: _plain(value) for name, value in zip(self._names, values, strict=False)}
        # A column that was added has a value or says nothing.
        more = zip(self._columns.added, values[len(self._names) :], strict=False)
        state.update({_free(name): _plain(value) for name, value in more if value is not None})
        if has_geometry:
            state[GEOMETRY] = read_geometry(blob)
        return state

    def _pictures(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(row[len(row) - len(self._columns.pictures) :])

    def _overlook_rewriting(self, before: State, after: State) -> None:
        """Takes what a program has only written otherwise for what it was: GDAL keeps milliseconds of an instant."""
        for name in self._instants:
            if before[name] != after[name] and _is_rewritten(before[name], after[name]):
                after[name] = before[name]


def compare_layer(base: Table, mine: Table, comparison: TableComparison, layer: Layer, checkout_id: str) -> Identities:
    """Finds which feature each row of a returned table is."""
    return identify(
        comparison.loose_rows(),
        comparison.empty_places(),
        checkout_id=checkout_id,
        layer=layer.key,
        is_intact=is_intact(base, mine),
        newest_fid=comparison.newest_fid(),
    )


def is_intact(base: Table, mine: Table) -> bool:
    """Whether it is the table that was handed out, not a copy by another program: those leave our index behind."""
    return bool(base.indexes & mine.indexes - {f"sqlite_autoindex_{mine.name}_1"}) and mine.fid == base.fid


def match_columns(base: Table, mine: Table, layer: Layer, make: Any) -> Columns:
    """Tells which columns are the same; `make(same)` gives a comparison of some."""
    found = Columns()
    titles = {one.name: one.title for one in layer.fields}
    about: dict[str, Any] = {"layer": layer.title}
    wanted = [name for name in base.columns if name not in (FEATURE_ID, REVISION)]
    missing = []
    for name in wanted:
        there = mine.column(name)
        if there:
            found.same.append((name, there))
        else:
            missing.append(name)
    taken = {m for _, m in found.same} | {mine.column(name) for name in (FEATURE_ID, REVISION, base.fid)}
    strangers = [name for name in mine.columns if name not in taken]
    comparison: TableComparison = make(found.same)
    for name in missing:
        other = next((one for one in strangers if _is_renamed(comparison, name, one)), None)
        if other:
            strangers.remove(other)
            found.same.append((name, other))
            found.problems.append(codes.problem(codes.COLUMN_RENAMED, column=name, other=other, **about))
        elif name in titles:
            found.problems.append(codes.problem(codes.COLUMN_MISSING, column=name, **about))
    for name in strangers:
        n = comparison.n_filled(name)
        if n > MAX_ADDED_VALUES:
            found.left[name] = n
            if comparison.n_ending(name, SUFFIXES):
                found.pictures.append(name)
        elif n:
            found.added.append(name)
            found.problems.append(codes.problem(codes.COLUMN_ADDED, column=name, n=n, **about))
    if base.geometry and not mine.geometry:
        found.problems.append(codes.problem(codes.GEOMETRY_MISSING, **about))
    return found


def _is_renamed(comparison: TableComparison, name: str, other: str) -> bool:
    """Whether nearly all values of a column that is missing stand in one that was added."""
    n, n_equal = comparison.n_equal(name, other)
    return n > 0 and n_equal >= _RENAMED_SHARE * n


def read_geometry(blob: Any) -> Any:
    """A geometry as GeoJSON; one that cannot be read is kept as it stands, for the office to see."""
    if blob is None:
        return None
    try:
        geometry = decode_geometry(blob)
        # An empty point is how some programs write that there is none.
        return None if geometry is None or shapely.is_empty(geometry) else geometry_to_geojson(geometry)
    except (FeatureError, TypeError, AttributeError):
        return {"type": "unreadable", "content": _plain(blob)}


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; bytes are written in hex."""
    return value.hex() if isinstance(value, bytes) else value


def _free(name: str) -> str:
    """The name of an added column among the values of a state; two are taken."""
    return f"{name}_" if name in (GEOMETRY, "attachments", *POSITION_COLUMNS) else name


def _is_rewritten(before: Any, after: Any) -> bool:
    if not (isinstance(before, str) and isinstance(after, str)):
        return False
    one, other = instant_ms(before), instant_ms(after)
    return one is not None and other is not None and abs(one - other) < 1


def instant_ms(text: str) -> float | None:
    """Milliseconds of an instant; one without a zone is UTC, as GeoPackage has it."""
    try:
        return instant(text).timestamp() * 1000
    except ValueError:
        return None
