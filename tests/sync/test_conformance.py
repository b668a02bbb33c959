"""Merge cases made by others, with the outcome our rules require; see the README beside them."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_capture.model import GEOMETRY
from gis_capture.store.protocol import Store
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.sync.messages import schema
from tests.sync.conformance_cases import Case, exact, instant

pytestmark = pytest.mark.shared

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "geodiff"
CASES = json.loads((FOLDER / "cases.json").read_text("utf-8"))["cases"] if FOLDER.is_dir() else []


def test_all_cases_are_there(shared_dir: Path) -> None:
    """Without the cases this whole file is skipped, saying so."""
    assert len(CASES) == json.loads((FOLDER / "cases.json").read_text("utf-8"))["n_cases"]


@pytest.mark.parametrize("body", CASES, ids=lambda body: body["id"])
def test_a_case_of_others_ends_as_our_rules_require(body: dict[str, Any], store: Store) -> None:
    """Rows, conflict records, receipts, kept bodies, problems and extents are what the case says."""
    case = Case(FOLDER, body)
    receipts = case.replay(store)
    assert stored_rows(case, store) == expected_rows(case)
    assert found_conflicts(case, store) == expected_conflicts(case)
    assert statuses(receipts) == expected_statuses(case)
    assert kept_bodies(case, receipts, store) == expected_kept(case)
    assert told_problems(receipts) >= {(one["table"], one["field"]) for one in body.get("problems", [])}
    for table, box in body.get("expected_extents", {}).items():
        geometries = [feature.geometry for feature in store.features(table)]
        assert shapely.total_bounds(geometries).tolist() == box
        assert list(store.layer_info(table).extent or ()) == box


def value_of(case: Case, table: str, name: str, value: Any) -> Any:
    """A value as it is compared: geometries by ordinate, instants in time, relations by the feature they lead to."""
    if name == GEOMETRY:
        return exact(value)
    if name in case.instants.get(table, []):
        return instant(value)
    if isinstance(value, dict):
        return case.feature_id(case.relations[table][name], value["ref"])
    return value


def stored_rows(case: Case, store: Store) -> dict[str, dict[str, Any]]:
    """All rows of the store by table and key."""
    keys = case.keys()
    found: dict[str, dict[str, Any]] = {}
    for layer in store.layers():
        rows = found[layer.key] = {}
        for feature in store.features(layer.key):
            table, key = keys[feature.feature_id]
            assert table == layer.key
            names = case.base[table].types
            rows[key] = {name: value_of(case, table, name, feature.fields[name]) for name in names}
            if feature.geometry is not None:
                rows[key][GEOMETRY] = exact(feature.geometry)
    return found


def expected_rows(case: Case) -> dict[str, dict[str, Any]]:
    """The same of the case; a missing geometry is left out as above."""
    found: dict[str, dict[str, Any]] = {}
    for table, entries in case.body["expected_row_sets"].items():
        rows = found[table] = {}
        for entry in entries:
            values = {**entry["fields"], **({GEOMETRY: entry[GEOMETRY]} if entry.get(GEOMETRY) else {})}
            rows[entry["key"]] = {name: value_of(case, table, name, value) for name, value in values.items()}
    return found


def found_conflicts(case: Case, store: Store) -> list[Any]:
    """Open conflict records as (table, key, kind, fields)."""
    keys, found = case.keys(), []
    for record in list_conflicts(store):
        table, key = keys[record["feature_id"]]
        clashes = {clash["field"]: clash for clash in record["fields"]}
        clashes |= {GEOMETRY: record["geometry"]} if record["geometry"] else {}
        sides = {"base": "base", "stored": "theirs", "incoming": "mine"}
        fields = {
            name: {sides[s]: value_of(case, table, name, v) for s, v in clash.items() if s in sides}
            for name, clash in clashes.items()
        }
        found.append((table, key, f"{record['stored_kind']}/{record['kind']}", fields))
        assert record["incoming_by"]["device_id"] == "mine"
        assert record["stored_by"]["device_id"] == "theirs"
    return sorted(found, key=str)


def expected_conflicts(case: Case) -> list[Any]:
    """The same of the case."""
    found = []
    for one in case.body["expected_conflicts"]:
        fields = {
            name: {side: value_of(case, one["table"], name, value) for side, value in sides.items()}
            for name, sides in one["fields"].items()
        }
        found.append((one["table"], one["key"], one["kind"], fields))
    return sorted(found, key=str)


def statuses(receipts: Any) -> dict[str, Any]:
    """Status of every receipt by side, table and key."""
    return {side: {at: receipt["status"] for at, receipt in of_side.items()} for side, of_side in receipts.items()}


def expected_statuses(case: Case) -> dict[str, Any]:
    """The same of the case."""
    return {
        side: {(table, key): status for table, by_key in tables.items() for key, status in by_key.items()}
        for side, tables in case.body["expected_receipts"].items()
    }


def kept_bodies(case: Case, receipts: Any, store: Store) -> list[Any]:
    """Fields of the rejected changes, as the store keeps them."""
    found = []
    with store.snapshot() as snapshot:
        for pushed in snapshot.sync.changes(statuses=("rejected",)):
            table, key = case.keys()[pushed.body["feature_id"]]
            fields = {name: edit["new"] for name, edit in pushed.body["fields"].items()}
            found.append((table, key, fields))
            assert pushed.receipt.to_json() == receipts[key.partition(":")[0]][table, key]
    return found


def expected_kept(case: Case) -> list[Any]:
    """The same of the case."""
    return [(one["table"], one["key"], one["fields"]) for one in case.body.get("kept_bodies", [])]


def told_problems(receipts: Any) -> set[tuple[str, str]]:
    """Table of the child and field of every relation that a receipt says leads nowhere."""
    found = set()
    for of_side in receipts.values():
        for (table, _), receipt in of_side.items():
            for problem in receipt.get("problems") or [receipt["problem"]]:
                if problem and problem["code"] == "parent_missing":
                    found.add((table, problem["field"]))
                if problem and problem["code"] == "children_left":
                    found.add(("trees", problem["field"]))
    return found


def test_receipts_fit_their_schema() -> None:
    """What these tests compare is of the published form."""
    assert schema("receipts")["title"] == "gis-capture.receipts/v1"
