"""`gis-capture serve`, and how its addresses are told."""

import os
import socket
import sys
import threading
import time
import webbrowser
from pathlib import Path

import click
import segno

from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import WorkspaceError
from gis_capture.text import Text

STORE_VARIABLE = "GIS_CAPTURE_STORE"


@click.command(
    "serve",
    cls=Command,
    words=Text(
        "サーバーを起動します。庁内の画面とタブレットがつながります。",
        "Starts the server for the office pages and the tablets.",
    ),
)
@workspace_option
@option(
    "--host",
    default="0.0.0.0",
    show_default=True,
    help=Text(
        "待ち受けるアドレス。127.0.0.1 はこのパソコンだけ。", "Address to listen on; 127.0.0.1 is this machine only."
    ),
)
@option("--port", type=click.IntRange(1, 65535), default=8460, show_default=True, help=Text("ポート番号。", "Port."))
@option(
    "--tls-certificate",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=Text("証明書(PEM)。", "Certificate (PEM)."),
)
@option(
    "--tls-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=Text("証明書の秘密鍵(PEM)。", "Its private key (PEM)."),
)
@option(
    "--store",
    default=None,
    metavar="URL",
    help=Text(
        "台帳を置いた PostGIS(postgresql://…)。省くと workspace.toml のとおり。",
        "PostGIS with the layers (postgresql://…); by default what workspace.toml says.",
    ),
)
@option("--open", "is_opened", is_flag=True, help=Text("ブラウザーを開きます。", "Opens a browser."))
def command(
    folder: Path | None,
    host: str,
    port: int,
    tls_certificate: Path | None,
    tls_key: Path | None,
    store: str | None,
    is_opened: bool,
) -> None:
    """Serves a workspace until it is stopped."""
    if (tls_certificate is None) != (tls_key is None):
        raise click.UsageError(
            Text(
                "--tls-certificate と --tls-key は、両方を指定してください。",
                "Give both --tls-certificate and --tls-key.",
            ).in_language(language_of())
        )
    if store is not None:
        # The process that serves opens the workspace itself, and finds it there.
        os.environ[STORE_VARIABLE] = store
    with open_workspace(folder) as workspace:
        path = workspace.path
    run_server(path, host=host, port=port, tls_certificate=tls_certificate, tls_key=tls_key, is_opened=is_opened)


def run_server(
    path: Path,
    *,
    host: str,
    port: int,
    tls_certificate: Path | None = None,
    tls_key: Path | None = None,
    is_opened: bool = False,
) -> None:
    """Tells the addresses, then serves the workspace at `path` until it is stopped."""
    from gis_capture.server import serve

    scheme = "https" if tls_certificate else "http"
    check_port(host, port)
    print_addresses(scheme, host, port)
    if is_opened and has_display():
        address = f"{scheme}://localhost:{port}/"
        threading.Thread(target=open_when_ready, args=(address, port), daemon=True).start()
    serve(path, host=host, port=port, tls_certificate=tls_certificate, tls_key=tls_key)


def check_port(host: str, port: int) -> None:
    """Makes sure that nobody else has the port, before an address is told.

    Raises:
        WorkspaceError: The port is taken, or the address is not of this machine.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise WorkspaceError(
                Text(
                    f"ポート {port} は使えません(ほかのプログラムが使っています)。--port で別の番号にしてください。",
                    f"Port {port} cannot be used: another program has it. Choose another with --port.",
                ),
                port=port,
            ) from error


def open_when_ready(address: str, port: int) -> None:
    """Opens a browser as soon as the server listens."""
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                webbrowser.open(address)
                return
        time.sleep(0.2)


def print_addresses(scheme: str, host: str, port: int) -> None:
    """Prints the address for the office and, with a QR code, the one for a tablet."""
    is_local = host in ("127.0.0.1", "localhost")
    office = "localhost" if is_local or host == "0.0.0.0" else host
    tablet = f"{scheme}://{lan_address() if host == '0.0.0.0' else office}:{port}/tablet/"
    say(Text(f"\n庁内の画面:   {scheme}://{office}:{port}/", f"\nOffice:  {scheme}://{office}:{port}/"))
    say(Text(f"タブレット:   {tablet}", f"Tablet:  {tablet}"))
    try:
        segno.make(tablet).terminal(compact=True)
    except UnicodeEncodeError:
        # A console with a legacy code page cannot show the blocks; the address above is enough.
        click.echo()
    if scheme == "http":
        say(
            Text(
                "圏外でタブレットを使うには https が必要です(--tls-certificate)。このパソコンではそのまま使えます。",
                "To work offline a tablet needs https (--tls-certificate); on this machine it works as it is.",
            )
        )
    say(Text("止めるには Ctrl+C を押します。", "Press Ctrl+C to stop."))
    sys.stdout.flush()


def lan_address() -> str:
    """The address under which other machines of the network reach this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only chooses the interface.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            pass
    # No way out of this network: the name of this machine still tells its address in it.
    try:
        addresses = socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        addresses = []
    return next((address for address in addresses if not address.startswith("127.")), "localhost")


def has_display() -> bool:
    """True when a browser window can be expected to open."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
