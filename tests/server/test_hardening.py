"""What a request may be: how large, how packed, how long its headers; and what files of the server others can read."""

import gzip
import os
import socket
import sys
import time
from pathlib import Path

import pytest

from gis_capture.server.security import CONTENT_SECURITY_POLICY
from gis_capture.workspace import Workspace
from tests.server.processes import serving


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace."""
    Workspace.create(tmp_path / "w").close()
    return tmp_path / "w"


def test_nothing_of_a_page_is_inline() -> None:
    """Neither by the policy nor by a hole in it."""
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))

    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY and rules["object-src"] == rules["base-uri"] == "'none'"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at files and connections of Linux")
def test_requests_have_limits(place: Path) -> None:
    """A body over the limit, a bomb of zeros, endless headers: refused in a moment, and the server goes on."""
    with serving(place, max_body_bytes=100_000) as asking:
        kind = {"Content-Type": "application/json"}
        status, answer = asking.json("POST", "/sync/push", b" " * 200_000, **kind)
        assert (status, answer["code"]) == (413, "too_large")
        bomb = gzip.compress(b" " * 50_000_000)
        assert len(bomb) < 100_000
        began = time.monotonic()
        status, answer = asking.json("POST", "/sync/push", bomb, **kind, **{"Content-Encoding": "gzip"})
        assert (status, answer["code"]) == (413, "too_large") and time.monotonic() - began < 10
        with socket.create_connection(("127.0.0.1", asking.port), timeout=30) as endless:
            endless.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
            try:
                for number in range(100_000):
                    endless.sendall(f"X-{number}: {'x' * 100}\r\n".encode())
                said = endless.recv(100)
            except OSError:
                said = b""
            assert not said or said.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400")), said
        assert asking("GET", "/health")[0] == 200


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_what_the_server_writes_is_not_for_everybody(place: Path) -> None:
    """Whatever the umask under which it was started: log, cache, photos."""
    before = os.umask(0)
    try:
        with serving(place) as asking:
            sha256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
            assert asking("PUT", f"/attachments/{sha256}", b"foo", **{"Content-Range": "bytes 0-2/3"})[0] == 201
            assert asking("GET", "/nowhere")[0] == 404
    finally:
        os.umask(before)
    written = [place, place / "attachments" / sha256[:2] / sha256[2:], *(place / "logs").iterdir()]

    assert all(path.exists() for path in written) and len(written) > 2
    assert [path for path in written if path.stat().st_mode & 0o007] == []
