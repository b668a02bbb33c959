"""The next version of a file that went into several layers: each part against its own last version."""

from collections.abc import Sequence
from dataclasses import replace

from gis_capture.convert import ConvertedSource
from gis_capture.convert.continuation import MIN_SHARE, Continuation, find_continuation
from gis_capture.convert.dividing import leave_out
from gis_capture.store.protocol import Store
from gis_capture.sync.push import Clock, NewId
from gis_capture.workspace.reimport.account import Reimport
from gis_capture.workspace.reimport.planning import Prepared, no_earlier_version, prepare_reimport
from gis_capture.workspace.reimport.writing import write_reimport


def prepare_all(
    sources: Sequence[ConvertedSource],
    store: Store,
    *,
    base: str | None = None,
    key: Sequence[str] = (),
    is_dry_run: bool = False,
) -> list[Prepared]:
    """Compares each part of a source with its last version; `base` and `key` are for the part they are of.

    Tables of a shape that was not in the file before are left out, and counted: they are imported by themselves.

    Raises:
        SourceError: No part goes on with an import, or its key is doubtful and it would be written.
        FieldError: A column of `key` is not in the source.
    """
    of_base = next((record["layer"] for record in store.imports() if record["import_id"] == base), None)
    found: list[tuple[ConvertedSource, Continuation]] = []
    new: list[ConvertedSource] = []
    for number, source in enumerate(sources):
        is_meant = source.plan.layer.key == of_base if of_base else number == 0
        least = 0.0 if is_meant and (base or key) else MIN_SHARE
        last = find_continuation(
            source, store, base=base if is_meant else None, key=key if is_meant else (), min_share=least
        )
        if last is None:
            new.append(source)
        else:
            found.append((source, last))
    if not found:
        raise no_earlier_version(sources[0])
    first, last = found[0]
    left = tuple(converted.table for source in new for converted in source.tables)
    kept = () if first is sources[0] else sources[0].plan.left_out
    plan = leave_out(first.plan, left, kept)
    found[0] = replace(first, plan=plan), last
    return [prepare_reimport(source, last, store, is_dry_run=is_dry_run) for source, last in found]


def write_all(
    prepared: Sequence[Prepared], store: Store, *, import_id: str, author: str, clock: Clock, new_id: NewId
) -> Reimport:
    """Writes each part that changes anything as an import of its own; they are undone together.

    Raises:
        StoreError: The store cannot be written; what was written before stays, and the same file brings in the rest.
    """
    ids = [import_id, *(new_id() for _ in prepared[1:])]
    # What is reported and asked for under the given id is a part that is in the store, where there is one.
    ordered = sorted(prepared, key=lambda one: one.is_nothing)
    written = ids[: sum(not one.is_nothing for one in prepared)]
    done = []
    for one, one_id in zip(ordered, ids, strict=True):
        others = tuple(other for other in written if other != one_id)
        done.append(
            write_reimport(one, store, import_id=one_id, author=author, clock=clock, new_id=new_id, together=others)
        )
    return combine(done)


def combine(parts: Sequence[Reimport]) -> Reimport:
    """The first part with the others beside it."""
    return replace(parts[0], others=tuple(parts[1:]))
