"""The engine of Safari, as Debian has it: WebKitGTK's small browser, driven by the words of W3C WebDriver."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DRIVER = "WebKitWebDriver"
BROWSERS = tuple(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
PATIENCE_S = 60
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def is_there() -> bool:
    """True where the driver, its browser and a screen of thin air are installed."""
    return bool(shutil.which(DRIVER) and BROWSERS and shutil.which("xvfb-run"))


class WebKit:
    """One window. Parts of the screen are named by their test ids."""

    def __init__(self, driver_url: str) -> None:
        self.driver_url = driver_url
        self._places: dict[str, Any] = {}
        options = {"binary": str(BROWSERS[-1]), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self.session = f"/session/{self._ask('POST', '/session', wanted)['sessionId']}"

    def go(self, url: str) -> None:
        """Opens an address."""
        self._ask("POST", f"{self.session}/url", {"url": url})

    def run(self, script: str) -> Any:
        """Gives what a script returns."""
        return self._ask("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def tap(self, testid: str) -> None:
        """Presses a part once it can be pressed."""
        self.wait(lambda: self._press(testid), f"{testid} can be pressed")

    def write(self, testid: str, text: str) -> None:
        """Types into a part once it is there: a form is painted from its top."""
        self.wait(lambda: self._element(testid), f"{testid} is there")
        self._ask("POST", f"{self.session}/element/{self._element(testid)}/value", {"text": text})

    def text(self, testid: str) -> str:
        """Gives what the first part of that name says; nothing where there is none."""
        script = f"return document.querySelector('[data-testid=\"{testid}\"]')?.innerText ?? ''"
        return str(self.run(script)).strip()

    def wait(self, is_so: Callable[[], object], what: str) -> None:
        """Waits until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(urllib.error.HTTPError):
                if is_so():
                    return
            assert time.monotonic() < deadline, f"{what}: {self.run('return document.body.innerText')}"
            time.sleep(0.2)

    def close(self) -> None:
        """Shuts the window."""
        self._ask("DELETE", self.session)

    def _press(self, testid: str) -> bool:
        """Presses a part that stands still; what comes in beside it may still move it."""
        element = f"{self.session}/element/{self._element(testid)}"
        before, self._places[testid] = self._places.get(testid), self._ask("GET", f"{element}/rect")
        if self._places[testid] != before:
            return False
        self._ask("POST", f"{element}/click", {})
        return True

    def _element(self, testid: str) -> str:
        body = {"using": "css selector", "value": f'[data-testid="{testid}"]'}
        return str(self._ask("POST", f"{self.session}/element", body)[_ELEMENT])

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.driver_url + path, content, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)["value"]


@contextlib.contextmanager
def webkit() -> Iterator[WebKit]:
    """Starts the browser on a screen of its own, and ends both."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["xvfb-run", "-a", "-s", "-screen 0 1280x960x24", DRIVER, f"--port={port}"]
    more = {"LIBGL_ALWAYS_SOFTWARE": "1", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
    process = subprocess.Popen(command, env=os.environ | more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None and time.monotonic() < deadline, "the driver did not start"
            time.sleep(0.2)
        window = WebKit(f"http://127.0.0.1:{port}")
        yield window
        window.close()
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
