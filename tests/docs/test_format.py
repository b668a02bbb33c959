"""The examples of docs/format.md are what its schemas say, and every schema stands in it."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gis_capture.sync.messages import schema

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"<!-- schema: (\w+) -->\n```json\n(.*?)```", PAGE, re.DOTALL)


def documents(text: str) -> list[object]:
    """The JSON documents of a block: one, or one a line."""
    lines = text.strip().splitlines()
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_examples_fit_the_schemas(name: str, text: str) -> None:
    """Each is JSON as it stands, and valid."""
    found = documents(text)
    assert found
    for document in found:
        Draft202012Validator(schema(name)).validate(document)


def test_the_examples_are_there() -> None:
    """A heading that changes does not take an example out of sight."""
    assert {name for name, _ in EXAMPLES} >= {"change", "pull", "backup"}


def test_every_schema_and_golden_file_is_named() -> None:
    """Whoever reads the page finds all of them, and none that is not there."""
    schemas = {path.name for path in (ROOT / "gis_capture" / "sync" / "schemas").glob("*.json")}
    assert set(re.findall(r"\| `(\w+\.schema\.json)` \|", PAGE)) == schemas
    for name in ("push.json", "receipts.json", "conflict.json", "history.json", "day.json", "hashes.json"):
        assert f"`{name}`" in PAGE
        assert (ROOT / "sample_data" / "exchange" / name).is_file()


def test_the_page_has_a_version_and_a_change_log() -> None:
    """The newest line of the log is the version in the title."""
    title = re.match(r"# Formats of GIS Capture, version (\d+\.\d+)\n", PAGE)
    log = re.findall(r"^\| (\d+\.\d+) \|", PAGE, re.MULTILINE)
    assert title and log[-1] == title.group(1)
