"""A server that dies between any two statements of a push has done all of it or nothing of it."""

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from gis_capture.store import open_store
from gis_capture.sync.push import push
from tests.sync.tablets import AT, Tablet, fill, lamp, new_id, new_ids

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks a server for each statement")


def first_state(path: Path) -> None:
    """Two lamps, one of which somebody has edited since."""
    store = open_store(path, create=True)
    fill(store, lamp("f1", name="甲"), lamp("f2", name="乙"), lamp("f3"))
    other = Tablet(store, "other", ids=new_ids(1))
    other.push(other.change("update", "f1", base_revision=1, fields={"name": ("甲", "丙")}))
    store.close()


def message_of(path: Path) -> dict[str, Any]:
    """An insert with a photo, a merge, a conflict, a delete, a held change that is let go, a rejected one."""
    store = open_store(path)
    tablet = Tablet(store, ids=new_ids(2))
    photo = {"sha256": "a" * 64, "name": "a.jpg", "size_bytes": 3, "media_type": "image/jpeg"}
    point = {"old": None, "new": {"type": "Point", "coordinates": [137.5, 36.5]}}
    late = tablet.change("update", "f9", after="first", fields={"status": (None, "点灯")})
    first = {
        **tablet.change("insert", "f9", fields={"name": (None, "丁")}, geometry=point, attachments=[photo]),
        "change_id": "first",
    }
    message = tablet.message(
        late,
        first,
        tablet.change("update", "f1", base_revision=1, fields={"name": ("甲", "戊"), "status": (None, "撤去")}),
        tablet.change("delete", "f2", base_revision=1),
        tablet.change("update", "f3", base_revision=1, fields={"status": (None, "?")}),
    )
    store.close()
    return message


def test_a_push_is_whole_or_not_there(tmp_path: Path) -> None:
    """SIGKILL before each statement in turn; sent again, every push ends with the same receipts and the same layer."""
    first_state(tmp_path / "first.gpkg")
    message = message_of(tmp_path / "first.gpkg")
    expected = outcome(shutil.copy(tmp_path / "first.gpkg", tmp_path / "expected.gpkg"), message)
    assert [receipt["status"] for receipt in expected["receipts"]] == [
        "applied",
        "applied",
        "conflict",
        "applied",
        "rejected",
    ]

    number, n_undone = 0, 0
    while True:
        number += 1
        path = Path(shutil.copy(tmp_path / "first.gpkg", tmp_path / "killed.gpkg"))
        if not dies_before(path, message, number):
            break
        store = open_store(path)
        n_undone += store.revision() == 2
        assert store.revision() in (2, 3)
        assert (store.count("lamp"), store.check_integrity()) == (3, [])
        store.close()
        assert outcome(path, message) == expected, f"killed before statement {number}"
    assert number > 60
    assert 0 < number - n_undone < 10, "the commit is among the last statements"


def dies_before(path: Path, message: dict[str, Any], number: int) -> bool:
    """Pushes in a process that kills itself before a statement; False where it came through."""
    child = os.fork()
    if child == 0:
        n_statements = 0

        def count(_: str) -> None:
            nonlocal n_statements
            n_statements += 1
            if n_statements == number:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            store = open_store(path)
            store._writer.set_trace_callback(count)
            push(store, message, clock=lambda: AT, new_id=new_id)
        finally:
            os._exit(0 if sys.exc_info()[0] is None else 1)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), "the push failed"
    return status != 0


def outcome(path: str | Path, message: dict[str, Any]) -> dict[str, Any]:
    """Receipts of a push, and the layer afterwards."""
    store = open_store(path)
    receipts = push(store, message, clock=lambda: AT, new_id=new_id)["receipts"]
    rows = {one.feature_id: (dict(one.fields), str(one.geometry)) for one in store.features("lamp")}
    with store.snapshot() as snapshot:
        conflicts = [
            {name: value for name, value in one.to_json().items() if name != "conflict_id"}
            for _, one in snapshot.sync.conflicts()
        ]
    store.close()
    found: dict[str, Any] = json.loads(json.dumps({"receipts": receipts, "rows": rows, "conflicts": conflicts}))
    return found
