"""Runs the app by granian until the process is told to stop."""

import os
import socket
from functools import partial
from pathlib import Path

from flask import Flask
from granian import Granian
from granian.constants import Interfaces, SSLProtocols
from granian.log import LogLevels

from gis_capture.errors import WorkspaceError
from gis_capture.server.app import create_app
from gis_capture.server.context import served_by
from gis_capture.server.daily_backup import DailyBackup
from gis_capture.server.logs import start_log
from gis_capture.text import Text
from gis_capture.tiles.encoder import load_kernel_in_background
from gis_capture.workspace import Workspace

# A conversion that runs is waited for so long; then it is cut, and nothing of it is in the store.
STOP_TIMEOUT_S = 60
IDLE_THREAD_S = 600


def serve(
    path: Path | str,
    *,
    host: str = "127.0.0.1",
    port: int = 8460,
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
) -> None:
    """Serves the workspace at `path` until SIGTERM or Ctrl+C; what runs then is finished first.

    One process with several threads, because they share the state of the imports.

    Args:
        path: Of the workspace.
        host: Address to listen on.
        port: TCP port.
        tls_certificate: PEM; with it the server speaks HTTPS.
        tls_key: PEM, PKCS#8, without a password.

    Raises:
        WorkspaceError: The workspace, the address or the certificate cannot be used.
    """
    with Workspace.open(path) as workspace:
        n_threads = workspace.settings.blocking_threads
    _check_address(host, port)
    try:
        server = Granian(
            "gis_capture.server",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=n_threads,
            blocking_threads_idle_timeout=IDLE_THREAD_S,
            workers_kill_timeout=STOP_TIMEOUT_S,
            log_level=LogLevels.error,
            ssl_cert=tls_certificate,
            ssl_key=tls_key,
            # Tablets of ten years ago speak nothing newer.
            ssl_protocol_min=SSLProtocols.tls12,
        )
    except OSError as error:
        raise WorkspaceError(
            Text(
                f"証明書「{tls_certificate}」と秘密鍵「{tls_key}」を使えません({error.strerror or error})。"
                "PEM 形式の組になっているか確かめてください。",
                f'Cannot use the certificate "{tls_certificate}" with the key "{tls_key}" ({error.strerror or error}): '
                "check that both are PEM and belong together.",
            ),
            path=tls_certificate,
        ) from error
    server.serve(target_loader=partial(_load, str(Path(path).absolute())), wrap_loader=False)
    # The worker's connections ended with it; opening once more tidies up the journal.
    Workspace.open(path).close()


def _load(path: str) -> Flask:
    """Makes the app, in the process that serves it."""
    workspace = Workspace.open(path)
    start_log(workspace.folder.logs_dir)
    load_kernel_in_background(prepare=workspace.tiles.prepare)
    app = create_app(workspace)
    served_by(app).rasters.resume()
    DailyBackup(workspace).start()
    return app


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
