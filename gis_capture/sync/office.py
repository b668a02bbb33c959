"""What people at the office do with changes: undo, restore, let held ones through, hand rejected ones on.

Each of these is a change with an author and a revision of its own, taken in like a tablet's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from gis_capture.errors import SyncError
from gis_capture.model import (
    ABSENT,
    GEOMETRY,
    STORED,
    Attachment,
    Change,
    Edit,
    Feature,
    Receipt,
    geometry_to_geojson,
    readable_json,
)
from gis_capture.store.protocol import Author, Store
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync import codes
from gis_capture.sync.apply import Applier
from gis_capture.sync.intake import Intake
from gis_capture.sync.push import Clock, NewId


@dataclass(frozen=True, slots=True)
class Office:
    """A person at the office at work on a store.

    Attributes:
        clock: Gives the time, UTC "…Z".
        new_id: Gives a fresh UUID.
    """

    store: Store
    author: Author
    clock: Clock
    new_id: NewId

    @contextmanager
    def intake(self, note: str, *, may_break_rules: bool = False) -> Iterator[Intake]:
        """Opens the door for this person's changes, in a transaction of its own.

        `may_break_rules` is for values that were in the layer before, as a ledger may have had them.
        """
        at = self.clock()
        with self.store.transact(self.author, at=at, note=note) as transaction:
            layers = {layer.key: layer for layer in self.store.layers()}
            applier = Applier(transaction, layers, self.new_id, may_break_rules=may_break_rules)
            yield Intake(applier, self.author.device_id, self.author.name, at)

    def undo(self, change_id: str, *, note: str = "") -> dict[str, Any]:
        """Takes back what a change wrote, by its inverse; what others have written since becomes a conflict.

        Returns:
            The receipt of the undoing change.

        Raises:
            SyncError: The change never came, or is not in the layer.
        """
        with self.intake("undo", may_break_rules=True) as intake:
            pushed = find_pushed(intake, change_id, STORED)
            if not pushed.receipt.conflicts and found_all_there(intake, pushed):
                raise codes.error(codes.NOTHING_TO_UNDO, revision=pushed.receipt.revision)
            inverse = self._inverse(intake, pushed)
            return intake.take({**inverse.to_json(), "undoes": change_id, "note": note}).to_json()

    def undo_revision(self, layer: str, feature_id: str, revision: int, *, note: str = "") -> dict[str, Any]:
        """Takes back what a revision did to a feature, whoever wrote it: a tablet, an import, another program.

        What others have written since becomes a conflict.

        Returns:
            The receipt of the undoing change.

        Raises:
            SyncError: The revision did not touch the feature, or deleted it and it is there again.
        """
        with self.intake("undo", may_break_rules=True) as intake:
            transaction = intake.applier.transaction
            before, after = (transaction.feature_at(layer, feature_id, number) for number in (revision - 1, revision))
            change = self._turning_back(intake, layer, feature_id, before, after)
            if change is None:
                raise codes.error(codes.NOTHING_TO_UNDO, revision=revision)
            change = replace(change, base_revision=change.base_revision or revision)
            return intake.take({**change.to_json(), "undoes_revision": revision, "note": note}).to_json()

    def _turning_back(
        self, intake: Intake, layer: str, feature_id: str, before: Feature | None, after: Feature | None
    ) -> Change | None:
        """The change from the state after to the one before; None where they are the same."""
        if before is not None and after is None:
            return self._restoring(intake, layer, feature_id)
        identity = {"change_id": self.new_id(), "layer": layer, "feature_id": feature_id, "made_at": self.clock()}
        if before is None:
            return Change(kind="delete", **identity) if after else None  # type: ignore[arg-type]
        assert after is not None
        change = Change.between(_state(after), _state(before), **identity)
        was, now = ({photo.sha256 for photo in one.attachments} for one in (before, after))
        change = replace(
            change,
            located=before.position if GEOMETRY in change.edits and before.geometry is not None else None,
            attached=tuple(photo for photo in before.attachments if photo.sha256 not in now),
            detached=tuple(photo for photo in after.attachments if photo.sha256 not in was),
        )
        return change if change.edits or change.attached or change.detached else None

    def restore(self, layer: str, feature_id: str, *, note: str = "") -> dict[str, Any]:
        """Brings a deleted feature back as it was last.

        Returns:
            The receipt of the restoring change.

        Raises:
            SyncError: The feature is not deleted.
        """
        with self.intake("restore") as intake:
            change = self._restoring(intake, layer, feature_id)
            return intake.take({**change.to_json(), "note": note}).to_json()

    def release(self, change_id: str) -> dict[str, Any]:
        """Applies a held change without its predecessor, by value.

        Returns:
            Its new receipt.

        Raises:
            SyncError: The change never came, or is not held.
        """
        with self.intake("release") as intake:
            return intake.process(find_pushed(intake, change_id, ("held",)), waits=False).to_json()

    def hand_on(
        self, change_id: str, *, fields: Mapping[str, Any] | None = None, geometry: Any = ABSENT, note: str = ""
    ) -> dict[str, Any]:
        """Applies a rejected change by value, with the values that the office has mended; what waited for it follows.

        Returns:
            The receipt of the rejected change: from now on that of the mended one.

        Raises:
            SyncError: The change never came, is not rejected, or is still not valid.
        """
        with self.intake("hand on") as intake:
            pushed = find_pushed(intake, change_id, ("rejected",))
            body = {**pushed.body, "change_id": self.new_id(), "after": None, "base_revision": None}
            edits = {name: _mended(body.get("fields"), name, value) for name, value in (fields or {}).items()}
            if edits:
                seen = body.get("fields")
                body["fields"] = {**(seen if isinstance(seen, dict) else {}), **edits}
            if geometry is not ABSENT:
                body["geometry"] = _mended(body, GEOMETRY, geometry)
            receipt = demand_stored(intake.take({**body, "hands_on": change_id, "note": note}))
            # A conflict of the mended change is the office's own; the tablet has nothing to wait for.
            status = "merged" if receipt.status == "conflict" else receipt.status
            settled = replace(receipt, change_id=change_id, status=status)
            intake.settle(pushed, settled)
            return settled.to_json()

    def insert_again(self, deleted: Feature, values: Mapping[str, Any], attached: Sequence[Attachment] = ()) -> Change:
        """The change that brings a deleted feature back, with other values where given (geometry as GeoJSON)."""
        state = {**deleted.fields, GEOMETRY: geometry_to_geojson(deleted.geometry), **values}
        return Change(
            change_id=self.new_id(),
            layer=deleted.layer,
            feature_id=deleted.feature_id,
            kind="insert",
            edits={name: Edit(None, value) for name, value in state.items()},
            located=deleted.position,
            attached=tuple(attached),
            base_revision=deleted.revision,
            made_at=self.clock(),
        )

    def _restoring(self, intake: Intake, layer: str, feature_id: str) -> Change:
        deleted = intake.applier.transaction.deleted(layer, feature_id)
        if deleted is None:
            raise codes.error(codes.FEATURE_NOT_DELETED, id=feature_id)
        return self.insert_again(deleted, {})

    def _inverse(self, intake: Intake, pushed: PushedChange) -> Change:
        change = Change.from_json(pushed.body)
        if change.kind == "delete":
            return self._restoring(intake, change.layer, change.feature_id)
        was = intake.applier.transaction.feature_at(change.layer, change.feature_id, change.base_revision or 0)
        edits = {
            name: Edit(_value(was, name) if edit.old is ABSENT else edit.old, edit.new)
            for name, edit in change.edits.items()
            if name not in pushed.receipt.conflicts
        }
        return replace(
            ~replace(change, edits={} if change.kind == "insert" else edits),
            change_id=self.new_id(),
            after=None,
            base_revision=pushed.receipt.revision,
            definition_version=None,
            made_at=self.clock(),
            extra={},
        )


def found_all_there(intake: Intake, pushed: PushedChange) -> bool:
    """Whether a merged change wrote nothing: its receipt then names the revision of whoever had written the values."""
    author, at = intake.applier.transaction.author_of(pushed.receipt.revision or 0)
    is_older = at < pushed.received_at or (at == pushed.received_at and author.device_id != pushed.device_id)
    return pushed.receipt.status == "merged" and is_older


def list_waiting(store: Store) -> list[dict[str, Any]]:
    """Gives held and rejected changes, oldest first, then bodies that came under no id or the id of another change.

    Returns:
        `{"change_id", "device_id", "author", "received_at", "receipt", "body"}` each.
    """
    with store.snapshot() as snapshot:
        held = snapshot.sync.changes(statuses=("held", "rejected"))
        return [
            {
                "change_id": pushed.change_id,
                "device_id": pushed.device_id,
                "author": pushed.author,
                "received_at": pushed.received_at,
                "receipt": pushed.receipt.to_json(),
                "body": readable_json(pushed.body),
            }
            for pushed in (*held, *snapshot.sync.other_bodies())
        ]


def find_pushed(intake: Intake, change_id: str, statuses: Sequence[str]) -> PushedChange:
    """Finds a change that came and whose receipt says one of these.

    Raises:
        SyncError: It never came, or its receipt says something else.
    """
    pushed = intake.applier.transaction.sync.change(change_id)
    if pushed is None:
        raise codes.error(codes.CHANGE_UNKNOWN, id=change_id)
    if pushed.receipt.status not in statuses:
        raise codes.error(codes.CHANGE_NOT_WAITING, id=change_id, status=pushed.receipt.status)
    return pushed


def demand_stored(receipt: Receipt) -> Receipt:
    """Lets a receipt through that needs nothing more.

    Raises:
        SyncError: The change was rejected or is held, in the words of its receipt.
    """
    if receipt.status not in STORED:
        raise SyncError(receipt.problems[0].message, code=receipt.problems[0].code)
    return receipt


def _mended(edits: Any, name: str, value: Any) -> dict[str, Any]:
    edit = edits.get(name) if isinstance(edits, dict) else None
    return {**(edit if isinstance(edit, dict) else {}), "new": value}


def _state(feature: Feature) -> dict[str, Any]:
    return {**feature.fields, GEOMETRY: geometry_to_geojson(feature.geometry)}


def _value(feature: Feature | None, name: str) -> Any:
    if feature is None:
        return None
    return geometry_to_geojson(feature.geometry) if name == GEOMETRY else feature.fields.get(name)
