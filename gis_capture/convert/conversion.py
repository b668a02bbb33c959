"""Ledger → layer, with an account of every row."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from gis_capture.convert.accounting import Conversion
from gis_capture.convert.collecting import paused_collection
from gis_capture.convert.continuation import find_continuation
from gis_capture.convert.imports import refuse_repeat
from gis_capture.convert.photo_track import PhotoTrack
from gis_capture.convert.planning import Plan
from gis_capture.convert.rows import ConvertedTable
from gis_capture.convert.source import NO_GAIJI, Progress, convert_source
from gis_capture.ledger import DEFAULT_LIMITS, Limits, Reading
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import KeyLayer
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
    table: str | None = None,
    crs: str | None = None,
    matches: Mapping[str, str | None] | None = None,
    is_dry_run: bool = False,
    is_repeat_allowed: bool = False,
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
        layout: How records of a fixed length are cut.
        grids_dir: Folder of datum grids.
        gazetteer: Places rows without coordinates by their addresses.
        recipe: How ledgers of this shape are read; `crs` and `matches` come before what it says.
        gaiji: What the office's private characters are.
        against: Features by whose lots, posts, numbers or names rows without coordinates are placed.
        said: What a person says of the columns of the position.
        track: Places photos without a position by when they were taken.

    Raises:
        RecipeError: The recipe does not fit the source.
        SourceError: The source cannot be read, holds no such table, or was imported before.
        LayerError: The layer, a field of `matches` or the CRS does not fit.
        StoreError: The store cannot be written.
    """
    report = on_progress or (lambda share: None)

    def refuse(reading: Reading, plan: Plan) -> None:
        if not (is_repeat_allowed or is_dry_run):
            refuse_repeat(reading, plan, store.imports())

    source = convert_source(
        path,
        layer,
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
    )
    plan, tables, conversion = source.plan, source.tables, source.sum_up()
    continuation = None if is_repeat_allowed else find_continuation(source, store)
    if continuation and is_dry_run:
        conversion = replace(conversion, problems=(continuation.problem(), *conversion.problems))
    elif continuation:
        raise continuation.error()
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
        record = source.record(conversion, author=author, at=at)
        transaction.put_import(record, _ticking(account, report, 0.85, 0.14, n_rows))
    report(1.0)
    return conversion


def _ticking(batches: Iterable[_Batch], report: Progress, start: float, share: float, n_rows: int) -> Iterator[_Batch]:
    n_done = 0
    for batch in batches:
        report(start + share * min(n_done / n_rows, 1.0))
        n_done += len(batch)
        yield batch
