"""Brings one change into the layer: checks it, merges it, writes the feature and the record of what clashed."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from shapely import Geometry

from gis_capture.errors import FeatureError
from gis_capture.model import (
    ABSENT,
    ATTACHMENTS,
    GEOMETRY,
    Attachment,
    Change,
    Clash,
    Conflict,
    Feature,
    Layer,
    PositionQuality,
    Problem,
    Receipt,
    State,
    geometry_to_geojson,
)
from gis_capture.store.protocol import FeatureQuery, Transaction
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync import codes
from gis_capture.sync.check import check
from gis_capture.sync.merge import Merge, Situation, merge
from gis_capture.sync.relations import children_left, parents_missing
from gis_capture.sync.values import equality_of
from gis_capture.sync.writers import writer_of


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies changes in one transaction.

    Attributes:
        layers: All layers of the store, by key, that who sends may edit.
        new_id: Gives a fresh UUID.
        may_write_personal: Whether fields with personal data may be written.
        may_break_rules: Whether values are taken as they stand in a ledger.
        lies_in: Tells by a layer's CRS whether a geometry is in the area of who sends; None = no such limit.
        read_only: Keys of layers that who sends sees, but may not edit.
        is_unique_later: Whether unique values are looked at when a group of changes is in, by `has_unique_clash`.
    """

    transaction: Transaction
    layers: Mapping[str, Layer]
    new_id: Callable[[], str]
    may_write_personal: bool = True
    may_break_rules: bool = False
    lies_in: Callable[[str], Callable[[Geometry | None], bool]] | None = None
    read_only: Set[str] = frozenset()
    is_unique_later: bool = False

    def prepare(self) -> None:
        """Makes quick what every change asks: who has this unique value, which features refer to that one."""
        for layer in self.layers.values():
            for field in layer.fields:
                target, _, name = (field.relation or "").partition(".")
                if field.constraints.unique or field.relation:
                    self.transaction.sync.index_field(layer.key, field.name)
                if name and target in self.layers and any(one.name == name for one in self.layers[target].fields):
                    self.transaction.sync.index_field(target, name)

    def apply(self, pushed: PushedChange, change: Change, *, predecessor: PushedChange | None = None) -> Receipt:
        """Applies a change that fits the JSON Schema; on a rejection nothing is written.

        `pushed` says who sent it and when; `predecessor` is the stored change that this one names as `after`.
        """
        try:
            with self.transaction.savepoint():
                return self._apply(pushed, change, predecessor)
        except _RejectedError as rejection:
            return Receipt(change.change_id, "rejected", problems=rejection.problems)
        except FeatureError as error:
            problem = codes.problem(codes.STORE_REFUSED, reason=error.message)
            return Receipt(change.change_id, "rejected", problems=(problem,))

    def _apply(self, pushed: PushedChange, change: Change, predecessor: PushedChange | None) -> Receipt:
        layer = self._layer(change)
        stored = self.transaction.feature(layer.key, change.feature_id)
        deleted = None if stored else self.transaction.deleted(layer.key, change.feature_id)
        before = stored or deleted
        if change.kind != "insert" and before is None:
            raise _RejectedError(codes.problem(codes.FEATURE_UNKNOWN))
        if before is not None:
            self._refuse_elsewhere(layer, before.geometry)
        stored_state = _state(stored)
        checked = check(
            change,
            layer,
            stored=stored_state,
            former=_state(before),
            may_write_personal=self.may_write_personal,
            may_break_rules=self.may_break_rules,
        )
        if not checked.is_valid:
            raise _RejectedError(*checked.problems)
        change = checked.change
        situation = Situation(
            stored=stored_state,
            deleted=_state(deleted),
            seen=self._seen(change, layer, predecessor),
            is_untouched=_is_untouched(change, before, predecessor),
            same=equality_of(layer),
            takes_incoming=layer.on_conflict == "take_incoming",
        )
        merged = merge(change, situation)
        if merged.state is not None:
            self._refuse_elsewhere(layer, merged.state.get(GEOMETRY))
        if not self.is_unique_later:
            self._refuse_unique_clash(change, layer, merged)
        revision = self._write(change, layer, merged, before=before, is_stored=stored is not None)
        clashes = (
            *merged.clashes,
            *(Clash(name, edit.old, incoming=edit.new) for name, edit in checked.unknown.items()),
        )
        problems = (*checked.problems, *self._relation_problems(change, layer, merged, is_stored=stored is not None))
        if clashes:
            conflict = self._conflict(pushed, change, merged, clashes, before=before, takes=situation.takes_incoming)
            self.transaction.sync.put_conflict(conflict)
            names = tuple(clash.field for clash in clashes)
            return Receipt(change.change_id, "conflict", self.transaction.revision, names, problems)
        if change.kind == "insert" and merged.status == "merged":
            return replace(self._first_receipt(change, revision), change_id=change.change_id)
        return Receipt(change.change_id, merged.status, revision, problems=problems)

    def _layer(self, change: Change) -> Layer:
        layer = self.layers.get(change.layer)
        if layer is None:
            code = codes.LAYER_READ_ONLY if change.layer in self.read_only else codes.LAYER_UNKNOWN
            raise _RejectedError(codes.problem(code, layer=change.layer))
        newest = self.transaction.revision - 1
        if change.base_revision is not None and change.base_revision > newest:
            about: dict[str, Any] = {"base_revision": change.base_revision, "revision": newest}
            raise _RejectedError(codes.problem(codes.BASE_REVISION_UNKNOWN, **about))
        return layer

    def _refuse_elsewhere(self, layer: Layer, geometry: Geometry | None) -> None:
        if self.lies_in is not None and not self.lies_in(layer.crs)(geometry):
            raise _RejectedError(codes.problem(codes.OUTSIDE_AREA))

    def _seen(self, change: Change, layer: Layer, predecessor: PushedChange | None) -> State | None:
        """What the author saw: the feature at the base revision, with their own earlier changes on top."""
        if change.kind != "delete" and all(edit.old is not ABSENT for edit in change.edits.values()):
            return None
        seen: dict[str, Any] = {}
        if change.base_revision:
            base = self.transaction.feature_at(layer.key, change.feature_id, change.base_revision)
            seen.update(_state(base) or {})
        for earlier in reversed(self._own_chain(change, predecessor)):
            if earlier.kind == "insert":
                # Who made the feature knows that all else was empty.
                seen |= dict.fromkeys((GEOMETRY, *(field.name for field in layer.fields)))
            seen.update(check(earlier, layer, stored=None).change.apply_to({}) or {})
            seen[ATTACHMENTS] = _attached(seen.get(ATTACHMENTS, []), earlier)
        seen.update({name: edit.old for name, edit in change.edits.items() if edit.old is not ABSENT})
        return seen or None

    def _own_chain(self, change: Change, predecessor: PushedChange | None) -> list[Change]:
        """The author's earlier changes of this feature, newest first; a chain that bites its tail ends there."""
        chain: dict[str, Change] = {change.change_id: change}
        while predecessor is not None and predecessor.change_id not in chain:
            earlier = chain[predecessor.change_id] = Change.from_json(predecessor.body)
            predecessor = self.transaction.sync.change(earlier.after) if earlier.after else None
        feature = (change.layer, change.feature_id)
        return [one for one in chain.values() if one is not change and (one.layer, one.feature_id) == feature]

    def _refuse_unique_clash(self, change: Change, layer: Layer, merged: Merge) -> None:
        for field in layer.fields:
            value = merged.state.get(field.name) if merged.state is not None else None
            if not field.constraints.unique or field.name not in merged.written or value is None:
                continue
            for other in self.transaction.features(layer.key, FeatureQuery(equals={field.name: value}, limit=2)):
                if other.feature_id != change.feature_id:
                    about = {"title": field.title, "value": value, "label": _label(layer, other)}
                    clash = codes.problem(codes.UNIQUE_CLASH, field=field.name, feature_id=other.feature_id, **about)
                    raise _RejectedError(clash)

    def has_unique_clash(self, change: Change) -> bool:
        """Whether a feature has now a unique value, written by a change, that another one has as well."""
        layer = self.layers.get(change.layer)
        feature = self.transaction.feature(change.layer, change.feature_id) if layer else None
        if layer is None or feature is None:
            return False
        names = [one.name for one in layer.fields if one.constraints.unique and one.name in change.edits]
        values = {name: value for name in names if (value := feature.fields.get(name)) is not None}
        return any(
            other.feature_id != change.feature_id
            for name, value in values.items()
            for other in self.transaction.features(layer.key, FeatureQuery(equals={name: value}, limit=2))
        )

    def _write(self, change: Change, layer: Layer, merged: Merge, *, before: Feature | None, is_stored: bool) -> int:
        """Writes what the merge says; gives the revision that holds the result."""
        transaction, state = self.transaction, merged.state
        if state is None:
            if is_stored:
                transaction.delete(layer.key, change.feature_id)
                return transaction.revision
            return before.revision if before else transaction.revision
        attachments = before.attachments if before else ()
        if change.kind != "delete":
            attachments = tuple(
                Attachment.from_json(one) for one in _attached([old.to_json() for old in attachments], change)
            )
        position = before.position if before else PositionQuality()
        if GEOMETRY in merged.written and GEOMETRY in change.edits:
            position = change.located or PositionQuality("field")
        elif change.located is not None and _confirms(change, layer, before):
            position = change.located
        geometry = state.get(GEOMETRY)
        feature = Feature(
            layer=layer.key,
            feature_id=change.feature_id,
            geometry=geometry,
            fields={field.name: state.get(field.name) for field in layer.fields},
            revision=transaction.revision,
            position=position if geometry is not None else PositionQuality(),
            attachments=attachments,
        )
        if not is_stored:
            transaction.insert([feature])
        elif merged.written or (before and (attachments, position) != (before.attachments, before.position)):
            transaction.update(feature)
        else:
            return before.revision if before else transaction.revision
        return transaction.revision

    def _relation_problems(self, change: Change, layer: Layer, merged: Merge, *, is_stored: bool) -> list[Problem]:
        if merged.state is not None:
            written = {name: merged.state[name] for name in merged.written if name in merged.state}
            return parents_missing(self.transaction, self.layers, layer, written)
        return children_left(self.transaction, self.layers, layer, change.feature_id) if is_stored else []

    def _conflict(
        self,
        pushed: PushedChange,
        change: Change,
        merged: Merge,
        clashes: tuple[Clash, ...],
        *,
        before: Feature | None,
        takes: bool,
    ) -> Conflict:
        return Conflict(
            conflict_id=self.new_id(),
            layer=change.layer,
            feature_id=change.feature_id,
            change_id=change.change_id,
            kind=change.kind,
            stored_kind=merged.stored_kind,
            revision=self.transaction.revision,
            clashes=tuple(_as_json(clash) for clash in clashes),
            taken="incoming" if takes else "stored",
            incoming_by={
                "device_id": pushed.device_id,
                "author": pushed.author,
                "made_at": change.made_at,
                "received_at": pushed.received_at,
                "position": change.position,
                "photos": [photo.to_json() for photo in change.attached],
            },
            stored_by=writer_of(self.transaction, before, clashes, merged.stored_kind) if before else {},
        )

    def _first_receipt(self, change: Change, revision: int) -> Receipt:
        """The receipt of the insert that this one repeats; an import has left none."""
        for first in self.transaction.sync.changes(layer=change.layer, feature_id=change.feature_id):
            if first.body.get("kind") == "insert" and first.receipt.status in ("applied", "merged", "conflict"):
                return first.receipt
        return Receipt(change.change_id, "merged", revision)


class _RejectedError(Exception):
    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


def _state(feature: Feature | None) -> dict[str, Any] | None:
    if feature is None:
        return None
    attachments = [attachment.to_json() for attachment in feature.attachments]
    return {**feature.fields, GEOMETRY: feature.geometry, ATTACHMENTS: attachments}


def _confirms(change: Change, layer: Layer, before: Feature | None) -> bool:
    """Whether the author says that the geometry which is stored now is right as it is."""
    edit = change.edits.get(GEOMETRY)
    if edit is None or before is None or before.geometry is None or edit.old is ABSENT:
        return False
    same = equality_of(layer)
    return same(GEOMETRY, edit.old, edit.new) and same(GEOMETRY, before.geometry, edit.new)


def _attached(attachments: list[Any], change: Change) -> list[Any]:
    """Attachments after a change: added once each, taken away by hash."""
    gone = {attachment.sha256 for attachment in change.detached}
    kept = {one["sha256"]: one for one in attachments if one["sha256"] not in gone}
    for new in change.attached:
        kept.setdefault(new.sha256, new.to_json())
    return list(kept.values())


def _is_untouched(change: Change, before: Feature | None, predecessor: PushedChange | None) -> bool:
    """Whether nobody else wrote the feature since its author saw it, their own predecessor not counted."""
    if before is None or (change.base_revision and before.revision <= change.base_revision):
        return True
    if predecessor is not None:
        return predecessor.receipt.status == "applied" and (predecessor.receipt.revision or 0) >= before.revision
    return not change.base_revision and change.kind != "insert"


def _as_json(clash: Clash) -> Clash:
    if clash.field != GEOMETRY:
        return clash
    base, stored, incoming = (
        side if side is ABSENT else geometry_to_geojson(side) for side in (clash.base, clash.stored, clash.incoming)
    )
    return Clash(GEOMETRY, base, stored, incoming)


def _label(layer: Layer, feature: Feature) -> str:
    """What people call a feature: the layer's label without personal data, else its id."""
    hidden = layer.personal_names
    values = {one.name: "" if one.name in hidden else feature.fields.get(one.name) or "" for one in layer.fields}
    try:
        return layer.label.format_map(values).strip() or feature.feature_id
    except (KeyError, ValueError, IndexError, AttributeError):
        return feature.feature_id
