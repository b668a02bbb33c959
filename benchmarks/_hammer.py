"""Asks as fast as a server answers: wrk, where it is installed, on 16 connections; and nginx, which sends a file."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

SECONDS, TIMEOUT_S, N_CONNECTIONS = 5, 60, 16
WRK, NGINX = shutil.which("wrk"), shutil.which("nginx")
_SCRIPT = """
local paths, number = {%s}, 0
wrk.headers["Accept-Encoding"] = "gzip"
request = function() number = number + 1; return wrk.format("GET", paths[number %% #paths + 1]) end
"""
_CONFIG = """
%s worker_processes 1; daemon off; pid nginx.pid; error_log error.log;
events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:%d; root files;
    default_type application/vnd.mapbox-vector-tile; add_header Content-Encoding gzip;
  }
}
"""


def hammer(port: int, paths: Sequence[str]) -> tuple[int, float]:
    """Asks for the paths in turn; gives the number of answers and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "paths.lua"
        script.write_text(_SCRIPT % ", ".join(map(json.dumps, paths)))
        command = [
            str(WRK),
            "-t1",
            f"-c{N_CONNECTIONS}",
            f"-d{SECONDS}s",
            f"--timeout={TIMEOUT_S}s",
            "-s",
            str(script),
            f"http://127.0.0.1:{port}",
        ]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+) requests in ([\d.]+)s", told)
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(told)
    return int(found[1]), float(found[2])


@contextlib.contextmanager
def static_files(contents: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Sends packed tiles as "/0", "/1" … by one process of nginx; gives its port and process."""
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port, folder = probe.getsockname()[1], Path(name)
        (folder / "files").mkdir()
        for number, content in enumerate(contents):
            (folder / "files" / str(number)).write_bytes(content)
        # The folder is the account's own.
        user = "user root;" if os.name == "posix" and os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(_CONFIG % (user, port))
        probe.close()
        process = subprocess.Popen([str(NGINX), "-p", name, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                with contextlib.suppress(OSError):
                    http.client.HTTPConnection("127.0.0.1", port, timeout=10).request("GET", "/0")
                    break
                time.sleep(0.05)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)
