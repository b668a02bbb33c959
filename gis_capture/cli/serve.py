"""`gis-capture serve`, and how its addresses are told."""

import os
import socket
import sys
import threading
import time
import webbrowser
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import segno

from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import WorkspaceError
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace.folder import Folder

STORE_VARIABLE = "GIS_CAPTURE_STORE"
WORKERS_VARIABLE = "GIS_CAPTURE_WORKERS"


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
@option(
    "--port",
    type=click.IntRange(1, 65535),
    default=None,
    help=Text(
        "ポート番号。[既定: https の設定のとおり、なければ 8460]", "Port. [default: as HTTPS was set up, else 8460]"
    ),
)
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
@option(
    "--workers",
    "n_workers",
    type=click.IntRange(1, 64),
    default=None,
    help=Text(
        "サーバーのプロセスの数。省くと設定 workers のとおり。", "Processes that serve; by default what `workers` says."
    ),
)
@option("--open", "is_opened", is_flag=True, help=Text("ブラウザーを開きます。", "Opens a browser."))
def command(
    folder: Path | None,
    host: str,
    port: int | None,
    tls_certificate: Path | None,
    tls_key: Path | None,
    store: str | None,
    n_workers: int | None,
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
    if n_workers is not None:
        os.environ[WORKERS_VARIABLE] = str(n_workers)
    with open_workspace(folder) as workspace:
        opened = workspace.folder
    if opened.https is None or tls_certificate is not None:
        address = Address(host, port or 8460, tls_certificate, tls_key)
        run_server(opened.path, address, is_opened=is_opened)
    else:
        run_trusted_server(opened, host, port, is_opened=is_opened)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens, and by what it is trusted."""

    host: str
    port: int = 8460
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    @property
    def scheme(self) -> str:
        """With a certificate "https"."""
        return "https" if self.tls_certificate else "http"


def run_server(path: Path, address: Address, *, is_opened: bool = False) -> None:
    """Tells the addresses, then serves the workspace at `path` until it is stopped."""
    check_port(address.host, address.port)
    name = ""
    if address.tls_certificate and address.tls_key:
        from gis_capture.server.tls import names_vouched_for

        name = next(iter(names_vouched_for(address.tls_certificate, address.tls_key)), "")
    print_addresses(address, name)
    tell_setup_code(path, f"{address.scheme}://{_in_url(name) or 'localhost'}:{address.port}")
    say_how_to_stop()
    _serve(path, address, is_opened=is_opened)


def run_trusted_server(folder: "Folder", host: str, port: int | None, *, is_opened: bool = False) -> None:
    """Serves a workspace under the address of its tablets, until it is stopped."""
    from gis_capture.server.tls import fingerprint, introduced, prepare

    https = folder.https
    assert https is not None
    if port not in (None, https.port):
        raise WorkspaceError(
            Text(
                f"タブレットは {https.origin} につながります。別のポートでは、タブレットに残った編集を送れません。"
                "--port を付けずに起動してください。",
                f"Tablets connect to {https.origin}. On another port they could not send what they still hold: "
                "start without --port.",
            ),
            port=port,
        )
    check_port(host, https.port)
    prepared = prepare(folder, datetime.now(UTC))
    address = Address(host, https.port, prepared.certificates.certificate, prepared.certificates.key)
    with introduced(prepared, host) as announcement:
        if announcement.is_taken:
            say(
                Text(
                    f"注意: 別の機械が {https.host_name} を名乗っています。止めるか、情報担当に相談してください。",
                    f"Warning: another machine in the network has the name {https.host_name}; stop it, or ask IT.",
                )
            )
        setup = prepared.setup
        say(Text(f"\n庁内の画面:   {https.origin}/", f"\nOffice:  {https.origin}/"))
        say(Text(f"タブレット:   {https.origin}/tablet/", f"Tablet:  {https.origin}/tablet/"))
        say(Text(f"準備ページ(初めてのタブレットで開く): {setup.url}", f"Set-up page, for a new tablet: {setup.url}"))
        _print_code(setup.url)
        number = fingerprint(setup.authority)
        say(Text(f"証明書の番号(SHA-256): {number}", f"Fingerprint (SHA-256): {number}"))
        tell_setup_code(folder.path, https.origin)
        say_how_to_stop()
        _serve(folder.path, address, is_opened=is_opened)


def tell_setup_code(path: Path, origin: str) -> None:
    """Prints the code with which the first administrator is created, while there is none."""
    from gis_capture.workspace import Workspace

    with Workspace.open(path) as workspace:
        code = workspace.people.make_setup_code()
    if code is not None:
        say(
            Text(
                f"管理者がまだいません。今はこのパソコンの画面だけが使えます。登録: {origin}/setup  コード: {code}",
                "There is no administrator yet: only this computer's own screen is let in. "
                f"To create one: {origin}/setup  code: {code}",
            )
        )


def _serve(path: Path, address: Address, *, is_opened: bool) -> None:
    from gis_capture.server import serve

    if is_opened and has_display():
        url = f"{address.scheme}://localhost:{address.port}/"
        threading.Thread(target=open_when_ready, args=(url, address.port), daemon=True).start()
    serve(
        path,
        host=address.host,
        port=address.port,
        tls_certificate=address.tls_certificate,
        tls_key=address.tls_key,
    )


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


def print_addresses(address: Address, name: str = "") -> None:
    """Prints the address for the office and, with a QR code, the one for a tablet.

    `name` is the one that the certificate vouches for; under another one no tablet trusts the server.
    """
    from gis_capture.server.addresses import lan_address

    host, port, scheme = address.host, address.port, address.scheme
    is_local = host in ("127.0.0.1", "localhost")
    office = _in_url(name) or ("localhost" if is_local or host == "0.0.0.0" else host)
    tablet = f"{scheme}://{lan_address() if host == '0.0.0.0' and not name else office}:{port}/tablet/"
    say(Text(f"\n庁内の画面:   {scheme}://{office}:{port}/", f"\nOffice:  {scheme}://{office}:{port}/"))
    say(Text(f"タブレット:   {tablet}", f"Tablet:  {tablet}"))
    _print_code(tablet)
    if scheme == "http":
        say(
            Text(
                "圏外で使うタブレットには https が要ります(gis-capture https setup)。"
                "このパソコンではそのまま使えます。",
                "To work offline a tablet needs HTTPS (gis-capture https setup); on this machine it works as it is.",
            )
        )
    if scheme == "http" and not is_local:
        say(
            Text(
                "注意: https がないと、パスワードがそのまま庁内の通信を流れます。管理者を登録する前に設定します。",
                "Warning: without HTTPS passwords cross the network in the clear: set it up before the administrator.",
            )
        )


def _in_url(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def say_how_to_stop() -> None:
    """Ends what is printed before serving."""
    say(Text("止めるには Ctrl+C を押します。", "Press Ctrl+C to stop."))
    sys.stdout.flush()


def _print_code(url: str) -> None:
    try:
        segno.make(url).terminal(compact=True)
    except UnicodeEncodeError:
        # A console with a legacy code page cannot show the blocks; the address above is enough.
        click.echo()


def has_display() -> bool:
    """True when a browser window can be expected to open."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
