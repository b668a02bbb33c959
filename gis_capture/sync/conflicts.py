"""Conflict records: listed, opened, and closed by a person, field by field, with a note."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gis_capture.model import ABSENT, ATTACHMENTS, GEOMETRY, Attachment, Change, Clash, Conflict, Edit, Layer
from gis_capture.store.protocol import Store
from gis_capture.sync import codes
from gis_capture.sync.intake import Intake
from gis_capture.sync.office import Office, demand_stored

Decision = Mapping[str, Any]
"""`{"take": "stored" | "incoming" | "other", "value": …}`; the value belongs to "other"."""

_LEAVE = object()


def list_conflicts(store: Store, *, state: str | None = "open", layer: str | None = None) -> list[dict[str, Any]]:
    """Gives conflict records in the form of the pull line, oldest first; `state=None` gives all."""
    with store.snapshot() as snapshot:
        found = snapshot.sync.conflicts(state=state, layers=None if layer is None else [layer])
        return [conflict.to_json() for _, conflict in found]


def get_conflict(store: Store, conflict_id: str) -> dict[str, Any]:
    """Gives one conflict record in the form of the pull line.

    Raises:
        SyncError: There is none of that id.
    """
    with store.snapshot() as snapshot:
        return _found(snapshot.sync.conflict(conflict_id), conflict_id).to_json()


def resolve(office: Office, conflict_id: str, decisions: Mapping[str, Decision], *, note: str = "") -> dict[str, Any]:
    """Closes fields of a conflict record; what is closed already stays as it was decided.

    Where one side deleted the feature, taking that side deletes it, and taking the other brings it back.
    The record and the layer change in one revision, so the next pull tells of both. A decision is a change like any
    other: where somebody has written the field since the record was made, a new record opens.

    Args:
        office: Who decides.
        conflict_id: The record.
        decisions: By field name, also `GEOMETRY` and `ATTACHMENTS`.
        note: Why.

    Raises:
        SyncError: No such record, a decision that cannot be, or a value that the layer does not take.
    """
    with office.intake("resolve") as intake:
        transaction = intake.applier.transaction
        conflict = _found(transaction.sync.conflict(conflict_id), conflict_id)
        signature = {"note": note, "author": office.author.name, "decided_at": intake.received_at}
        for name in decisions.keys() - {clash.field for clash in conflict.clashes}:
            raise codes.error(codes.DECISION_INVALID, field=name)
        newly = {
            clash.field: _decided(clash, decisions[clash.field], signature, intake.applier.layers.get(conflict.layer))
            for clash in conflict.clashes
            if clash.decision is None and clash.field in decisions
        }
        if not newly:
            return conflict.to_json()
        change = _resolution(office, intake, conflict, list(newly.values()))
        if change is not None:
            demand_stored(intake.take({**change.to_json(), "resolves": conflict_id, "note": note}))
            if change.kind == "delete":  # nothing is left to decide
                deciding = next(one.decision for one in newly.values() if _chosen(conflict, one) is ABSENT)
                newly = {one.field: replace(one, decision=deciding) for one in conflict.clashes} | newly
        clashes = tuple(clash if clash.decision else newly.get(clash.field, clash) for clash in conflict.clashes)
        conflict = replace(conflict, clashes=clashes, revision=transaction.revision)
        transaction.sync.put_conflict(conflict)
        if conflict.state == "closed":
            _settle(intake, conflict)
    return conflict.to_json()


def _settle(intake: Intake, conflict: Conflict) -> None:
    """Makes the receipt of a change "merged", for a tablet that did not hear the first one and asks again."""
    pushed = intake.applier.transaction.sync.change(conflict.change_id)
    if pushed is not None:
        intake.settle(pushed, replace(pushed.receipt, status="merged", revision=conflict.revision))


def _found(conflict: Conflict | None, conflict_id: str) -> Conflict:
    if conflict is None:
        raise codes.error(codes.CONFLICT_UNKNOWN, id=conflict_id)
    return conflict


def _decided(clash: Clash, decision: Decision, signature: Mapping[str, Any], layer: Layer | None) -> Clash:
    take = decision.get("take")
    known = {GEOMETRY, *(field.name for field in layer.fields)} if layer else set()
    is_possible = {
        "stored": True,
        "incoming": clash.field in known or clash.field == ATTACHMENTS,
        "other": clash.field in known and "value" in decision,
    }
    if not is_possible.get(str(take)):
        raise codes.error(codes.DECISION_INVALID, field=clash.field)
    value = {"value": decision["value"]} if take == "other" else {}
    return replace(clash, decision={"take": take, **value, **signature})


def _chosen(conflict: Conflict, clash: Clash) -> Any:
    """The value to bring into the layer, ABSENT for a deletion, `_LEAVE` where the layer has what was chosen."""
    decision = clash.decision or {}
    if decision["take"] == conflict.taken:
        return _LEAVE
    value = decision["value"] if decision["take"] == "other" else getattr(clash, decision["take"])
    # A field that is not in the definition is absent from the layer, though nobody deleted the feature.
    return _LEAVE if value is ABSENT and "delete" not in (conflict.kind, conflict.stored_kind) else value


def _resolution(office: Office, intake: Intake, conflict: Conflict, newly: list[Clash]) -> Change | None:
    """The change that brings the chosen values into the layer; None where they are there.

    Its author has seen the feature as it was when the record last changed; what was written since clashes anew.
    """
    chosen = {clash.field: _chosen(conflict, clash) for clash in newly}
    values = {name: value for name, value in chosen.items() if value is not _LEAVE}
    transaction = intake.applier.transaction
    stored = transaction.feature(conflict.layer, conflict.feature_id)
    deleted = None if stored else transaction.deleted(conflict.layer, conflict.feature_id)
    deletes = ABSENT in values.values()
    before = stored or deleted
    if not values or before is None or (deletes and stored is None):
        return None
    attached = [Attachment.from_json(one) for one in values.pop(ATTACHMENTS, None) or ()]
    if stored is None:
        return replace(office.insert_again(before, values, attached), base_revision=conflict.revision)
    return Change(
        change_id=office.new_id(),
        layer=conflict.layer,
        feature_id=conflict.feature_id,
        kind="delete" if deletes else "update",
        edits={} if deletes else {name: Edit(new=value) for name, value in values.items()},
        attached=() if deletes else tuple(attached),
        base_revision=conflict.revision,
        made_at=intake.received_at,
    )
