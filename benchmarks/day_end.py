"""The end of a day: tablets come back together, each with 200 edits and 40 photos of 300 kB, over loopback.

First all push at the same moment, then all send their photos, as the tablet app does. Afterwards all is counted:
no edit and no photo may be lost or there twice. The peer is the bare work without a protocol: the same edits, one
SQLite transaction for each tablet, then the same photos into files, flushed to the disk, one after the other.
"""

import gzip
import hashlib
import json
import os
import random
import sqlite3
import tempfile
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._serving import LAYER, Served, ask, feature_id, make_workspace, quantile, serving
from gis_capture.workspace import Workspace

N_EDITS, N_PHOTOS, PHOTO_BYTES = 200, 40, 300_000
N_FEATURES = 100_000
CREWS = (20, 100)
AT = "2026-11-23T02:10:00Z"


@dataclass
class Load:
    """What one tablet brings: a push and photos by hash."""

    body: bytes
    photos: dict[str, bytes]


def main() -> None:
    """Prints how long pushes and photos took for 20 and 100 tablets, and what is there afterwards."""
    n_photos = int(os.environ.get("BENCHMARK_PHOTOS", N_PHOTOS))
    for n_tablets in map(int, os.environ.get("BENCHMARK_TABLETS", ",".join(map(str, CREWS))).split(",")):
        with tempfile.TemporaryDirectory() as folder:
            loads = [_load(number, n_photos) for number in range(n_tablets)]
            path = Path(folder) / "w"
            make_workspace(path, N_FEATURES)
            with serving(path) as served:
                pushes, push_s = _at_once(loads, lambda load: _push(served, load))
                _, photos_s = _at_once(loads, lambda load: _send_photos(served, load))
                peak_mib = served.peak_mib()
            lost = _lost(path, loads)
            bare_s, bare_photos_s = _bare(Path(folder), loads)
        print(
            f"{n_tablets} tablets × {N_EDITS} edits × {n_photos} photos: {lost}\n"
            f"  push of {N_EDITS}: p50 {quantile(pushes, 0.5):.2f} s, p95 {quantile(pushes, 0.95):.2f} s,"
            f" all {push_s:.2f} s; bare SQLite {bare_s:.2f} s, ours is {push_s / bare_s:.1f} × the time\n"
            f"  photos: all {photos_s:.2f} s, {n_tablets * n_photos * PHOTO_BYTES / photos_s / 1e6:.0f} MB/s;"
            f" bare files {bare_photos_s:.2f} s, ours is {photos_s / bare_photos_s:.1f} × the time\n"
            f"  server: peak {peak_mib:.0f} MiB"
        )


def _load(tablet: int, n_photos: int) -> Load:
    chance = random.Random(tablet)
    photos = {}
    for _ in range(n_photos):
        photo = b"\xff\xd8\xff" + chance.randbytes(PHOTO_BYTES - 3)
        photos[hashlib.sha256(photo).hexdigest()] = photo
    names = list(photos)
    changes = [_change(tablet, number, names[number : number + 1], chance) for number in range(N_EDITS)]
    message = {"format": "gis-capture.push/v1", "device_id": f"t{tablet}", "clock_at": AT, "changes": changes}
    return Load(gzip.compress(json.dumps(message).encode()), photos)


def _change(tablet: int, number: int, photos: list[str], chance: random.Random) -> dict[str, Any]:
    """Every fourth one is a new light, the others write two fields of one, some with a new place."""
    attachments = [
        {"sha256": one, "name": f"{one[:8]}.jpg", "size_bytes": PHOTO_BYTES, "media_type": "image/jpeg"}
        for one in photos
    ]
    change: dict[str, Any] = {
        "change_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "layer": LAYER,
        "definition_version": 1,
        "attachments": attachments,
        "made_at": AT,
        "position": {"lon": 137.25, "lat": 36.14, "accuracy_m": 4},
    }
    place = {"type": "Point", "coordinates": [137 + chance.random() / 3, 36 + chance.random() / 3]}
    if number % 4 == 0:
        fields = {"status": {"old": None, "new": "点灯"}, "ledger_number": {"old": None, "new": f"N-{tablet}-{number}"}}
        made = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        return {
            **change,
            "kind": "insert",
            "feature_id": made,
            "fields": fields,
            "geometry": {"old": None, "new": place},
        }
    fields = {
        "status": {"old": "点灯", "new": "球切れ"},
        "remarks": {"old": None, "new": f"現地確認 {tablet}-{number}"},
    }
    geometry = {"geometry": {"new": place}} if number % 4 == 1 else {}
    lamp = feature_id((tablet * N_EDITS + number) * 3)
    return {**change, "kind": "update", "feature_id": lamp, "base_revision": 1, "fields": fields, **geometry}


def _at_once(loads: list[Load], work: Any) -> tuple[list[float], float]:
    """Seconds of each tablet, all begun at the same moment, and of all together."""
    gate = threading.Barrier(len(loads))

    def timed(load: Load) -> float:
        gate.wait()
        start = time.perf_counter()
        work(load)
        return time.perf_counter() - start

    start = time.perf_counter()
    with ThreadPoolExecutor(len(loads)) as tablets:
        seconds = list(tablets.map(timed, loads))
    return seconds, time.perf_counter() - start


def _push(served: Served, load: Load) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, body = ask(served.port, "POST", "/sync/push", load.body, headers)
    receipts = json.loads(body).get("receipts", ())
    assert status == 200 and [one["status"] for one in receipts] == ["applied"] * N_EDITS, body[:800]


def _send_photos(served: Served, load: Load) -> None:
    for sha256, photo in load.photos.items():
        status, _ = ask(served.port, "HEAD", f"/attachments/{sha256}")
        assert status == 404, status
        span = {"Content-Range": f"bytes 0-{len(photo) - 1}/{len(photo)}", "Content-Type": "image/jpeg"}
        status, body = ask(served.port, "PUT", f"/attachments/{sha256}", photo, span)
        assert status == 201, (status, body[:300])


def _lost(path: Path, loads: list[Load]) -> str:
    """Counts what is there, in the file itself."""
    n_edits = len(loads) * N_EDITS
    with Workspace.open(path) as workspace:
        with workspace.store.snapshot() as snapshot:
            n_receipts = sum(1 for _ in snapshot.sync.changes(statuses=("applied",)))
        n_new = workspace.store.count(LAYER) - N_FEATURES
        n_photos = sum(workspace.attachments.is_here(sha256) for load in loads for sha256 in load.photos)
        problems = workspace.check_integrity()
    n_files = sum(1 for _ in (path / "attachments").glob("??/*"))
    n_expected = sum(len(load.photos) for load in loads)
    n_lost = (n_edits - n_receipts) + max(n_edits // 4 - n_new, 0) + (n_expected - n_photos)
    n_twice = max(n_new - n_edits // 4, 0) + (n_files - n_photos)
    return f"{n_lost} lost, {n_twice} there twice, {len(problems)} problems in the file"


def _bare(folder: Path, loads: list[Load]) -> tuple[float, float]:
    """Seconds of writing the same edits and the same photos without a protocol."""
    database = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE lamp (feature_id TEXT PRIMARY KEY, body TEXT)")
    start = time.perf_counter()
    for load in loads:
        database.execute("BEGIN IMMEDIATE")
        for change in json.loads(gzip.decompress(load.body))["changes"]:
            database.execute(
                "INSERT OR REPLACE INTO lamp VALUES (?, ?)", (change["feature_id"], json.dumps(change["fields"]))
            )
        database.execute("COMMIT")
    edits_s = time.perf_counter() - start
    database.close()
    start = time.perf_counter()
    for load in loads:
        for sha256, photo in load.photos.items():
            with (folder / sha256).open("wb") as file:
                file.write(photo)
                file.flush()
                os.fsync(file.fileno())
    return edits_s, time.perf_counter() - start
