"""A full disk: reading goes on, writing is refused in words, nothing breaks, and with room again all goes through."""

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_capture.workspace import Workspace
from tests.faults.oracle import complaints, value_key
from tests.faults.server import Server
from tests.faults.tablet import HeadlessTablet, OfflineError, request
from tests.sync.tablets import LAMP, POLE, fill, lamp

SIZE_BYTES = 6_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("needs root on Linux, to mount a small disk (tmpfs)")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, f"size={SIZE_BYTES}".encode()) != 0:
        pytest.skip(f"needs leave to mount a small disk (tmpfs): {os.strerror(ctypes.get_errno())}")
    try:
        yield folder
    finally:
        libc.umount2(str(folder).encode(), 2)


def test_a_full_disk_breaks_nothing(small_disk: Path) -> None:
    """Push, photo and office are refused with a problem document; the same tablet sends all of it later."""
    folder = small_disk / "w"
    with Workspace.create(folder) as made:
        fill(made.store, lamp("f1", name="甲"), layers=(POLE, LAMP))
    server, tablet = Server(folder), HeadlessTablet("t1")
    server.start()
    try:
        tablet.pull_all(server.port)
        words = []
        for number in range(200):
            words.append(f"語{number}" + "長" * 200)
            photos = [tablet.take_photo(number, 60_000)] if number < 5 else []
            fields = {"name": {"old": None, "new": words[-1]}}
            tablet.make(f"c{number}", "insert", f"n{number}", fields, attachments=photos)
        ballast = fill_disk(small_disk)

        with pytest.raises(OfflineError, match="push: 507"):
            tablet.push(server.port)
        with pytest.raises(OfflineError, match="photo: 507"):
            tablet.send_photos(server.port, iter(lambda: "good", ""))
        status, headers, body = push_raw(server.port, tablet)
        assert (status, headers["content-type"]) == (507, "application/problem+json")
        assert json.loads(body)["code"] == "disk_full"
        assert "空き容量" in json.loads(body)["detail_ja"]
        assert request(server.port, "GET", "/layers")[0] == 200
        assert request(server.port, "GET", "/sync/pull?layers=lamp")[2].count(b'"type":"feature"') == 1
        assert len(tablet.outbox) == 200

        ballast.unlink()
        tablet.push(server.port)
        tablet.send_photos(server.port, iter(lambda: "good", ""))
        tablet.pull_all(server.port)
    finally:
        server.stop()
    assert (len(tablet.outbox), len(tablet.unsent)) == (0, 0)
    assert complaints(folder, [tablet], [value_key(word) for word in words], []) == []


def push_raw(port: int, tablet: HeadlessTablet) -> tuple[int, dict[str, str], bytes]:
    """A push, its answer as it is."""
    body = json.dumps(tablet.message()).encode()
    return request(port, "POST", "/sync/push", body, Content_Type="application/json")


def fill_disk(disk: Path) -> Path:
    """Leaves no room at all."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"0" * 4096)
        except OSError:
            return ballast
