"""A peer that does not answer is told, and measured in no way."""

import shlex
import sys
from pathlib import Path

import pytest

from benchmarks import _peer_servers, _peers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the peer is a script of a Unix shell")
URL = "postgresql:///gis?host=/tmp/none"


def peer(folder: Path, script: str) -> Path:
    """A folder with a program in the place of the peer's Python."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(script)}\n")
    path.chmod(0o755)
    return folder


def test_a_peer_that_ends_is_told_at_once(tmp_path: Path) -> None:
    """With what it ended with."""
    with pytest.raises(SystemExit, match=r"ended by itself \(3\)"), _peer_servers.tipg(peer(tmp_path, "exit(3)"), URL):
        raise AssertionError


def test_a_peer_that_does_not_answer_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its time is up, and it is stopped."""
    monkeypatch.setattr(_peer_servers, "START_LIMIT_S", 0.5)
    sleeper = peer(tmp_path, "import time\ntime.sleep(100)")

    with pytest.raises(SystemExit, match="gives no /collections"), _peer_servers.tipg(sleeper, URL):
        raise AssertionError


def test_a_peer_that_cannot_be_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what the program that installs it said last."""
    program = tmp_path / "uv"
    program.write_text("#!/bin/sh\necho no such package >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(_peers.PeerMissingError, match="uv: no such package"):
        _peers.python_with("nothing-of-the-kind==1")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(_peers.PeerMissingError, match="npm is not there"):
        _peers.node_with("nothing-of-the-kind@1")
