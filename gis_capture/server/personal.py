"""Hides the values of fields with personal data where they stand in records of conflicts and waiting changes."""

from collections.abc import Mapping
from typing import Any

from flask import g

from gis_capture.errors import LayerError
from gis_capture.server.authorization import principal
from gis_capture.server.context import settings, workspace
from gis_capture.sync.codes import MALFORMED_CHANGE
from gis_capture.text import Text

_HIDDEN = Text("個人情報を含むことがあるため、理由は表示しません。", "The reason may quote personal data.")
_VALUES = ("base", "stored", "incoming", "taken")


def sees_personal() -> bool:
    """Whether fields with personal data are given to who asks; that they are is written down with the answer."""
    is_given = settings().shares_personal_fields or principal().sees_personal
    g.gave_personal = g.get("gave_personal", False) or is_given
    return is_given


def gives_personal_to_tablets() -> bool:
    """Whether tablets get fields with personal data, whoever holds them: by the setting alone."""
    g.gave_personal = is_given = settings().shares_personal_fields
    return is_given


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
    """Gives a waiting change as who asks may see it, without the values of hidden fields.

    Of a body that is no change nobody can tell where such a value stands: where layers have any, all of it is hidden.
    """
    body = waiting.get("body")
    if sees_personal() or not any(layer.personal_names for layer in workspace().store.layers()):
        return dict(waiting)
    if not isinstance(body, Mapping) or not isinstance(body.get("fields") or {}, Mapping) or "text" in body:
        hidden_body = {"change_id": waiting.get("change_id"), "is_hidden": True}
        return {**waiting, "body": hidden_body, "receipt": _shown_receipt(waiting["receipt"], frozenset())}
    hidden = _hidden_names(body.get("layer"))
    edits = body.get("fields") or {}
    fields = {name: {"is_hidden": True} if name in hidden else edit for name, edit in edits.items()}
    return {**waiting, "body": {**body, "fields": fields}, "receipt": _shown_receipt(waiting["receipt"], hidden)}


def _shown_receipt(receipt: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    """A receipt whose words name no value of a hidden field."""

    def shown(problem: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        # What does not fit the schema is quoted.
        is_hidden = problem is not None and (problem.get("field") in hidden or problem["code"] == MALFORMED_CHANGE)
        return {**problem, "message": _HIDDEN.to_json()} if problem is not None and is_hidden else problem

    more = {"problems": [shown(one) for one in receipt["problems"]]} if "problems" in receipt else {}
    return {**receipt, "problem": shown(receipt.get("problem")), **more}


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
