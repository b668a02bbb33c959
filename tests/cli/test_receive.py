"""`gis-capture receive` takes a tablet's file in; `gis-capture conflicts` decides what clashed."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from shapely import Point

from gis_capture.cli import cli
from gis_capture.errors import SyncError
from gis_capture.model import Feature
from gis_capture.store.protocol import Author
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace

PHOTO = b"\xff\xd8\xff photo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with one street light."""
    with Workspace.create(tmp_path / "w") as made:
        light = Feature("street_light", "f1", Point(137.25, 36.14), {"ledger_number": "A-1", "status": "点灯"})
        with made.store.transact(Author("office"), at=made.clock()) as transaction:
            transaction.put_layer(made.known_layer("street_light"))
            transaction.insert([light])
    return tmp_path / "w"


def outbox(path: Path, device_id: str, status: str, photo: bytes = PHOTO) -> Path:
    """What a tablet writes out that has seen the light lit."""
    change = {
        "change_id": f"change-{device_id}",
        "layer": "street_light",
        "feature_id": "f1",
        "kind": "update",
        "base_revision": 1,
        "fields": {"status": {"old": "点灯", "new": status}},
        "made_at": "2026-11-23T02:10:00Z",
    }
    message = {
        "format": "gis-capture.push/v1",
        "device_id": device_id,
        "clock_at": "2026-11-23T02:11:00Z",
        "changes": [change],
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("push.json", json.dumps(message))
        archive.writestr(f"attachments/{hashlib.sha256(PHOTO).hexdigest()}", photo)
    return path


def run(folder: Path, *arguments: object) -> Result:
    """Runs a command on the workspace; its exit code is what it returns."""
    return CliRunner().invoke(cli, [*map(str, arguments), "--workspace", str(folder)], standalone_mode=False)


def status_of(folder: Path) -> Any:
    """What the layer holds."""
    with Workspace.open(folder) as workspace:
        feature = workspace.store.feature("street_light", "f1")
        assert feature is not None
        return feature.fields["status"]


def test_a_file_is_received_with_its_photos(folder: Path) -> None:
    """Each status has its line, the photos are counted, and a second time nothing is added."""
    path = outbox(folder.parent / "a.zip", "tablet-1", "球切れ")
    for _ in range(2):
        result = run(folder, "receive", path)
        assert result.return_value == 0
        assert "登録しました: 1" in result.output and "写真 1 枚のうち 1 枚" in result.output
    assert status_of(folder) == "球切れ"


@pytest.mark.parametrize(("status", "words"), [("撤去", "くい違い"), ("虹色", "選択肢にありません")])
def test_what_needs_a_look_gives_three(folder: Path, status: str, words: str) -> None:
    """A conflict, or a change that is rejected with its reason."""
    run(folder, "receive", outbox(folder.parent / "a.zip", "tablet-1", "球切れ"))
    result = run(folder, "receive", outbox(folder.parent / "b.zip", "tablet-2", status))

    assert result.return_value == 3
    assert words in result.output


def test_a_damaged_photo_gives_three(folder: Path) -> None:
    """The changes of the file are stored all the same."""
    result = run(folder, "receive", outbox(folder.parent / "a.zip", "tablet-1", "球切れ", photo=b"damaged"))

    assert result.return_value == 3
    assert "写真 1 枚のうち 0 枚" in result.output
    assert status_of(folder) == "球切れ"


@pytest.mark.parametrize(("take", "status"), [("stored", "球切れ"), ("incoming", "撤去")])
def test_a_conflict_is_listed_and_decided(folder: Path, take: str, status: str) -> None:
    """The list names feature, field and both values; after the decision it is empty."""
    for device_id, value in (("tablet-1", "球切れ"), ("tablet-2", "撤去")):
        run(folder, "receive", outbox(folder.parent / f"{device_id}.zip", device_id, value))
    with Workspace.open(folder) as workspace:
        (conflict,) = list_conflicts(workspace.store)
    listed = run(folder, "conflicts").output
    decided = run(folder, "conflicts", "--resolve", conflict["conflict_id"], "--take", take, "--note", "現地で確認")

    assert conflict["conflict_id"] in listed and "A-1" in listed
    assert "今の値 球切れ / 届いた値 撤去" in listed
    assert "決めました" in decided.output
    assert status_of(folder) == status
    assert run(folder, "conflicts").output == "くい違い 0 件\n"


def test_a_conflict_that_is_not_there_is_told(folder: Path) -> None:
    """An unknown id is an error; half of the options is a matter of usage."""
    assert isinstance(run(folder, "conflicts", "--resolve", "none", "--take", "stored").exception, SyncError)
    result = CliRunner().invoke(cli, ["conflicts", "--resolve", "none", "--workspace", str(folder)])
    assert result.exit_code == 2
