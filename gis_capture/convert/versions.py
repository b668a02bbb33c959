"""Two versions of one ledger side by side: what the last import gave, and what the file gives now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gis_capture.convert.rows import UNPLACED_GEOMETRY
from gis_capture.convert.source import ConvertedSource
from gis_capture.ledger.values import fold_header
from gis_capture.store.protocol import Store
from gis_capture.store.source_rows import SourceRow

IN_LAYER = ("loaded", "unlocated")
LISTED = "listed"
"""Outcome of a row that changes nothing until a person decides."""
MISSING = "missing"
"""Outcome of a row of an earlier version that the file has not got; the account carries it on."""


@dataclass(frozen=True, slots=True)
class Version:
    """The rows of one version of a ledger, column by column.

    Attributes:
        columns: Texts by the name that both versions know a column by: its field, else "column:" and its header.
        origins: Name of a column in the source, by the same name.
        tables: Name of the table of each row.
        row_numbers: In the table, as the user of the source sees them.
    """

    columns: Mapping[str, Sequence[str | None]]
    origins: Mapping[str, str]
    tables: Sequence[str]
    row_numbers: Sequence[int]

    def __len__(self) -> int:
        return len(self.row_numbers)

    def text(self, name: str, row: int) -> str:
        """The text of a cell without blanks at its ends; "" = nothing or no such column."""
        texts = self.columns.get(name)
        return (texts[row] or "").strip() if texts is not None else ""

    def content(self, row: int, names: Sequence[str]) -> tuple[str, ...]:
        """The texts of some columns of a row."""
        return tuple(self.text(name, row) for name in names)


@dataclass(frozen=True, slots=True)
class Lineage:
    """The imports of one ledger, month by month, that are in a layer.

    Attributes:
        records: Newest first; those that were undone are left out.
    """

    records: tuple[Mapping[str, Any], ...]

    @property
    def newest(self) -> Mapping[str, Any]:
        """The import that the next one is compared with."""
        return self.records[0]

    @property
    def lineage_id(self) -> str:
        """The id of the first import."""
        return str(self.records[-1]["import_id"])

    @property
    def import_ids(self) -> tuple[str, ...]:
        """Newest first."""
        return tuple(str(record["import_id"]) for record in self.records)


@dataclass(frozen=True, slots=True)
class LastVersion:
    """What a lineage gave last, for each of its features.

    Attributes:
        feature_ids: Parallel to the rows.
        outcomes: "loaded", "unlocated", or "missing" for a row that was not in the last file.
        reasons: Of the missing ones.
    """

    lineage: Lineage
    version: Version
    feature_ids: Sequence[str]
    outcomes: Sequence[str]
    reasons: Sequence[str | None]


def read_lineages(records: Iterable[Mapping[str, Any]], layer: str) -> tuple[Lineage, ...]:
    """Gives the lineages of a layer, the newest first; `records` are newest first."""
    live = {record["import_id"]: record for record in records if _is_live(record, layer)}
    followed = {record.get("updates") for record in live.values()}
    lineages = []
    for import_id, record in live.items():
        if import_id in followed:
            continue
        chain = [record]
        while (earlier := live.get(chain[-1].get("updates"))) is not None and earlier not in chain:
            chain.append(earlier)
        lineages.append(Lineage(tuple(chain)))
    return tuple(lineages)


def _is_live(record: Mapping[str, Any], layer: str) -> bool:
    return record.get("layer") == layer and not record.get("undone_at")


def version_of(source: ConvertedSource) -> tuple[Version, list[tuple[int, int]]]:
    """The file as it is now, and where each row stands: number of the table, place in it; rejected rows are no part."""
    columns: dict[str, list[str | None]] = {}
    origins: dict[str, str] = {}
    places: list[tuple[int, int]] = []
    tables: list[str] = []
    numbers: list[int] = []
    for index, converted in enumerate(source.tables):
        kept = [row for row, outcome in enumerate(converted.outcomes) if outcome != "rejected"]
        table, match = converted.table, source.plan.tables[index][1]
        for column, texts in zip(table.columns, table.values, strict=True):
            name = match.fields.get(column.name) or _unmatched_name(column.name)
            if name in columns and len(columns[name]) > len(places):
                continue
            values = columns.setdefault(name, [])
            values += [None] * (len(places) - len(values))
            values += [texts[row] for row in kept]
            origins.setdefault(name, column.name)
        places += [(index, row) for row in kept]
        tables += [table.name] * len(kept)
        numbers += [table.row_numbers[row] for row in kept]
    for values in columns.values():
        values += [None] * (len(places) - len(values))
    return Version(columns, origins, tables, numbers), places


def read_last_version(store: Store, lineage: Lineage, now: Version) -> LastVersion:
    """Reads what a lineage gave last; columns are known by the fields that the new version gives them."""
    record = lineage.newest
    by_header = {fold_header(origin): name for name, origin in now.origins.items()}
    names: dict[tuple[str | None, str], str] = {}
    columns: dict[str, list[str | None]] = {}
    origins: dict[str, str] = {}
    rows: list[SourceRow] = []
    for row in decided_rows(store, record):
        if row.feature_id is None or row.outcome not in (*IN_LAYER, MISSING):
            continue
        seen: set[str] = set()
        for column, text in row.raw.items():
            name = names.get((row.table, column))
            if name is None:
                name = names[row.table, column] = _old_name(record, row.table, column, by_header)
                origins.setdefault(name, column)
            if column == UNPLACED_GEOMETRY or name in seen:
                continue
            seen.add(name)
            values = columns.setdefault(name, [])
            if len(values) < len(rows):
                values += [None] * (len(rows) - len(values))
            values.append(text)
        rows.append(row)
    for values in columns.values():
        values += [None] * (len(rows) - len(values))
    return LastVersion(
        lineage=lineage,
        version=Version(columns, origins, [row.table or "" for row in rows], [row.row_number for row in rows]),
        feature_ids=[row.feature_id or "" for row in rows],
        outcomes=[row.outcome for row in rows],
        reasons=[row.reason for row in rows],
    )


def row_id(row: SourceRow) -> str:
    """Under what a decision on a row is kept: its feature where it is missing, else its place in the source."""
    return str(row.feature_id) if row.outcome == MISSING else f"{row.table or ''}:{row.row_number}"


def decided_rows(store: Store, record: Mapping[str, Any]) -> Iterator[SourceRow]:
    """The account of an import as it is after what a person has decided: a listed row may have become a feature's."""
    decisions: Mapping[str, Mapping[str, Any]] = record.get("decisions") or {}
    taken = {one["feature_id"] for one in decisions.values() if one.get("outcome")}
    for row in store.source_rows(str(record["import_id"])):
        decision = decisions.get(row_id(row), {})
        if row.outcome == LISTED and decision.get("outcome"):
            yield replace(row, outcome=decision["outcome"], reason=None, feature_id=decision["feature_id"])
        elif not (row.outcome == MISSING and row.feature_id in taken):
            yield row


def _old_name(record: Mapping[str, Any], table: str | None, column: str, by_header: Mapping[str, str]) -> str:
    """The same header is the same column, also where it went into another field then."""
    if (now := by_header.get(fold_header(column))) is not None:
        return now
    field = record.get("matches", {}).get(table, {}).get(column)
    return str(field) if field else _unmatched_name(column)


def _unmatched_name(column: str) -> str:
    return f"column:{fold_header(column) or column}"
