"""`gis-capture conflicts`: looked at and decided field by field, with another value where both are wrong."""

from pathlib import Path

import pytest

from gis_capture.cli import EXIT_DONE, EXIT_ERROR, EXIT_USAGE
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.sync.push import push
from gis_capture.workspace import Workspace
from tests.cli.test_backup import run

AT = "2026-11-23T02:10:00Z"


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Two tablets have changed the same two fields."""
    with Workspace.create(tmp_path / "city") as workspace:
        with workspace.store.transact(workspace.office().author, at=AT) as transaction:
            transaction.put_layer(workspace.known_layer("street_light"))
        change = {"layer": "street_light", "feature_id": "f-1"}
        insert = {**change, "change_id": "c-1", "kind": "insert", "fields": {"ledger_number": {"new": "A-1"}}}
        edits = [
            {"status": {"old": None, "new": code}, "inspection_note": {"old": None, "new": note}}
            for code, note in (("点灯", "甲"), ("球切れ", "乙"))
        ]
        changes = [insert] + [
            {**change, "change_id": f"c-{n}", "kind": "update", "fields": edit, "base_revision": 1}
            for n, edit in enumerate(edits, start=2)
        ]
        message = {"format": "gis-capture.push/v1", "device_id": "tablet-1", "changes": changes}
        push(workspace.store, message, clock=lambda: AT, new_id=workspace.new_id)
        return workspace.path


def test_fields_are_decided_one_by_one(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first with the value that came, the second with a third one; then the record is among the closed ones."""
    where = ("--workspace", str(city), "--author", "係長")
    with Workspace.open(city) as workspace:
        [record] = list_conflicts(workspace.store)
    decide = ("conflicts", "--resolve", record["conflict_id"], *where)

    assert run(*decide, "--take", "incoming", "--field", "status") == EXIT_DONE
    assert run(*decide, "--take", "other", "--value", "丙") == EXIT_USAGE
    assert run(*decide, "--take", "incoming", "--field", "height") == EXIT_ERROR
    assert run(*decide, "--take", "other", "--value", '"丙"', "--note", "両方ちがう") == EXIT_DONE

    with Workspace.open(city) as workspace:
        feature = workspace.store.feature("street_light", "f-1")
    assert feature and (feature.fields["status"], feature.fields["inspection_note"]) == ("球切れ", "丙")
    capsys.readouterr()
    assert run("conflicts", *where[:2]) == EXIT_DONE
    assert "くい違い 0 件" in capsys.readouterr().out
    assert run("conflicts", "--state", "closed", *where[:2]) == EXIT_DONE
    assert "other  係長  両方ちがう" in capsys.readouterr().out
