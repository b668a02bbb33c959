"""A full disk: reading goes on, writing is refused in words, nothing breaks, and with room again all goes through."""

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any

import pytest

from gis_capture.errors import StoreError
from gis_capture.people import Lasting, People, Role
from gis_capture.workspace import Workspace
from gis_capture.workspace.identity import new_id
from tests.faults.oracle import complaints, value_key
from tests.faults.server import Server
from tests.faults.tablet import HeadlessTablet, OfflineError, request
from tests.sync.tablets import LAMP, POLE, fill, lamp

SIZE_BYTES = 10_000_000
WHO = {"name": "高山", "password": "つつじ並木の街路灯 7基"}


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


def make_office(disk: Path) -> Path:
    """Makes a workspace with one lamp, and somebody who may do everything; gives its folder."""
    folder = disk / "w"
    with Workspace.create(folder) as made:
        fill(made.store, lamp("f1", name="甲"), layers=(POLE, LAMP))
        made.people.add_account(WHO["name"], WHO["password"], Role.ADMIN)
    return folder


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


def test_office_and_sign_in_are_refused_in_words_and_go_on_later(small_disk: Path) -> None:
    """An import, an account and a sign-in on a full disk; layers, people and the log are whole afterwards."""
    folder = make_office(small_disk)
    server = Server(folder)
    server.start()
    try:
        status, headers, _ = post(server.port, "/sign-in", WHO)
        assert status == 200
        cookie = {"Cookie": headers["set-cookie"].split(";")[0]}
        ballast = fill_disk(small_disk)

        ledger = "管理番号,経度,緯度\r\n" + "".join(f"B-{n},137.2,36.1\r\n" for n in range(20_000))
        form = f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n{ledger}\r\n--x--\r\n'
        kind = {"Content_Type": "multipart/form-data; boundary=x", **cookie}
        told = [
            request(server.port, "POST", "/imports", form.encode(), **kind),
            post(server.port, "/people", {"name": "佐藤", "password": WHO["password"], "role": "crew"}, **cookie),
        ]
        for status, headers, body in told:
            assert status == 507, body
            assert headers["content-type"] == "application/problem+json" and json.loads(body)["detail_ja"]
        assert request(server.port, "GET", "/layers", Cookie=cookie["Cookie"])[0] == 200
        assert_looks(server.port)

        ballast.unlink()
        assert post(server.port, "/sign-in", WHO)[0] == 200
        assert request(server.port, "POST", "/imports", form.encode(), **kind)[0] == 201
    finally:
        server.stop()
    with Workspace.open(folder) as again:
        assert again.check_integrity() == []
        assert again.people.audit.verify().is_whole and len(again.people.accounts.all()) == 1


def test_who_is_signed_in_reads_on_and_what_needs_room_says_so(small_disk: Path) -> None:
    """Though the use of the session cannot be noted; what cannot be opened names the room, not another program."""
    folder = make_office(small_disk)
    now = [datetime(2027, 4, 1, tzinfo=UTC)]
    people = People(
        folder / "secrets" / "people.sqlite",
        clock=lambda: now[0].strftime("%Y-%m-%dT%H:%M:%SZ"),
        new_id=new_id,
        random=token_bytes,
        lasting=Lasting(3600, 36_000),
    )
    token, _ = people.sign_in(WHO["name"], WHO["password"], address="192.0.2.7")
    now[0] += timedelta(minutes=20)
    ballast = fill_disk(small_disk)

    who = people.identify(token, "")
    assert who is not None and who.name == "高山"
    with pytest.raises(StoreError, match="disk is full") as refused:
        Workspace.open(folder)
    assert refused.value.subject["code"] == "disk_full" and "空き容量" in refused.value.message.ja
    ballast.unlink()
    people.close()
    with Workspace.open(folder) as again:
        assert again.check_integrity() == []


def test_a_server_starts_on_a_full_disk(small_disk: Path) -> None:
    """With the room that it kept for that; who signs in looks, what writes is refused."""
    folder = make_office(small_disk)
    server = Server(folder)
    server.start()
    server.stop()
    fill_disk(small_disk)
    server.start()
    try:
        cookie = {"Cookie": assert_looks(server.port)}
        fill_disk(small_disk, "more")
        account = {"name": "佐藤", "password": WHO["password"], "role": "crew"}
        assert post(server.port, "/people", account, **cookie)[0] == 507
        assert request(server.port, "GET", "/layers", Cookie=cookie["Cookie"])[0] == 200
    finally:
        server.stop()


def assert_looks(port: int) -> str:
    """Signs in, and looks at the layers; gives the cookie."""
    status, headers, body = post(port, "/sign-in", WHO)
    assert status == 200, body
    cookie = headers["set-cookie"].split(";")[0]
    assert request(port, "GET", "/layers", Cookie=cookie)[0] == 200
    return cookie


def post(port: int, path: str, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Sends JSON."""
    return request(port, "POST", path, json.dumps(body).encode(), Content_Type="application/json", **headers)


def push_raw(port: int, tablet: HeadlessTablet) -> tuple[int, dict[str, str], bytes]:
    """A push, its answer as it is."""
    body = json.dumps(tablet.message()).encode()
    return request(port, "POST", "/sync/push", body, Content_Type="application/json")


def fill_disk(disk: Path, name: str = "ballast") -> Path:
    """Leaves no room at all."""
    ballast = disk / name
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"0" * 4096)
        except OSError:
            return ballast
