"""The real server in a process of its own, which can be killed at any moment and started again at the same port."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 60
STOP_LIMIT_S = 60


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A server over one workspace.

    Attributes:
        breaks: A rule of ours that this server breaks (`broken_server.py`), to see that the checks notice.
    """

    workspace: Path
    breaks: str | None = None
    port: int = field(default_factory=free_port)
    n_kills: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self, *, kill_at: int | None = None) -> None:
        """Starts it and waits until it answers; it kills itself before statement number `kill_at` of its writer."""
        command = [sys.executable, "-m", "tests.faults.broken_server", str(self.workspace), str(self.port)]
        command += ["--kill-at", str(kill_at)] if kill_at else []
        command += ["--break", self.breaks] if self.breaks else []
        log = self.workspace.parent / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                # Edits made straight in the file are looked for at every request.
                env={**os.environ, "GIS_CAPTURE_DIRECT_EDIT_INTERVAL_S": "0"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                ask = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                ask.request("GET", "/openapi.json")
                ask.getresponse().read()
                ask.close()
                return
            assert self._process.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-3000:]
            time.sleep(0.05)
        raise AssertionError("the server did not answer: " + log.read_text(encoding="utf-8", errors="replace")[-3000:])

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Ends it in the midst of whatever it does."""
        if self._process is not None:
            self.n_kills += 1
            # The process that serves is a child of the one that was started.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Ends it as an operator would."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None
