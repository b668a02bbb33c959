"""Runs the app by granian until the process is told to stop."""

import ctypes
import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels

from gis_capture.cores import choose_core
from gis_capture.errors import WorkspaceError
from gis_capture.report.flatgeobuf import load_alone
from gis_capture.server.app import create_app
from gis_capture.server.context import served_by
from gis_capture.server.daily_backup import DailyBackup
from gis_capture.server.logs import start_log
from gis_capture.server.metrics import counted_together
from gis_capture.server.slow_clients import N_WAITING, Turnstile, Wsgi
from gis_capture.text import Text
from gis_capture.tiles.encoder import load_kernel_in_background
from gis_capture.workspace import Workspace
from gis_capture.workspace.reserve import keep_reserve

# A conversion that runs is waited for so long; then it is cut, and nothing of it is in the store.
STOP_TIMEOUT_S = 60
IDLE_THREAD_S = 600
M_ARENA_MAX, N_ARENAS = -8, 2
OBJECTS_BEFORE_COLLECTING = 50_000
"""A page of features makes some thousands at once, none of which hangs in a cycle."""
HEADERS_S = 20
"""How long the headers of a request may take, and a connection be idle."""
MAX_HEADERS_BYTES = 64 << 10


def serve(
    path: Path | str,
    *,
    host: str = "127.0.0.1",
    port: int = 8460,
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
) -> None:
    """Serves the workspace at `path` until SIGTERM or Ctrl+C; what runs then is finished first.

    What several processes have to share is in the store, in the file of people, or in files of the workspace.

    Args:
        path: Of the workspace.
        host: Address to listen on.
        port: TCP port.
        tls_certificate: PEM; with it the server speaks HTTPS.
        tls_key: PEM, PKCS#8, without a password.

    Raises:
        WorkspaceError: The workspace, the address or the certificate cannot be used.
    """
    # Opened once before there are several: the store is brought up to date here.
    with Workspace.open(path) as workspace:
        settings = workspace.settings
    # On Windows it is always one.
    n_workers = settings.workers if os.name == "posix" else 1
    _check_address(host, port)
    try:
        server = Granian(
            "gis_capture.server",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=n_workers,
            # A process that was killed for want of memory, say, takes nobody's service away for long.
            respawn_failed_workers=True,
            blocking_threads=settings.blocking_threads + N_WAITING,
            http1_settings=HTTP1Settings(header_read_timeout=HEADERS_S * 1000),
            http2_settings=HTTP2Settings(
                keep_alive_interval=HEADERS_S * 1000, max_headers_size=MAX_HEADERS_BYTES, max_concurrent_streams=100
            ),
            blocking_threads_idle_timeout=IDLE_THREAD_S,
            workers_kill_timeout=STOP_TIMEOUT_S,
            log_level=LogLevels.error,
            ssl_cert=tls_certificate,
            ssl_key=tls_key,
            # Tablets of ten years ago speak nothing newer.
            ssl_protocol_min=SSLProtocols.tls12,
        )
    except OSError as error:
        from gis_capture.server.tls.serving import unusable_pair

        raise unusable_pair(tls_certificate, tls_key, error) from error
    with counted_together(n_workers):
        server.serve(target_loader=partial(_load, str(Path(path).absolute())), wrap_loader=False)
    # The worker's connections ended with it; opening once more tidies up the journal.
    Workspace.open(path).close()


def _load(path: str) -> Wsgi:
    """Makes the app, in the process that serves it."""
    # A stop that comes before anything is served ends this process at once; granian takes the signals over later.
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_DFL)
    # What is written into the workspace is not for everybody on this machine.
    os.umask(os.umask(0o027) | 0o027)
    _share_heaps()
    load_alone()
    workspace = Workspace.open(path)
    start_log(workspace.folder.logs_dir)
    keep_reserve(workspace.folder.cache_dir)
    app = create_app(workspace)
    served_by(app).rasters.resume()
    workspace.scans.complete()
    served_by(app).scans.resume()
    served_by(app).readings.resume()
    served_by(app).scanned.resume()
    DailyBackup(workspace).start()
    # What is there at the start stays: nobody looks through it again for what is not needed any more.
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING)
    settings = workspace.settings
    turnstile = Turnstile(app, n_places=settings.blocking_threads, patience_s=settings.slow_client_s)
    # Last, because it takes seconds of the processor, and nobody should wait for it.
    load_kernel_in_background(prepare=workspace.tiles.prepare)
    # The threads of granian are begun by this one, and stay on its core; those above have all of them.
    choose_core()
    turnstile.watch()
    return turnstile


def _share_heaps() -> None:
    """Lets dozens of threads share two heaps; glibc gives them sixteen, each of which keeps what it once needed."""
    if sys.platform == "linux":
        # Other libraries than glibc have no such thing, and no need of it.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, N_ARENAS)


def _check_address(host: str, port: int) -> None:
    """Finds out whether the address is free; granian itself would share it with whoever has it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":
                # Connections of a server that stopped a minute ago are no reason to refuse.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise WorkspaceError(
            Text(
                f"{host} のポート {port} を使えません({error.strerror or error})。--port で変えてください。",
                f"Cannot listen on port {port} of {host} ({error.strerror or error}): choose another by --port.",
            ),
            port=port,
        ) from error
