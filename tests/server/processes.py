"""A real server of several processes, and somebody who asks it on a new connection each time."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.server.test_serving import START, free_port, wait_for


@dataclass
class Asking:
    """Asks a server; a new connection goes to whichever process takes it."""

    port: int
    process: "subprocess.Popen[bytes]"
    headers: dict[str, str] = field(default_factory=dict)
    is_killed: bool = False

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        """Makes a request; gives status and body."""
        if isinstance(body, dict):
            body, headers = json.dumps(body), {"Content-Type": "application/json", **headers}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, self.headers | headers)
            answer = connection.getresponse()
            self.last_headers = answer.headers
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Makes a request whose answer is JSON."""
        status, content = self(method, path, body, **headers)
        return status, json.loads(content)

    def kill(self) -> None:
        """Ends all processes in the midst of whatever they do."""
        self.is_killed = True
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def workers(self) -> list[int]:
        """The processes that serve."""
        with suppress(OSError):
            return [int(one) for one in _children(self.process.pid)]
        return []


def _children(pid: int) -> list[str]:
    found: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += (task / "children").read_text().split()
    return found


@contextmanager
def serving(path: Path, **settings: object) -> Iterator[Asking]:
    """Serves a workspace, with settings; it is stopped at the end, and killed where it does not stop."""
    port = free_port()
    own = {f"GIS_CAPTURE_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(path), str(port)], env={**os.environ, **own}, start_new_session=True
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/trusted", process)
        asking = Asking(port, process)
        yield asking
        process.terminate()
        assert process.wait(timeout=40) == 0 or asking.is_killed
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
