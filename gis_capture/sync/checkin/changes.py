"""Differences become changes; the same difference gives the same change, however often it is checked in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from gis_capture.geopackage.names import POSITION_COLUMNS
from gis_capture.model import GEOMETRY, STORED, Attachment, Change, Edit, Layer, PositionQuality, canonical_hash
from gis_capture.store.checkout import Checkout
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync.checkin.differences import Difference, State
from gis_capture.sync.checkin.photos import Photos, is_picture_path

FeatureKey = tuple[str, str]
"""Layer and feature_id."""


class Earlier:
    """What of a check-out has come in before: the file as its author last knew it to be stored."""

    def __init__(self, pushed: Iterable[PushedChange]) -> None:
        self._stored: dict[FeatureKey, list[PushedChange]] = {}
        for one in pushed:
            if one.receipt.status in STORED:
                key = (one.body["layer"], one.body["feature_id"])
                self._stored.setdefault(key, []).append(one)

    def of(self, key: FeatureKey) -> Sequence[PushedChange]:
        """The stored changes of a feature, oldest first."""
        return self._stored.get(key, ())

    def features(self, layer: str) -> list[str]:
        """The features of a layer that have stored changes."""
        return [feature_id for key, feature_id in self._stored if key == layer]


@dataclass(frozen=True, slots=True)
class ChangeMaker:
    """Makes the changes of one layer.

    Attributes:
        layer: As it was handed out.
        names: Names that fields have now, by the ones they were handed out with; where the two differ.
        ids: What stands in the file as an id, with the id it means, by layer.
        is_by_value: The revisions of the check-out say nothing any more.
        photos: The pictures beside the file; None = none are taken.
    """

    checkout: Checkout
    layer: Layer
    earlier: Earlier
    names: Mapping[str, str]
    ids: Mapping[str, Mapping[str, str]]
    is_by_value: bool = False
    photos: Photos | None = None

    def bodies(self, difference: Difference) -> tuple[list[Mapping[str, Any]], str | None]:
        """The changes of one feature, those that came before among them; and the kind of the last, where it is new."""
        before, after = self._renamed(difference.before), self._renamed(self._related(difference.after))
        past = self.earlier.of((self.layer.key, difference.feature_id))
        seen = before
        for one in past:
            seen = _after(Change.from_json(one.body), seen)
        if seen is not None and after is not None:
            # What the file does not say it does not empty.
            seen = {name: value for name, value in seen.items() if name in after}
        known = [one.body for one in past]
        if seen is None and after is None:
            return known, None
        change = self._change(difference.feature_id, seen, after)
        if after is not None:
            change = replace(change, attached=self._attached(difference, past))
        if change.kind == "update" and not change.edits and not change.attached:
            return known, None
        if past:
            first = past[0].body
            change = replace(change, after=past[-1].change_id, base_revision=first.get("base_revision"))
        body = change.to_json()
        del body["change_id"]
        return [*known, {"change_id": self._id_of(body), **body}], change.kind

    def _change(self, feature_id: str, seen: State | None, after: State | None) -> Change:
        change = Change.between(
            _values(seen),
            _values(after),
            change_id="",
            layer=self.layer.key,
            feature_id=feature_id,
            base_revision=self.checkout.revision if seen is not None and not self.is_by_value else None,
            definition_version=self.layer.definition_version,
        )
        if after is None:
            return change
        position, was = _position(after), _position(seen or {})
        edit = change.edits.get(GEOMETRY)
        if edit is not None and edit.new is not None:
            is_stated = position != was and any(value is not None for value in position.values())
            return replace(change, located=PositionQuality(*_quality(position)) if is_stated else None)
        if seen is None or position == was:
            return change
        # Where the geometry stays, how it was found is no value that a layer takes; it goes on record.
        edits = {name: Edit(was.get(name), value) for name, value in position.items() if value != was.get(name)}
        return replace(change, edits={**change.edits, **edits})

    def _attached(self, difference: Difference, past: Sequence[PushedChange]) -> tuple[Attachment, ...]:
        """Pictures that the row has come to name, and that no earlier check-in has brought."""
        if self.photos is None:
            return ()
        before, after = difference.before or {}, difference.after or {}
        values = [value for name, value in after.items() if value != before.get(name)]
        texts = [str(one) for one in dict.fromkeys(filter(is_picture_path, [*values, *difference.pictures]))]
        if not texts:
            return ()
        known = [one for earlier in past for one in Change.from_json(earlier.body).attached]
        return self.photos.of_row(texts, self.layer, difference.fid, known)

    def _related(self, state: State | None) -> State | None:
        """Relations that lead to a row of the file by what stood there as its id."""
        if state is None:
            return None
        found = dict(state)
        for field in self.layer.fields:
            meant = self.ids.get(field.relation or "", {}).get(found.get(field.name))  # type: ignore[arg-type]
            if meant:
                found[field.name] = meant
        return found

    def _renamed(self, state: State | None) -> State | None:
        if state is None or not self.names:
            return state
        return {self.names.get(name, name): value for name, value in state.items()}

    def _id_of(self, body: Mapping[str, Any]) -> str:
        return str(
            uuid5(UUID(self.checkout.checkout_id), f"{body['layer']}/{body['feature_id']}/{canonical_hash(body)}")
        )


def renamed_fields(handed_out: Layer, now: Layer | None) -> dict[str, str]:
    """Names that fields have now, by the ones they were handed out with; a field is known by its `field_id`."""
    if now is None:
        return {}
    names = {field.field_id: field.name for field in now.fields}
    pairs = ((field.name, names.get(field.field_id, field.name)) for field in handed_out.fields)
    return {old: new for old, new in pairs if old != new}


def _after(change: Change, state: State | None) -> State | None:
    """A feature after a change, and how its geometry was found."""
    changed = change.apply_to(state)
    if changed is None:
        return None
    found = change.located
    position = (
        {} if found is None else dict(zip(POSITION_COLUMNS, (found.method, found.accuracy_m, found.note), strict=True))
    )
    return {**changed, **position}


def _values(state: State | None) -> State | None:
    return None if state is None else {name: value for name, value in state.items() if name not in POSITION_COLUMNS}


def _position(state: State) -> State:
    return {name: state[name] for name in POSITION_COLUMNS if name in state}


def _quality(position: State) -> tuple[Any, Any, Any]:
    method, accuracy_m, note = (position.get(name) for name in POSITION_COLUMNS)
    return method, accuracy_m, note
