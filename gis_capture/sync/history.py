"""The history of a feature: who changed what from which value to which, when and where, newest first."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from gis_capture.model import GEOMETRY, STORED, Feature, geometry_to_geojson
from gis_capture.model.label import label_of
from gis_capture.store.protocol import Revision, Snapshot, Store
from gis_capture.store.sync_records import PushedChange
from gis_capture.sync import codes

Step = tuple[int, Feature | None, Feature | None]
"""A revision with the feature before and after it; None = it was not in the layer."""


def feature_history(store: Store, layer: str, feature_id: str) -> dict[str, Any]:
    """Gives everything that happened to a feature.

    Returns:
        `{"layer", "feature_id", "is_deleted", "entries"}`; an entry is `{"revision", "kind", "at", "device_id",
        "author", "note", "source_name", "fields": [{"field", "from", "to"}], "geometry": {"from", "to"} or null,
        "attached", "detached", "changes"}`, where `kind` is "insert", "update", "delete" or "restore" and `changes`
        are those that were pushed: `{"change_id", "made_at", "position", "undoes", "resolves"}`.

    Raises:
        LayerError: There is no such layer.
        SyncError: The feature was never in it.
    """
    with store.snapshot() as moment:
        moment.layer(layer)
        steps = _steps(moment, layer, feature_id)
        if not steps:
            raise codes.error(codes.FEATURE_UNKNOWN)
        revisions = moment.revisions(number for number, _, _ in steps)
        pushed = _pushed(moment.sync.changes(layer=layer, feature_id=feature_id))
        sources = _sources(moment, revisions.values())
    entries, was_there = [], False
    for number, before, after in steps:
        entry = _entry(number, before, after, revisions.get(number), is_again=was_there)
        entries.append({**entry, "source_name": sources.get(entry["device_id"]), "changes": pushed.get(number, [])})
        was_there = True
    return {
        "layer": layer,
        "feature_id": feature_id,
        "is_deleted": steps[-1][2] is None,
        "entries": entries[::-1],
    }


def list_deleted(store: Store, layer: str, *, text: str = "", limit: int, hidden: Iterable[str] = ()) -> dict[str, Any]:
    """Gives the features that are deleted now, newest deletion first, at most `limit` of them.

    Args:
        store: Where the layer is.
        layer: Its key.
        text: Found in any of their values.
        limit: How many at most.
        hidden: Names of fields that are left out.

    Returns:
        `{"features": [{"feature_id", "label", "fields", "revision", "at", "device_id", "author"}], "has_more"}`.
    """
    hidden = frozenset(hidden)
    with store.snapshot() as moment:
        definition = moment.layer(layer)
        names = [field.name for field in definition.fields if field.name not in hidden]
        found = (
            (feature, fields)
            for feature in moment.deleted_features(layer)
            if (fields := {name: feature.fields.get(name) for name in names})
            and (not text or any(text in str(value) for value in fields.values() if value is not None))
        )
        page = list(islice(found, limit + 1))
        revisions = moment.revisions({feature.revision for feature, _ in page})
        shown = [
            {
                "feature_id": feature.feature_id,
                "label": label_of(definition, fields),
                "fields": fields,
                **_signature(feature.revision, revisions.get(feature.revision)),
            }
            for feature, fields in page[:limit]
        ]
        return {"features": shown, "has_more": len(page) > limit}


def step_of(before: Feature | None, after: Feature | None) -> dict[str, Any]:
    """What differs between two states, in the form of an entry."""
    names = list(dict.fromkeys([*(before.fields if before else ()), *(after.fields if after else ())]))
    values = ((name, _value(before, name), _value(after, name)) for name in names)
    geometries = [geometry_to_geojson(one.geometry) if one else None for one in (before, after)]
    photos = [{photo.sha256: photo.to_json() for photo in one.attachments} if one else {} for one in (before, after)]
    return {
        "fields": [{"field": name, "from": was, "to": now} for name, was, now in values if was != now],
        GEOMETRY: None if geometries[0] == geometries[1] else {"from": geometries[0], "to": geometries[1]},
        "attached": [photo for sha256, photo in photos[1].items() if sha256 not in photos[0]],
        "detached": [photo for sha256, photo in photos[0].items() if sha256 not in photos[1]],
    }


def _steps(moment: Snapshot, layer: str, feature_id: str) -> list[Step]:
    """All steps, oldest first."""
    former = moment.history(layer, feature_id)
    now = moment.feature(layer, feature_id)
    states = [*(state for _, state in former), *([now] if now else [])]
    steps: list[Step] = []
    for number, state in enumerate(states):
        begun_by = former[number - 1][0] if number else None
        if state.revision != begun_by:
            steps.append((state.revision, None, state))
        if number < len(former):
            ended = former[number][0]
            following = states[number + 1] if number + 1 < len(states) else None
            is_update = following is not None and following.revision == ended
            steps.append((ended, state, following if is_update else None))
    return steps


def _entry(
    number: int, before: Feature | None, after: Feature | None, revision: Revision | None, *, is_again: bool
) -> dict[str, Any]:
    kinds = {(False, True): "restore" if is_again else "insert", (True, True): "update", (True, False): "delete"}
    kind = kinds[before is not None, after is not None]
    about = {**_signature(number, revision), "kind": kind, "note": revision.note if revision else ""}
    return {**about, **step_of(before, after)}


def _signature(number: int, revision: Revision | None) -> dict[str, Any]:
    author = revision.author if revision else None
    return {
        "revision": number,
        "at": revision.at if revision else None,
        "device_id": author.device_id if author else "",
        "author": author.name if author else "",
    }


def _pushed(changes: Iterable[PushedChange]) -> dict[int, list[dict[str, Any]]]:
    """The changes that were stored, by the revision that stored them."""
    found: dict[int, list[dict[str, Any]]] = {}
    for pushed in changes:
        if pushed.receipt.status in STORED and pushed.receipt.revision is not None:
            plain = ("made_at", "position", "undoes", "resolves", "note")
            about = {name: pushed.body.get(name) for name in plain}
            found.setdefault(pushed.receipt.revision, []).append({"change_id": pushed.change_id, **about})
    return found


def _sources(moment: Snapshot, revisions: Iterable[Revision]) -> Mapping[str, str]:
    """Names of the imported files, by the device that stands for an import."""
    if not any(revision.author.device_id.startswith("import:") for revision in revisions):
        return {}
    return {f"import:{record['import_id']}": record.get("source_name", "") for record in moment.imports()}


def _value(feature: Feature | None, name: str) -> Any:
    return feature.fields.get(name) if feature else None
