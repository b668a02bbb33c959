"""A real server on a workspace, and a real browser with a touch screen."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from tests.e2e.browser import HELP, find_browser

START_LIMIT_S = 60
STOP_LIMIT_S = 20
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LANDSCAPE = {"width": 1180, "height": 820}
PORTRAIT = {"width": 820, "height": 1180}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots FOLDER` keeps the pictures that tests take."""
    parser.addoption("--screenshots", type=Path, default=None, help="folder for screenshots")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks everything in this folder."""
    for item in items:
        item.add_marker(pytest.mark.e2e)


def run_cli(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs `gis-capture` as a person would."""
    command = [sys.executable, "-m", "gis_capture", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=300)


class Server:
    """`gis-capture serve` on a free port of this machine; `stop` really stops it."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address; localhost counts as secure for a browser."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        arguments = ["serve", "--workspace", str(self.workspace), "--host", "127.0.0.1", "--port", str(self.port)]
        log = self.workspace.parent / "server.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gis_capture", *arguments], stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
            assert self.process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
            time.sleep(0.1)
        raise AssertionError("the server did not answer: " + log.read_text(encoding="utf-8", errors="replace"))

    def stop(self) -> None:
        """Ends it as an operator would, and waits."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on an empty workspace whose path has a space and Japanese characters; not started yet."""
    workspace = tmp_path / "作業 フォルダー"
    made = run_cli("init", workspace)
    assert made.returncode == 0, made.stderr
    server = Server(workspace)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver; it brings no browser of its own."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser_path() -> str:
    """An installed Chromium, Chrome or Edge."""
    path = find_browser()
    if path is None:
        pytest.fail(HELP)
    return path


@contextlib.contextmanager
def tablet(
    playwright: Playwright, browser_path: str, profile: Path, *, viewport: dict[str, int] | None = None
) -> Iterator[BrowserContext]:
    """A tablet with a touch screen and a position in Japan; its profile outlives it, as a real one's does."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=browser_path,
        headless=True,
        args=ARGUMENTS,
        has_touch=True,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        geolocation={"longitude": 137.2526, "latitude": 36.1461, "accuracy": 4},
        permissions=["geolocation"],
        viewport=viewport or LANDSCAPE,  # type: ignore[arg-type]  # a TypedDict by shape
        env=dict(os.environ),
    )
    context.set_default_timeout(20_000)
    try:
        yield context
    finally:
        context.close()
