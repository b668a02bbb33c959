"""A server that is killed at any moment has either done a push or not begun it."""

import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from gis_capture.store import open_store
from gis_capture.sync.push import push
from tests.sync.tablets import AT, Tablet, fill, new_id

N_MESSAGES, N_CHANGES = 60, 20
SERVER = """
import json, sys, uuid
from gis_capture.store import open_store
from gis_capture.sync.push import push
store = open_store(sys.argv[1])
messages = json.load(open(sys.argv[2], encoding="utf-8"))
print("ready", flush=True)
for message in messages:
    push(store, message, clock=lambda: "2026-11-23T02:10:00Z", new_id=lambda: str(uuid.uuid4()))
"""


def test_a_killed_server_leaves_no_half_push(tmp_path: Path) -> None:
    """Killed again and again in the midst of pushes: each change has a row and a receipt, or neither."""
    path, messages = tmp_path / "layers.gpkg", tmp_path / "messages.json"
    store = open_store(path, create=True)
    fill(store)
    tablet = Tablet(store)
    sent = [make_message(tablet, number) for number in range(N_MESSAGES)]
    messages.write_text(json.dumps(sent), encoding="utf-8")
    store.close()
    for _ in range(3):
        server = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(path), str(messages)], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None and server.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, 0.4))
        server.kill()
        server.communicate()
        look_at(path)
    store = open_store(path)
    receipts = [push(store, message, clock=lambda: AT, new_id=new_id)["receipts"] for message in sent]
    assert {receipt["status"] for of_push in receipts for receipt in of_push} == {"applied"}
    assert store.count("lamp") == N_MESSAGES * N_CHANGES
    store.close()


def make_message(tablet: Tablet, number: int) -> dict[str, Any]:
    """A push of new lamps with numbers that nobody else has."""
    changes = [
        tablet.change("insert", f"f{number}-{one}", fields={"number": (None, f"K-{number}-{one}")})
        for one in range(N_CHANGES)
    ]
    return tablet.message(*changes)


def look_at(path: Path) -> None:
    """Rows, receipts and revisions tell the same story; the file is whole."""
    database = sqlite3.connect(path)
    try:
        (n_rows,) = database.execute("SELECT count(*) FROM lamp").fetchone()
        (n_receipts,) = database.execute("SELECT count(*) FROM gis_capture_receipts").fetchone()
        (n_pushes,) = database.execute("SELECT count(*) FROM gis_capture_revisions WHERE note = 'push'").fetchone()
        assert n_rows == n_receipts == n_pushes * N_CHANGES
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        database.close()
