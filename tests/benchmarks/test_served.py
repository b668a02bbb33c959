"""A peer that does not answer is told, and measured in no way."""

import shlex
import sys
from pathlib import Path

import pytest

from benchmarks import served

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the peer is a script of a Unix shell")
URL = "postgresql:///gis?host=/tmp/none"


def peer(folder: Path, script: str) -> str:
    """A program in the place of the peer's Python."""
    path = folder / "peer"
    path.write_text(f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(script)}\n")
    path.chmod(0o755)
    return str(path)


def test_a_peer_that_ends_is_told_at_once(tmp_path: Path) -> None:
    """With what it ended with."""
    with pytest.raises(SystemExit, match=r"ended by itself \(3\)"), served._tipg(peer(tmp_path, "exit(3)"), URL):
        raise AssertionError


def test_a_peer_that_does_not_answer_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its time is up, and it is stopped."""
    monkeypatch.setattr(served, "START_LIMIT_S", 0.5)
    sleeper = peer(tmp_path, "import time\ntime.sleep(100)")

    with pytest.raises(SystemExit, match="gives no collection"), served._tipg(sleeper, URL):
        raise AssertionError
