"""Ledger → layer, with an account of every row."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from gis_capture.convert.bounding import bound_problems
from gis_capture.convert.collecting import paused_collection
from gis_capture.convert.imports import refuse_repeat
from gis_capture.convert.planning import Plan, plan_conversion
from gis_capture.convert.reasons import reason_words
from gis_capture.convert.rows import ConvertedTable, convert_table
from gis_capture.ledger import DEFAULT_LIMITS, Limits, Reading, read_ledger
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.model import Layer, Problem
from gis_capture.store.protocol import Author, Store

FORMAT = "gis-capture.convert/v1"
_Batch = TypeVar("_Batch", bound=Sized)

Progress = Callable[[float], None]
"""Called now and then with the share that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of the rows of a source: n_source_rows = n_loaded + n_unlocated + n_rejected + n_skipped.

    Attributes:
        layer: Key of the layer.
        crs: Of the features in the layer.
        n_loaded: Rows with a position in the layer.
        n_unlocated: Rows in the layer without a position.
        n_rejected: Rows of which nothing could be stored.
        n_skipped: Rows that are no data: subtotals, notes, repeated headers.
        reasons: Number of rows by code, for all but the loaded ones.
        revision: Of the store; None for a dry run.
        import_id: None for a dry run.
    """

    layer: str
    crs: str
    n_loaded: int
    n_unlocated: int
    n_rejected: int
    n_skipped: int
    reasons: Mapping[str, int]
    problems: tuple[Problem, ...]
    revision: int | None = None
    import_id: str | None = None

    @property
    def n_source_rows(self) -> int:
        """All rows of the tables that were converted."""
        return self.n_loaded + self.n_unlocated + self.n_rejected + self.n_skipped

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives `gis-capture.convert/v1`."""
        return {
            "format": FORMAT,
            "layer": self.layer,
            "crs": self.crs,
            "n_source_rows": self.n_source_rows,
            "n_loaded": self.n_loaded,
            "n_unlocated": self.n_unlocated,
            "n_rejected": self.n_rejected,
            "n_skipped": self.n_skipped,
            "reasons": [
                {"code": code, "words": reason_words(code, language), "n_rows": n_rows}
                for code, n_rows in self.reasons.items()
            ],
            "revision": self.revision,
            "problems": [problem.to_json(language) for problem in self.problems],
        }


@paused_collection()
def convert(
    path: Path,
    *,
    layer: Layer,
    store: Store,
    author: str,
    clock: Callable[[], str],
    new_id: Callable[[], str],
    import_id: str | None = None,
    table: str | None = None,
    crs: str | None = None,
    matches: Mapping[str, str | None] | None = None,
    is_dry_run: bool = False,
    is_repeat_allowed: bool = False,
    on_progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
) -> Conversion:
    """Brings a source into a layer of the store: all of it in one transaction, or nothing.

    Args:
        path: The source.
        layer: Where the rows go; the `generic` one stands for a layer of the ledger's own.
        store: Is only read when `is_dry_run`.
        author: Name of the person who imports.
        clock: Gives the time, UTC "…Z".
        new_id: Gives ids for features and, without `import_id`, for the import.
        import_id: Id under which the import is kept.
        table: Name of the only table to take; by default all that fit the layer.
        crs: CRS of the coordinates, where a person knows it better than the source.
        matches: Field names by column name that a person chose.
        is_dry_run: Nothing is written.
        is_repeat_allowed: A source that was imported into this layer before is imported again.
        on_progress: Called with the share that is done.
        limits: How large a source may be.
        grids_dir: Folder of datum grids.
        gazetteer: Places rows without coordinates by their addresses.

    Raises:
        SourceError: The source cannot be read, holds no such table, or was imported before.
        LayerError: The layer, a field of `matches` or the CRS does not fit.
        StoreError: The store cannot be written.
    """
    report = on_progress or (lambda share: None)
    reading = read_ledger(path, limits=limits)
    report(0.25)
    plan = plan_conversion(reading, layer, table=table, matches=matches, stored=store.layers())
    if not (is_repeat_allowed or is_dry_run):
        refuse_repeat(reading, plan, store.imports())
    tables = []
    for n, (source_table, match) in enumerate(plan.tables, start=1):
        tables.append(convert_table(source_table, match, plan.layer, crs=crs, grids_dir=grids_dir, gazetteer=gazetteer))
        report(0.25 + 0.25 * n / len(plan.tables))
    conversion = _sum_up(reading, plan, tables)
    if is_dry_run:
        report(1.0)
        return conversion
    import_id = import_id or new_id()
    at = clock()
    ids = [[new_id() for _ in converted.outcomes] for converted in tables]
    n_rows = sum(len(each) for each in ids) or 1
    with store.transact(Author(f"import:{import_id}", author), at=at, note=path.name) as transaction:
        conversion = replace(conversion, revision=transaction.revision, import_id=import_id)
        transaction.put_layer(plan.layer)
        features = chain.from_iterable(map(ConvertedTable.features, tables, ids))
        transaction.insert_columns(_ticking(features, report, 0.5, 0.35, n_rows))
        account = chain.from_iterable(map(ConvertedTable.account, tables, ids))
        record = _record(reading, plan, tables, conversion, author=author, at=at)
        transaction.put_import(record, _ticking(account, report, 0.85, 0.14, n_rows))
    report(1.0)
    return conversion


def _sum_up(reading: Reading, plan: Plan, tables: Sequence[ConvertedTable]) -> Conversion:
    outcomes = Counter(outcome for converted in tables for outcome in converted.outcomes)
    reasons = Counter(reason for converted in tables for reason in converted.reasons if reason)
    reasons.update(skipped.reason for converted in tables for skipped in converted.table.skipped)
    of_tables = ((*c.table.problems, *c.table.notes, *c.problems) for c in tables)
    return Conversion(
        layer=plan.layer.key,
        crs=plan.layer.crs,
        n_loaded=outcomes["loaded"],
        n_unlocated=outcomes["unlocated"],
        n_rejected=outcomes["rejected"],
        n_skipped=sum(len(converted.table.skipped) for converted in tables),
        reasons=dict(reasons.most_common()),
        problems=bound_problems((*reading.problems, *plan.problems, *chain.from_iterable(of_tables))),
    )


def _record(
    reading: Reading,
    plan: Plan,
    tables: Sequence[ConvertedTable],
    conversion: Conversion,
    *,
    author: str,
    at: str,
) -> dict[str, Any]:
    """What is kept about an import, besides the account of its rows."""
    return {
        "import_id": conversion.import_id,
        "source_name": reading.source.path.name,
        "sha256": reading.source.sha256,
        "driver": reading.source.driver,
        "encoding": reading.source.encoding,
        "layer": plan.layer.key,
        "tables": [table.name for table, _ in plan.tables],
        "matches": {table.name: match.fields for table, match in plan.tables},
        "crs": next((converted.positions.crs for converted in tables if converted.positions.crs), None),
        "operation": "; ".join(dict.fromkeys(c.positions.operation for c in tables if c.positions.operation)),
        "author": author,
        "created_at": at,
        "revision": conversion.revision,
        "state": "done",
        "undone_at": None,
        "result": conversion.to_json("ja"),
        "result_en": conversion.to_json("en"),
    }


def _ticking(batches: Iterable[_Batch], report: Progress, start: float, share: float, n_rows: int) -> Iterator[_Batch]:
    n_done = 0
    for batch in batches:
        report(start + share * min(n_done / n_rows, 1.0))
        n_done += len(batch)
        yield batch
