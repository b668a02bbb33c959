"""Hides the values of fields with personal data where they stand in conflicts, waiting changes and imports."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from gis_capture.errors import LayerError
from gis_capture.server.authorization import note_personal, sees_personal
from gis_capture.server.context import settings, workspace
from gis_capture.server.errors import request_language
from gis_capture.sync.codes import MALFORMED_CHANGE
from gis_capture.text import Text

_HIDDEN = Text("個人情報を含むことがあるため、理由は表示しません。", "The reason may quote personal data.")
_VALUES = ("base", "stored", "incoming", "taken")


def gives_personal_to_tablets(layers: Iterable[str]) -> bool:
    """Whether tablets get fields with personal data of layers, whoever holds them: by the setting alone."""
    if settings().shares_personal_fields:
        note_personal(layers)
    return settings().shares_personal_fields


def shown_conflict(conflict: Mapping[str, Any]) -> dict[str, Any]:
    """Gives a conflict record as who asks may see it; a clash that is hidden says so."""
    hidden = _hidden_names(conflict.get("layer"), (clash.get("field") for clash in conflict.get("fields", ())))
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
    body, receipt = waiting.get("body"), waiting["receipt"]
    is_change = isinstance(body, dict) and isinstance(body.get("fields") or {}, Mapping) and "text" not in body
    # What does not fit the schema is quoted by its receipt.
    is_quoted = any(one and one["code"] == MALFORMED_CHANGE for one in _problems(receipt))
    is_kept = (is_quoted or not is_change) and _has_personal() and not sees_personal()
    if not is_change or not isinstance(body, dict):
        hidden_body = {"change_id": waiting.get("change_id"), "is_hidden": True}
        return (
            {**waiting, "body": hidden_body, "receipt": _shown_receipt(receipt, (), True)} if is_kept else {**waiting}
        )
    edits = body.get("fields") or {}
    hidden = _hidden_names(body.get("layer"), edits)
    fields = {name: {"is_hidden": True} if name in hidden else edit for name, edit in edits.items()}
    return {**waiting, "body": {**body, "fields": fields}, "receipt": _shown_receipt(receipt, hidden, is_kept)}


def _has_personal() -> bool:
    return any(layer.personal_names for layer in workspace().store.layers())


def _problems(receipt: Mapping[str, Any]) -> Iterable[Mapping[str, Any] | None]:
    return receipt.get("problem"), *receipt.get("problems", ())


def _shown_receipt(receipt: Mapping[str, Any], hidden: Container[str], is_kept: bool) -> dict[str, Any]:
    """A receipt whose words name no value of a hidden field, nor quote a change where that is kept."""

    def shown(problem: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        is_hidden = problem is not None and (
            problem.get("field") in hidden or (is_kept and problem["code"] == MALFORMED_CHANGE)
        )
        return {**problem, "message": _HIDDEN.to_json()} if problem is not None and is_hidden else problem

    more = {"problems": [shown(one) for one in receipt["problems"]]} if "problems" in receipt else {}
    return {**receipt, "problem": shown(receipt.get("problem")), **more}


def shown_history(history: Mapping[str, Any]) -> dict[str, Any]:
    """Gives a feature's history as who asks may see it; a field whose values are hidden says so."""
    named = (one["field"] for entry in history["entries"] for one in entry["fields"])
    hidden = _hidden_names(history.get("layer"), named)
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


def shown_import(told: Mapping[str, Any]) -> dict[str, Any]:
    """Gives an import as who asks may see it: words about a field with personal data quote it."""
    problems = (told["result"] or {}).get("problems", ())
    hidden = _hidden_names(told["layer"], (problem.get("field") for problem in problems))
    if not hidden:
        return dict(told)
    words = _HIDDEN.in_language(request_language())
    shown = [
        {**problem, "message": words, "suggestion": ""} if problem.get("field") in hidden else problem
        for problem in problems
    ]
    return {**told, "result": {**told["result"], "problems": shown}}


def _hidden_names(layer: object, named: Iterable[object]) -> frozenset[str]:
    """Those of the named fields of a layer whose values are kept from who asks."""
    try:
        personal = workspace().store.layer(str(layer)).personal_names.intersection(map(str, named))
    except LayerError:
        return frozenset()
    return frozenset() if not personal or sees_personal(str(layer)) else personal
