"""Hides the values of fields with personal data where they stand in records of conflicts and waiting changes."""

from collections.abc import Mapping
from typing import Any

from gis_capture.errors import LayerError
from gis_capture.server.context import sees_personal, workspace

_VALUES = ("base", "stored", "incoming", "taken")


def shown_conflict(conflict: Mapping[str, Any]) -> dict[str, Any]:
    """Gives a conflict record as who asks may see it; a clash that is hidden says so."""
    hidden = _hidden_names(conflict.get("layer"))
    clashes = [
        clash | {name: None for name in _VALUES if name in clash} | {"is_hidden": True}
        if clash.get("field") in hidden
        else clash
        for clash in conflict.get("fields", ())
    ]
    return {**conflict, "fields": clashes}


def shown_waiting(waiting: Mapping[str, Any]) -> dict[str, Any]:
    """Gives a waiting change as who asks may see it, without the values of hidden fields."""
    body = waiting.get("body")
    if not isinstance(body, Mapping) or not isinstance(body.get("fields"), Mapping):
        return dict(waiting)
    hidden = _hidden_names(body.get("layer"))
    fields = {name: {"is_hidden": True} if name in hidden else edit for name, edit in body["fields"].items()}
    return {**waiting, "body": {**body, "fields": fields}}


def shown_history(history: Mapping[str, Any]) -> dict[str, Any]:
    """Gives a feature's history as who asks may see it; a field whose values are hidden says so."""
    hidden = _hidden_names(history.get("layer"))
    entries = [
        {
            **entry,
            "fields": [
                {"field": one["field"], "from": None, "to": None, "is_hidden": True} if one["field"] in hidden else one
                for one in entry["fields"]
            ],
        }
        for entry in history["entries"]
    ]
    return {**history, "entries": entries}


def _hidden_names(layer: object) -> frozenset[str]:
    if sees_personal():
        return frozenset()
    try:
        return workspace().store.layer(str(layer)).personal_names
    except LayerError:
        return frozenset()
