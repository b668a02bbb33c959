"""Merge cases made by others, and some of our own, through HTTP alone: layers, push, pull, conflicts and receipts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.definitions import layer_to_json
from gis_capture.model import GEOMETRY
from gis_capture.server import create_app
from gis_capture.workspace import Workspace
from tests.sync.conformance_cases import AT, Case, exact
from tests.sync.test_conformance import (
    CASES,
    FOLDER,
    expected_conflicts,
    expected_kept,
    expected_rows,
    expected_statuses,
    statuses,
    told_problems,
    value_of,
)

pytestmark = pytest.mark.shared


class Office:
    """What a program sees of a server that has nothing but its address."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def add_layer(self, definition: dict[str, Any]) -> None:
        """Makes a layer."""
        answer = self.client.post("/layers", json={"definition": definition})
        assert answer.status_code == 201, answer.get_json()

    def push(self, device_id: str, changes: list[dict[str, Any]]) -> dict[str, Any]:
        """Pushes changes."""
        head = {"format": "gis-capture.push/v1", "device_id": device_id, "author": f"{device_id} crew", "clock_at": AT}
        answer = self.client.post("/sync/push", json={**head, "changes": changes})
        assert answer.status_code == 200, answer.get_json()
        document: dict[str, Any] = answer.get_json()
        return document

    def lines(self, **query: Any) -> list[dict[str, Any]]:
        """Pulls, page by page."""
        found, more = [], ""
        while True:
            path = "/sync/pull?limit=3" + "".join(f"&{name}={value}" for name, value in query.items()) + more
            page = [json.loads(line) for line in self.client.get(path).get_data().splitlines()]
            found += page
            if page[-1]["next"] is None:
                return found
            more = f"&cursor={page[-1]['next']}"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A server over an empty workspace."""
    with Workspace.create(tmp_path / "w") as workspace:
        yield Office(create_app(workspace).test_client())


@pytest.mark.parametrize("body", CASES, ids=lambda body: body["id"])
def test_a_case_of_others_ends_as_our_rules_require_over_http(body: dict[str, Any], office: Office) -> None:
    """Rows of a pull, conflict records, receipts, kept bodies and problems are what the case says."""
    case = Case(FOLDER, body)
    for layer in case.layers():
        office.add_layer(layer_to_json(layer))
    filled = office.push("office", list(first_changes(case)))
    assert {receipt["status"] for receipt in filled["receipts"]} <= {"applied"}

    receipts = {}
    for side in ("theirs", "mine"):
        changes = case.changes(side, filled["revision"])
        answer = office.push(side, list(changes.values()))
        receipts[side] = dict(zip(changes, answer["receipts"], strict=True))

    assert pulled_rows(case, office.lines()) == expected_rows(case)
    assert found_conflicts(case, office) == expected_conflicts(case)
    assert statuses(receipts) == expected_statuses(case)
    waiting = office.client.get("/changes/waiting").get_json()["changes"]
    assert [kept(case, one) for one in waiting] == expected_kept(case)
    assert told_problems(receipts) >= {(one["table"], one["field"]) for one in body.get("problems", [])}


def first_changes(case: Case) -> Iterator[dict[str, Any]]:
    """The base as what somebody captured."""
    for table, rows in case.base.items():
        for fid in rows.rows:
            values = case.state("base", table, fid)
            geometry = values.pop(GEOMETRY, None)
            yield {
                "change_id": f"base-{table}-{fid}",
                "layer": table,
                "feature_id": case.feature_id(table, f"base:{fid}"),
                "kind": "insert",
                "fields": {name: {"old": None, "new": value} for name, value in values.items()},
                **({"geometry": {"old": None, "new": geometry}} if geometry else {}),
            }


def pulled_rows(case: Case, lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """All rows of a pull by table and key."""
    keys, found = case.keys(), {table: dict[str, Any]() for table in case.base}
    for line in lines:
        if line["type"] == "feature":
            table, key = keys[line["feature_id"]]
            names = case.base[table].types
            found[table][key] = {name: value_of(case, table, name, line["fields"][name]) for name in names}
            if line["geometry"] is not None:
                found[table][key][GEOMETRY] = exact(line["geometry"])
    return found


def found_conflicts(case: Case, office: Office) -> list[Any]:
    """Open conflict records as (table, key, kind, fields)."""
    keys, found = case.keys(), []
    for record in office.client.get("/conflicts?state=open").get_json()["conflicts"]:
        assert office.client.get(f"/conflicts/{record['conflict_id']}").get_json() == record
        table, key = keys[record["feature_id"]]
        clashes = {clash["field"]: clash for clash in record["fields"]}
        clashes |= {GEOMETRY: record["geometry"]} if record["geometry"] else {}
        sides = {"base": "base", "stored": "theirs", "incoming": "mine"}
        fields = {
            name: {sides[s]: value_of(case, table, name, v) for s, v in clash.items() if s in sides}
            for name, clash in clashes.items()
        }
        found.append((table, key, f"{record['stored_kind']}/{record['kind']}", fields))
    return sorted(found, key=str)


def kept(case: Case, waiting: dict[str, Any]) -> Any:
    """A rejected change as the case writes it."""
    table, key = case.keys()[waiting["body"]["feature_id"]]
    return table, key, {name: edit["new"] for name, edit in waiting["body"]["fields"].items()}
