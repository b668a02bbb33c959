"""Ledger → layer, with an account of every row."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from gis_capture.convert.accounting import Conversion
from gis_capture.convert.collecting import paused_collection
from gis_capture.convert.continuation import find_continuation
from gis_capture.convert.imports import refuse_forms, refuse_repeat
from gis_capture.convert.parts import Wanted
from gis_capture.convert.photo_track import PhotoTrack
from gis_capture.convert.planning import Plan
from gis_capture.convert.rows import ConvertedTable
from gis_capture.convert.source import NO_GAIJI, ConvertedSource, Progress, convert_sources
from gis_capture.ledger import DEFAULT_LIMITS, Limits, Reading
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import KeyLayer
from gis_capture.locate.plane import Beside, nowhere
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import Layer
from gis_capture.store.protocol import Author, Store

_Batch = TypeVar("_Batch", bound=Sized)


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
    layers: Sequence[Layer] = (),
    table: Wanted = None,
    crs: str | None = None,
    matches: Mapping[str, str | None] | None = None,
    is_dry_run: bool = False,
    is_repeat_allowed: bool = False,
    is_list: bool = False,
    on_progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
    layout: Path | None = None,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
    recipe: Recipe | None = None,
    gaiji: Mapping[str, str] = NO_GAIJI,
    against: KeyLayer | None = None,
    said: Said = NOTHING_SAID,
    track: PhotoTrack | None = None,
    beside: Beside = nowhere,
) -> Conversion:
    """Brings every ledger of a source into the store: all of it in one transaction, or nothing.

    Tables of other columns than the main one's go into layers of their own, each with an import of its own; such
    imports are undone together.

    Args:
        path: The source.
        layer: Where the main table and its like go; the `generic` one stands for a layer of the ledger's own.
        store: Is only read when `is_dry_run`.
        author: Name of the person who imports.
        clock: Gives the time, UTC "…Z".
        new_id: Gives ids for features and, without `import_id`, for the import.
        import_id: Id under which the import is kept.
        layers: What the other tables may go into; without any they are left out, and counted as skipped.
        table: Names of the only tables or sheets to take; by default every ledger of the source.
        crs: CRS of the coordinates, where a person knows it better than the source.
        matches: Field names by column name that a person chose.
        is_dry_run: Nothing is written.
        is_repeat_allowed: A source that was imported into this layer before is imported again.
        is_list: Sheets that seem to be forms of one record each are read as tables all the same.
        on_progress: Called with the share that is done.
        limits: How large a source may be.
        layout: How records of a fixed length are cut.
        grids_dir: Folder of datum grids.
        gazetteer: Places rows without coordinates by their addresses.
        recipe: How ledgers of this shape are read; `crs` and `matches` come before what it says.
        gaiji: What the office's private characters are.
        against: Features by whose lots, posts, numbers or names rows without coordinates are placed.
        said: What a person says of the columns of the position.
        track: Places photos without a position by when they were taken.
        beside: Gives the box of what is surely placed already.

    Raises:
        RecipeError: The recipe does not fit the source.
        SourceError: The source cannot be read, holds no such table, seems to be forms, or was imported before.
        LayerError: The layer, a field of `matches` or the CRS does not fit.
        StoreError: The store cannot be written.
    """
    report = on_progress or (lambda share: None)

    def refuse(reading: Reading, plan: Plan) -> None:
        if not is_list:
            refuse_forms(reading)
        if not (is_repeat_allowed or is_dry_run):
            refuse_repeat(reading, plan, store.imports())

    sources = convert_sources(
        path,
        layer,
        layers=layers,
        stored=store.layers(),
        table=table,
        crs=crs,
        matches=matches,
        on_progress=report,
        limits=limits,
        layout=layout,
        grids_dir=grids_dir,
        gazetteer=gazetteer,
        check=refuse,
        recipe=recipe,
        gaiji=gaiji,
        against=against,
        said=said,
        track=track,
        beside=beside,
    )
    parts = [source.sum_up() for source in sources]
    found = [] if is_repeat_allowed else [find_continuation(source, store) for source in sources]
    for continuation in filter(None, found):
        if not is_dry_run:
            raise continuation.error()
        parts[0] = replace(parts[0], problems=(continuation.problem(), *parts[0].problems))
    if not is_dry_run:
        import_ids = [import_id or new_id(), *(new_id() for _ in sources[1:])]
        parts = _write(sources, parts, store, import_ids, author=author, clock=clock, new_id=new_id, report=report)
    report(1.0)
    return functools.reduce(Conversion.__add__, parts)


def _write(
    sources: Sequence[ConvertedSource],
    parts: Sequence[Conversion],
    store: Store,
    import_ids: Sequence[str],
    *,
    author: str,
    clock: Callable[[], str],
    new_id: Callable[[], str],
    report: Progress,
) -> list[Conversion]:
    """Writes layer by layer, in one transaction; gives the parts with revision and imports."""
    at, path = clock(), sources[0].reading.source.path
    ids = [[[new_id() for _ in table.outcomes] for table in source.tables] for source in sources]
    n_of = [sum(map(len, of_source)) for of_source in ids]
    n_all, start = sum(n_of) or 1, 0.5
    written: list[Conversion] = []
    with store.transact(Author(f"import:{import_ids[0]}", author), at=at, note=path.name) as transaction:
        for source, part, import_id, of_source, n_rows in zip(sources, parts, import_ids, ids, n_of, strict=True):
            others = tuple(other for other in import_ids if other != import_id)
            part = replace(part, revision=transaction.revision, import_id=import_id, together=others)
            transaction.put_layer(source.plan.layer)
            features = chain.from_iterable(map(ConvertedTable.features, source.tables, of_source))
            share = 0.49 * n_rows / n_all
            transaction.insert_columns(_ticking(features, report, start, 0.7 * share, n_rows or 1))
            record = source.record(part, author=author, at=at)
            account = source.account(of_source)
            transaction.put_import(record, _ticking(account, report, start + 0.7 * share, 0.3 * share, n_rows or 1))
            start += share
            written.append(part)
    return written


def _ticking(batches: Iterable[_Batch], report: Progress, start: float, share: float, n_rows: int) -> Iterator[_Batch]:
    n_done = 0
    for batch in batches:
        report(start + share * min(n_done / n_rows, 1.0))
        n_done += len(batch)
        yield batch
