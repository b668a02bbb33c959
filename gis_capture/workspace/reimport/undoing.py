"""Takes a new version of a ledger back: its changes by their inverses, its new features, what was decided on it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gis_capture.convert import Undo
from gis_capture.convert.imports import refuse_followed
from gis_capture.convert.versions import IN_LAYER
from gis_capture.model import GEOMETRY, STORED, Change, Conflict, Edit, Feature, Receipt, geometry_to_geojson
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync.intake import Intake
from gis_capture.sync.office import Office, found_all_there
from gis_capture.sync.values import equality_of


def undo_reimport(office: Office, record: Mapping[str, Any]) -> Undo:
    """Gives the fields back what they held before; what somebody has written since is kept, in a conflict record.

    New features go out again, unless somebody has edited them. Conflicts that the import opened are closed in favour
    of what is stored, and what it left waiting waits no more. Undoing twice changes nothing more.

    Raises:
        StoreError: A later version of the ledger is on top of it.
    """
    import_id, layer = str(record["import_id"]), str(record["layer"])
    if record.get("undone_at"):
        return Undo(import_id, 0, tuple(record.get("kept", ())), 0, office.store.revision())
    refuse_followed(office.store, record)
    before = {row.feature_id for row in office.store.source_rows(str(record["updates"]))}
    with office.intake(str(record["source_name"])) as opened:
        intake = replace(opened, applier=replace(opened.applier, may_break_rules=True))
        transaction = intake.applier.transaction
        sent = list(_sent(intake, record))
        receipts = [receipt for pushed in reversed(sent) for receipt in _take_back(office, intake, pushed)]
        spoken_of = {str(pushed.body["feature_id"]) for pushed in sent}
        new = [
            row.feature_id
            for row in office.store.source_rows(import_id)
            if row.outcome in IN_LAYER and row.feature_id not in before and row.feature_id not in spoken_of
        ]
        kept, n_removed, n_gone = [], 0, 0
        for feature_id in new:
            feature = transaction.feature(layer, feature_id) if feature_id else None
            if feature is None or feature_id is None:
                n_gone += 1
            elif feature.revision == record["revision"]:
                transaction.delete(layer, feature_id)
                n_removed += 1
            else:
                kept.append(feature_id)
        undone = {"state": "undone", "undone_at": opened.received_at, "undone_by": office.author.name, "kept": kept}
        transaction.put_import({**record, **undone}, ())
        return Undo(
            import_id=import_id,
            n_removed=n_removed,
            kept=tuple(kept),
            n_gone=n_gone,
            revision=transaction.revision,
            n_taken_back=sum(receipt.status != "conflict" for receipt in receipts),
            n_conflicts=sum(receipt.status == "conflict" for receipt in receipts),
        )


def _sent(intake: Intake, record: Mapping[str, Any]) -> Iterator[PushedChange]:
    """The changes of the import, then those of what was decided on its rows."""
    sync, import_id = intake.applier.transaction.sync, record["import_id"]
    yield from sync.changes(device_id=f"import:{import_id}", layer=str(record["layer"]))
    for decision in (record.get("decisions") or {}).values():
        if decision.get("import_id") == import_id and decision.get("change_id"):
            pushed = sync.change(decision["change_id"])
            if pushed is not None:
                yield pushed


def _take_back(office: Office, intake: Intake, pushed: PushedChange) -> Iterator[Receipt]:
    """Takes one change back; gives the receipt of the change that does, where there is anything to do."""
    transaction, receipt = intake.applier.transaction, pushed.receipt
    if receipt.status not in STORED:
        settled = replace(receipt, status="merged", revision=transaction.revision)
        transaction.sync.put_change(replace(pushed, receipt=settled))
        return
    for _, conflict in list(transaction.sync.conflicts(state="open", change_id=pushed.change_id)):
        transaction.sync.put_conflict(_closed(office, conflict, transaction.revision, intake.received_at))
    # What it merely agreed with is somebody else's, and stays.
    change = None if found_all_there(intake, pushed) else _inverse(office, intake, pushed)
    if change is not None:
        yield intake.take_made(change, undoes=pushed.change_id)


def _closed(office: Office, conflict: Conflict, revision: int, at: str) -> Conflict:
    decision = {
        "take": conflict.taken,
        "note": "取り込みの取り消し",
        "author": office.author.name,
        "decided_at": at,
    }
    clashes = (clash if clash.decision else replace(clash, decision=decision) for clash in conflict.clashes)
    return replace(conflict, clashes=tuple(clashes), revision=revision)


def _inverse(office: Office, intake: Intake, pushed: PushedChange) -> Change | None:
    """The change that gives back what stood there before, as far as this one wrote anything."""
    change, revision = Change.from_json(pushed.body), pushed.receipt.revision or 0
    transaction, key = intake.applier.transaction, (change.layer, change.feature_id)
    identity: dict[str, Any] = {
        "change_id": office.new_id(),
        "layer": change.layer,
        "feature_id": change.feature_id,
        "base_revision": revision,
        "made_at": intake.received_at,
    }
    if change.kind == "insert":
        return Change(kind="delete", **identity)
    if change.kind == "delete":
        deleted = transaction.deleted(*key)
        return office.insert_again(deleted, {}) if deleted and deleted.revision == revision else None
    before, after = transaction.feature_at(*key, revision - 1), transaction.feature_at(*key, revision)
    if before is None or after is None:
        return None
    same = equality_of(intake.applier.layers[change.layer])
    edits = {
        name: Edit(_json(name, _value(after, name)), _json(name, _value(before, name)))
        for name in change.edits
        if not same(name, _value(before, name), _value(after, name))
    }
    located = before.position if GEOMETRY in edits else None
    return Change(kind="update", edits=edits, located=located, **identity) if edits else None


def _value(feature: Feature, name: str) -> Any:
    return feature.geometry if name == GEOMETRY else feature.fields.get(name)


def _json(name: str, value: Any) -> Any:
    return geometry_to_geojson(value) if name == GEOMETRY else value
