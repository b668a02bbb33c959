"""The golden messages: what both sides agree on."""

import json
from importlib.abc import Traversable
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from gis_capture.model import Change, Receipt
from gis_capture.sync.messages import schema
from tests.sync.exchange_messages import FOLDER, make_messages

MESSAGES = make_messages()


@pytest.mark.parametrize("name", MESSAGES)
def test_the_code_still_makes_the_golden_message(name: str) -> None:
    """A difference means that the format has changed: change docs/format.md and the tablet app with it."""
    assert MESSAGES[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_the_golden_messages_fit_the_published_schemas() -> None:
    """Each line of a pull, the push, the answer."""
    for name in ("push", "receipts", "conflict", "history", "day"):
        Draft202012Validator(schema(name)).validate(json.loads(MESSAGES[f"{name}.json"]))
    lines = [json.loads(line) for name in MESSAGES if name.endswith("ndjson") for line in MESSAGES[name].splitlines()]
    for line in lines:
        Draft202012Validator(schema("pull")).validate(line)
    kinds = {line["type"] for line in lines}
    assert kinds == {"header", "layer", "feature", "deletion", "out_of_scope", "conflict", "end"}


def test_schemas_that_say_the_same_are_the_same() -> None:
    """A change and a conflict record have schemas of their own; they are those of push and pull."""
    push, pull, outbox = schema("push"), schema("pull"), schema("outbox")
    unlimited = {**push["properties"], "changes": {"type": "array", "items": {"$ref": "#/$defs/change"}}}

    assert schema("change")["$defs"] == push["$defs"] == outbox["$defs"]
    assert schema("conflict")["$defs"] == pull["$defs"]
    assert (outbox["properties"], outbox["required"]) == (unlimited, push["required"])


@pytest.mark.parametrize("path", sorted(files("gis_capture.sync").joinpath("schemas").iterdir(), key=str), ids=str)
def test_every_schema_is_one(path: Traversable) -> None:
    """Of the draft it names."""
    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


def test_every_status_of_a_receipt_is_shown() -> None:
    """In the order of the changes."""
    receipts = json.loads(MESSAGES["receipts.json"])["receipts"]
    statuses = [receipt["status"] for receipt in receipts]
    assert statuses == ["applied", "applied", "applied", "conflict", "merged", "applied", "held", "rejected"]


def test_the_values_of_the_model_read_and_write_them() -> None:
    """Without loss."""
    for body in json.loads(MESSAGES["push.json"])["changes"]:
        assert {**Change.from_json(body).to_json(), "attachments": body["attachments"]} == body
    for body in json.loads(MESSAGES["receipts.json"])["receipts"]:
        assert Receipt.from_json(body).to_json() == body
