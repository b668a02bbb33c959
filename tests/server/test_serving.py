"""The real server: starts, answers several at once, stops cleanly when it is told to."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gis_capture.errors import WorkspaceError
from gis_capture.server import serve
from gis_capture.workspace import Workspace

START = "import sys; from gis_capture.server import serve; serve(sys.argv[1], port=int(sys.argv[2]))"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes]) -> bytes:
    """Asks until the server answers."""
    for _ in range(1_200):
        assert process.poll() is None, "the server has stopped"
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return bytes(response.read())
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def test_the_server_starts_answers_and_stops(workspace: Workspace) -> None:
    """Eight tablets at once get the same layer; SIGTERM ends it with a whole store and no files left over."""
    path, port = workspace.path, free_port()
    workspace.close()
    process = subprocess.Popen([sys.executable, "-c", START, str(path), str(port)])
    try:
        url = f"http://127.0.0.1:{port}"
        health = json.loads(wait_for(f"{url}/health", process))
        with ThreadPoolExecutor(8) as tablets:
            pulls = list(
                tablets.map(lambda _: urllib.request.urlopen(f"{url}/sync/pull?layers=street_light").read(), range(40))
            )
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=30)

    assert health["status"] == "ok"
    assert {pull.count(b'"type":"feature"') for pull in pulls} == {30}
    assert code == 0
    assert sorted(child.name for child in path.glob("layers.gpkg*")) == ["layers.gpkg"]
    with Workspace.open(path) as again:
        assert again.store.layer_info("street_light").n_features == 30


def test_a_port_in_use_is_told(workspace: Workspace) -> None:
    """Before anything starts, with the number."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorkspaceError, match=str(port)):
            serve(workspace.path, port=port)


def test_a_certificate_that_is_none_is_told(workspace: Workspace, tmp_path: Path) -> None:
    """The person reads which files do not fit."""
    pem = tmp_path / "server.pem"
    pem.write_text("no certificate")

    with pytest.raises(WorkspaceError, match=r"server\.pem"):
        serve(workspace.path, port=free_port(), tls_certificate=pem, tls_key=pem)
