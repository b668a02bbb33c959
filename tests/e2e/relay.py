"""A door before a server: what passes may be changed, as when the office puts up a newer version of the app."""

import contextlib
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORKER = "/tablet/service-worker.js"
NOT_PASSED_ON = {"connection", "content-length", "date", "server", "transfer-encoding"}


class Relay(ThreadingHTTPServer):
    """Passes everything on; `version` replaces that of the app's service worker once it is set.

    What `acts` has for a path is done first.
    """

    daemon_threads = True

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.server_url = url
        self.version: str | None = None
        self.acts: dict[str, Callable[[], None]] = {}

    @property
    def url(self) -> str:
        """The address of the door."""
        return f"http://localhost:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Relay

    def _pass(self) -> None:
        if act := self.server.acts.get(self.path):
            act()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        is_worker = self.path == WORKER
        if is_worker:
            headers = {"Accept-Encoding": "identity"}
        request = urllib.request.Request(self.server.server_url + self.path, body, headers, method=self.command)
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
            if is_worker and self.server.version:
                content = re.sub(rb"VERSION ?= ?[\"'][^\"']+", f'VERSION="{self.server.version}'.encode(), content)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in NOT_PASSED_ON:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _pass

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def relay(url: str) -> Iterator[Relay]:
    """Opens a door before a server, and shuts it."""
    door = Relay(url)
    threading.Thread(target=door.serve_forever, daemon=True).start()
    try:
        yield door
    finally:
        door.shutdown()
        door.server_close()
