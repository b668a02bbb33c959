"""`gis-capture day` and `attachments`: what a person prints at the end of the day."""

import json
from pathlib import Path

import pytest

from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE, EXIT_ERROR
from gis_capture.sync.push import push
from gis_capture.workspace import Workspace
from tests.cli.test_backup import run

AT = "2026-11-23T02:10:00Z"
PHOTO = {"sha256": "ab" * 32, "name": "1.jpg", "size_bytes": 9, "media_type": "image/jpeg"}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A workspace with one change whose photo has not come."""
    with Workspace.create(tmp_path / "city") as workspace:
        with workspace.store.transact(workspace.office().author, at=AT) as transaction:
            transaction.put_layer(workspace.known_layer("street_light"))
        change = {"change_id": "c-1", "layer": "street_light", "feature_id": "f-1", "kind": "insert"}
        changes = [{**change, "fields": {"ledger_number": {"new": "A-1"}}, "attachments": [PHOTO]}]
        message = {"format": "gis-capture.push/v1", "device_id": "tablet-1", "author": "班員", "changes": changes}
        push(workspace.store, message, clock=lambda: AT, new_id=workspace.new_id)
        return workspace.path


def test_the_receipt_of_a_day(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers, and what to do next; on the day after the photo is still told of."""
    where = ("--workspace", str(city))
    assert run("day", "2026-11-23", *where) == EXIT_ATTENTION
    told = capsys.readouterr().out
    assert "tablet-1(班員)" in told and "送信 1  登録 1" in told and "写真 0/1" in told and "→ 写真がまだ端末" in told
    assert run("day", "2026-11-24", "--json", *where) == EXIT_ATTENTION
    [device] = json.loads(capsys.readouterr().out)["devices"]
    assert (device["n_sent"], device["n_photos_missing_before"]) == (0, 1)
    assert run("day", "2026-11-22", *where) == EXIT_DONE
    assert run("day", "23.11.2026", *where) == EXIT_ERROR


def test_what_came_as_a_file_is_no_tablet(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The receipt calls a check-out and a ledger what they are, and asks nobody to put a tablet away for them."""
    with Workspace.open(city) as workspace:
        for device_id, feature_id in (("checkout:1", "f-2"), ("import:2", "f-3"), ("tablet-2", "f-4")):
            change = {"change_id": feature_id, "layer": "street_light", "feature_id": feature_id, "kind": "insert"}
            changes = [{**change, "fields": {"ledger_number": {"new": feature_id}}}]
            message = {"format": "gis-capture.push/v1", "device_id": device_id, "author": "", "changes": changes}
            push(workspace.store, message, clock=lambda: AT, new_id=workspace.new_id)
    run("day", "2026-11-23", "--workspace", str(city))
    told = capsys.readouterr().out
    assert "持ち出したファイル checkout:1" in told and "台帳 import:2" in told and told.count("端末を片付け") == 1


def test_photos_are_looked_after(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing is listed; nothing that is named is cleaned."""
    where = ("--workspace", str(city))
    assert run("attachments", *where) == EXIT_ATTENTION
    assert PHOTO["sha256"] in capsys.readouterr().out  # type: ignore[operator]
    assert run("attachments", "--unused", *where) == EXIT_DONE
    assert run("attachments", "--clean", *where) == EXIT_DONE
    assert "0 個を消しました" in capsys.readouterr().out
