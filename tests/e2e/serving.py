"""`gis-capture` as a person runs it: its commands, and a server that really starts and really stops."""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

CHECKOUT_DIR = Path(__file__).resolve().parents[2]
COMMAND_LIMIT_S = 120
START_LIMIT_S = 60
STOP_LIMIT_S = 30


def run_cli(*arguments: str | Path, exit_codes: tuple[int, ...] = (0,)) -> str:
    """Runs `gis-capture`, gives what it printed; any other exit code is a failure."""
    command = [sys.executable, "-m", "gis_capture", *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=CHECKOUT_DIR,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=COMMAND_LIMIT_S,
    )
    assert done.returncode in exit_codes, done.stdout + done.stderr
    return done.stdout


class Server:
    """`gis-capture serve` on a free port of this machine, the same one after every start."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address; browsers count localhost as secure."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        arguments = ["serve", "--workspace", str(self.workspace), "--host", "127.0.0.1", "--port", str(self.port)]
        log = self.workspace.parent / "server.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gis_capture", *arguments],
                cwd=CHECKOUT_DIR,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self.read("/health")
                return
            assert self.process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
            time.sleep(0.1)
        raise AssertionError("the server did not answer: " + log.read_text(encoding="utf-8", errors="replace"))

    def stop(self) -> None:
        """Ends it as an operator would; its port is free when this returns."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", self.port)) != 0, "the port is still answered"

    def read(self, path: str) -> bytes:
        """Gives the body of an answer."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return bytes(answer.read())

    def read_json(self, path: str) -> Any:
        """Gives an answer in JSON."""
        return json.loads(self.read(path))


def copy_workspace(template: Path, folder: Path) -> Path:
    """Gives a workspace of its own; the path has a space and Japanese characters."""
    workspace = folder / "作業 フォルダー"
    shutil.copytree(template, workspace)
    return workspace
