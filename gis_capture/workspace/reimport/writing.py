"""Brings a new version of a ledger into its layer, in one transaction: changes, new features, the account of rows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from gis_capture.convert import codes
from gis_capture.convert.rows import account_left_out
from gis_capture.convert.versions import LISTED, MISSING
from gis_capture.model import (
    GEOMETRY,
    STORED,
    Change,
    Edit,
    Feature,
    PositionQuality,
    Problem,
    Receipt,
    Text,
    geometry_to_geojson,
)
from gis_capture.store.protocol import Author, Store
from gis_capture.store.source_rows import SourceBlock, SourceRow, blocks_of
from gis_capture.sync.intake import Intake
from gis_capture.sync.office import Office
from gis_capture.sync.push import Clock, NewId
from gis_capture.workspace.reimport.account import Reimport
from gis_capture.workspace.reimport.planning import Prepared
from gis_capture.workspace.reimport.positions import ADOPTS

NAMESPACE = UUID("5b8c1f0e-6f3a-5c57-9a83-2f2d5a0f7a11")


def write_reimport(
    prepared: Prepared,
    store: Store,
    *,
    import_id: str,
    author: str,
    clock: Clock,
    new_id: NewId,
    together: tuple[str, ...] = (),
) -> Reimport:
    """Writes what was prepared; where nothing has changed, nothing is written.

    What somebody has entered since the last import stays; where the ledger says something else now, both are in a
    conflict record. A change that cannot be stored waits for the office, like a tablet's. `together` are the ids of the
    imports of the other parts of the file.

    Raises:
        StoreError: The store cannot be written; nothing has changed then.
    """
    if prepared.is_nothing:
        return prepared.reimport
    source_name = prepared.update.source.reading.source.path.name
    office = Office(store, ledger_author(import_id, source_name, author), clock, new_id)
    with office.intake(source_name) as opened:
        transaction = opened.applier.transaction
        transaction.put_layer(prepared.layer)
        intake = as_ledger(opened, prepared)
        receipts = {row: intake.take_made(one) for row, one in _changes(prepared, import_id, opened.received_at)}
        inserted = _insert(prepared, intake, import_id)
        waiting = [_waiting(prepared, row, one) for row, one in receipts.items() if one.status not in STORED]
        done = prepared.reimport.written(
            import_id=import_id,
            revision=transaction.revision,
            n_conflicts=sum(receipt.status == "conflict" for receipt in receipts.values()),
            problems=waiting,
            together=together,
        )
        record = _record(prepared, done, author=author, at=opened.received_at)
        transaction.put_import(record, _account(prepared, inserted))
    return done


def ledger_author(import_id: str, source_name: str, author: str) -> Author:
    """The ledger as an author: what conflict records and the history name."""
    return Author(f"import:{import_id}", f"台帳「{source_name}」の取り込み" + (f"（{author}）" if author else ""))


def as_ledger(intake: Intake, prepared: Prepared) -> Intake:
    """The door for a ledger, whose values are taken as they stand; unique ones are looked up quickly."""
    layers = {**intake.applier.layers, prepared.layer.key: prepared.layer}
    applier = replace(intake.applier, layers=layers, may_break_rules=True)
    applier.prepare()
    return replace(intake, applier=applier)


def _changes(prepared: Prepared, import_id: str, at: str) -> Iterator[tuple[int, Change]]:
    update, layer = prepared.update, prepared.layer
    revision = int(update.continuation.last.lineage.newest["revision"])
    for row, edits in prepared.edits.items():
        feature_id = prepared.feature_id(row) or ""
        converted, place = update.place(row)
        is_adopted = row in prepared.adopted.feature_ids
        located = None
        if GEOMETRY in edits:
            edits = {**edits, GEOMETRY: Edit(*map(geometry_to_geojson, (edits[GEOMETRY].old, edits[GEOMETRY].new)))}
            located = _quality(prepared, row)
        change = Change(
            change_id=str(uuid5(UUID(import_id), feature_id)),
            layer=layer.key,
            feature_id=feature_id,
            kind="update",
            edits=edits,
            located=located,
            base_revision=None if is_adopted else revision,
            definition_version=layer.definition_version,
            made_at=at,
            extra={
                "import_id": import_id,
                "source_row": {"table": converted.table.name, "row": converted.table.row_numbers[place]},
                **({ADOPTS: True} if is_adopted else {}),
            },
        )
        yield row, change


def _quality(prepared: Prepared, row: int) -> PositionQuality:
    converted, place = prepared.update.place(row)
    places = converted.positions
    return PositionQuality(places.methods[place], places.accuracies_m[place], places.notes[place])


def _insert(prepared: Prepared, intake: Intake, import_id: str) -> dict[int, str]:
    """Writes the new rows as features; the same row of the same ledger always gets the same id."""
    update = prepared.update
    lineage_id = update.continuation.last.lineage.lineage_id
    ids: dict[int, str] = {}
    for row in prepared.inserts:
        key = update.keys[row]
        words = (prepared.layer.key, lineage_id, key.folded if key else str(update.continuation.new.row_numbers[row]))
        feature_id = str(uuid5(NAMESPACE, "\0".join(words)))
        # Somebody may have kept the feature when an earlier import of this row was taken back.
        is_known = feature_id in prepared.adopted.present
        ids[row] = str(uuid5(UUID(import_id), feature_id)) if is_known else feature_id
    intake.applier.transaction.insert(new_feature(prepared, row, feature_id) for row, feature_id in ids.items())
    return ids


def new_feature(prepared: Prepared, row: int, feature_id: str) -> Feature:
    """The feature that a row of the ledger makes."""
    converted, place = prepared.update.place(row)
    geometry = converted.positions.geometries[place]
    return Feature(
        prepared.layer.key,
        feature_id,
        geometry,
        prepared.update.values(row),
        position=_quality(prepared, row) if geometry is not None else PositionQuality(),
    )


def _waiting(prepared: Prepared, row: int, receipt: Receipt) -> Problem:
    reason = receipt.problems[0].message if receipt.problems else Text("", "")
    message = Text(
        f"この行の変更は受け付けられず、「くい違い」に入れました。{reason.ja}",
        f"The changes of this row were not accepted and wait for the office. {reason.en}",
    )
    todo = Text("「くい違い」の画面で直してください。", "Mend them where changes wait.")
    number = prepared.update.continuation.new.row_numbers[row]
    return Problem(codes.CHANGE_REJECTED, "error", message, todo, row_number=number)


def _account(prepared: Prepared, inserted: Mapping[int, str]) -> Iterator[SourceBlock]:
    """The account of every row of the file, then of the rows that only earlier versions had."""
    update = prepared.update
    ids = [[""] * len(converted.outcomes) for converted in update.source.tables]
    outcomes = [list(converted.outcomes) for converted in update.source.tables]
    reasons = [list(converted.reasons) for converted in update.source.tables]
    for row, (table, place) in enumerate(update.continuation.places):
        if row in prepared.listed:
            old = update.pairing.renumbered.get(row)
            ids[table][place] = "" if old is None else update.continuation.last.feature_ids[old]
            outcomes[table][place], reasons[table][place] = LISTED, prepared.listed[row]
        else:
            ids[table][place] = inserted.get(row) or prepared.feature_id(row) or ""
    for number, converted in enumerate(update.source.tables):
        account = replace(converted, outcomes=outcomes[number], reasons=reasons[number])
        for block in account.account(ids[number]):
            yield replace(block, feature_ids=[one or None for one in block.feature_ids])
    for left_out in update.source.plan.left_out:
        yield from account_left_out(left_out)
    yield from blocks_of(_missing_rows(prepared))


def _missing_rows(prepared: Prepared) -> Iterator[SourceRow]:
    last = prepared.update.continuation.last
    for row, reason in prepared.missing.items():
        raw = {last.version.origins[name]: texts[row] for name, texts in last.version.columns.items()}
        number, table = last.version.row_numbers[row], last.version.tables[row]
        yield SourceRow(number, MISSING, reason, last.feature_ids[row], raw, table)


def _record(prepared: Prepared, done: Reimport, *, author: str, at: str) -> dict[str, Any]:
    record = prepared.update.source.record(done.conversion, author=author, at=at)
    base = prepared.update.continuation.last.lineage.newest
    matches = {
        table: {**base.get("matches", {}).get(table, {}), **record["matches"].get(table, {})}
        for table in (*base.get("matches", {}), *record["matches"])
    }
    decisions = base.get("decisions") or {}
    carried = {row.feature_id: decisions[row.feature_id] for row in done.removed if row.feature_id in decisions}
    counts = {"update": {"base": base["import_id"], "key_columns": list(done.key_columns), **done.counts}}
    return {
        **record,
        "matches": matches,
        "updates": base["import_id"],
        "decisions": carried,
        "result": record["result"] | counts,
        "result_en": record["result_en"] | counts,
    }
