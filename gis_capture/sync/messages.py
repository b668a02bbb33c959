"""The messages as JSON documents: what fits their published schemas."""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import orjson

from gis_capture.model import Problem
from gis_capture.sync import codes

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

PUSH_FORMAT = "gis-capture.push/v1"
RECEIPTS_FORMAT = "gis-capture.receipts/v1"
PULL_FORMAT = "gis-capture.pull/v1"
MAX_CHANGES = 1000
MAX_DEPTH = 64
_MAX_MESSAGE_DEPTH = 500
_ID = re.compile(r"[!-~]{1,200}")


@cache
def schema(name: str) -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of a message or document, by the name of its file."""
    path = files("gis_capture.sync").joinpath("schemas", f"{name}.schema.json")
    document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def check_push(message: Any) -> None:
    """Checks a push as a whole; what is wrong with single changes is not looked at.

    Raises:
        SyncError: Not of the protocol, or too many changes.
    """
    if isinstance(message, dict) and isinstance(message.get("changes"), list) and len(message["changes"]) > MAX_CHANGES:
        raise codes.error(codes.TOO_MANY_CHANGES, n=len(message["changes"]), limit=MAX_CHANGES)
    if _is_deeper(message, _MAX_MESSAGE_DEPTH):
        raise codes.error(codes.MALFORMED_MESSAGE, where="-", reason=f"depth > {_MAX_MESSAGE_DEPTH}")
    if mistake := _first_mistake(_envelope(), message):
        raise codes.error(codes.MALFORMED_MESSAGE, **mistake)


def change_problem(body: Any) -> Problem | None:
    """Says what keeps a body from being a change of the protocol."""
    if _is_deeper(body, MAX_DEPTH):
        return codes.problem(codes.MALFORMED_CHANGE, where="-", reason=f"depth > {MAX_DEPTH}")
    if _fits(body):
        return None
    mistake = _first_mistake(_change(), body)
    if mistake is None and not _is_text(body):
        mistake = {"where": "-", "reason": "half a surrogate pair (UTF-16)"}
    return codes.problem(codes.MALFORMED_CHANGE, **mistake) if mistake else None


def kept_body(body: Any) -> Any:
    """A body as it is kept: as it came, or its text where it is nested deeper than our readers go."""
    if not _is_deeper(body, MAX_DEPTH):
        return body
    return {"change_id": change_id_of(body), "text": json.dumps(body)}


def change_id_of(body: Any) -> str | None:
    """The id of a body, also of one that is no change otherwise."""
    change_id = body.get("change_id") if isinstance(body, dict) else None
    return change_id if isinstance(change_id, str) and _ID.fullmatch(change_id) else None


def feature_of(body: Any) -> tuple[str, str] | None:
    """Layer and feature_id that a body names, where it names them as a change does."""
    if not isinstance(body, dict):
        return None
    layer, feature_id = body.get("layer"), body.get("feature_id")
    if isinstance(layer, str) and isinstance(feature_id, str) and _ID.fullmatch(feature_id):
        return layer, feature_id
    return None


@cache
def _envelope() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    document = schema("push")
    return Draft202012Validator({**document, "properties": {**document["properties"], "changes": {"type": "array"}}})


@cache
def _change_schema() -> Mapping[str, Any]:
    return {"$ref": "#/$defs/change", "$defs": schema("push")["$defs"]}


@cache
def _change() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_change_schema())


@cache
def _quick_change() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(_change_schema()))


def _fits(body: Any) -> bool:
    """Whether a body is surely a change; the other validator says what is wrong with all else, and judges it."""
    try:
        orjson.dumps(body)
        return _quick_change().is_valid(body)
    except (TypeError, ValueError):
        # NaN, half a surrogate pair, a number beyond 64 bits.
        return False


def _first_mistake(validator: "Draft202012Validator", value: Any) -> dict[str, Any] | None:
    error = next(validator.iter_errors(value), None)
    if error is None:
        return None
    return {"where": ".".join(map(str, error.path)) or "-", "reason": error.message}


def _is_text(body: Any) -> bool:
    """Whether all strings of a document can be written as UTF-8; JSON can say more than that."""
    try:
        json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_deeper(value: Any, depth: int) -> bool:
    """Whether lists and objects stand in each other more than so many times; our readers walk by recursion."""
    level: list[Any] = [value]
    for _ in range(depth):
        level = [
            child
            for one in level
            if isinstance(one, dict | list)
            for child in (one.values() if isinstance(one, dict) else one)
        ]
    return any(isinstance(one, dict | list) for one in level)
