"""`gis-capture https`: the address by which tablets reach the server, and their trust in it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli.language import Command, Group, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import WorkspaceError
from gis_capture.text import Text
from gis_capture.times import in_japan

if TYPE_CHECKING:
    from gis_capture.server.tls import Certificates
    from gis_capture.workspace import Workspace
    from gis_capture.workspace.https import Https

command = Group(
    "https",
    modules={},
    words=Text(
        "タブレットが信頼する https の設定をします。圏外で使うタブレットには https が必要です。",
        "Sets up the HTTPS that tablets trust. A tablet that works offline needs it.",
    ),
)

port_type = click.IntRange(1, 65535)


@command.command(
    "setup",
    cls=Command,
    words=Text(
        "サーバーの名前を決め、証明書を作ります。次の serve から https で動きます。",
        "Decides the server's name and makes its certificates. From the next serve on it speaks HTTPS.",
    ),
)
@workspace_option
@option(
    "--name",
    "host_name",
    default=None,
    help=Text(
        "サーバーの名前。.local で終わる名前はサーバーが庁内に知らせます。ほかの名前は DNS に登録してください。"
        "[既定: gis-capture.local]",
        "Name of the server. One that ends in .local is announced in the network by the server itself; "
        "another must be in your DNS. [default: gis-capture.local]",
    ),
)
@option("--port", type=port_type, default=None, help=Text("アプリのポート番号。[既定: 8460]", "Port. [default: 8460]"))
@option(
    "--setup-port",
    type=port_type,
    default=None,
    help=Text("準備ページのポート番号。[既定: 8461]", "Port of the set-up page. [default: 8461]"),
)
@option(
    "--moves-tablets",
    is_flag=True,
    help=Text(
        "つながっているタブレットがあっても、アドレスを変えます。すべてのタブレットの登録をし直します。",
        "Changes the address though tablets are paired: each has to be set up again.",
    ),
)
def setup(
    folder: Path | None, host_name: str | None, port: int | None, setup_port: int | None, moves_tablets: bool
) -> None:
    """Writes the address and makes the certificates."""
    from gis_capture.server.tls import may_vouch_for, prepare
    from gis_capture.workspace.https import Https, no_host_name, no_private_number, write_https

    with open_workspace(folder) as workspace:
        found = workspace.folder
        before = found.https or Https()
        try:
            https = Https(
                host_name=host_name.lower() if host_name else before.host_name,
                port=port or before.port,
                setup_port=setup_port or before.setup_port,
            )
        except ValueError as error:
            if host_name and "host_name" in str(error):
                raise no_host_name(host_name) from error
            raise click.UsageError(
                Text("ポート番号が重なっています。", "Both ports are the same.").in_language(language_of())
            ) from error
        if not may_vouch_for(https.host_name):
            raise no_private_number(https.host_name)
        if found.https is not None and https.origin != before.origin and not moves_tablets:
            _refuse_to_move(workspace, before)
        prepared = prepare(replace(found, https=https), datetime.now(UTC))
        write_https(found.path / "workspace.toml", https)
    say(
        Text(
            f"タブレットのアドレスを決めました: {https.origin}/tablet/\n"
            "このアドレスは変えないでください。タブレットの未送信の編集は、このアドレスに属しています。",
            f"The address of tablets is now {https.origin}/tablet/\n"
            "Do not change it: unsent edits of a tablet belong to this address.",
        )
    )
    _show(prepared.certificates)
    say(
        Text(
            "次は: gis-capture serve(表示される準備ページを、タブレットで開きます)\n"
            "このパソコンのブラウザーにも信頼させるには: gis-capture https trust",
            "Next: gis-capture serve, and open the set-up page that it shows on each tablet.\n"
            "To make the browsers of this computer trust it too: gis-capture https trust",
        )
    )


@command.command(
    "show", cls=Command, words=Text("アドレスと証明書の番号を表示します。", "Tells address and fingerprint.")
)
@workspace_option
def show(folder: Path | None) -> None:
    """Prints what was set up."""
    with open_workspace(folder) as workspace:
        https, certificates = _set_up(workspace)
    say(Text(f"アドレス: {https.origin}/tablet/", f"Address: {https.origin}/tablet/"))
    _show(certificates)


@command.command(
    "trust",
    cls=Command,
    words=Text(
        "このパソコンの今の利用者のブラウザーに、サーバーを信頼させます。",
        "Makes the browsers of this computer's present user trust the server.",
    ),
)
@workspace_option
def trust(folder: Path | None) -> None:
    """Puts the authority into the user's store."""
    from gis_capture.server.tls import trust_authority

    with open_workspace(folder) as workspace:
        https, certificates = _set_up(workspace)
    trust_authority(certificates.authority, Path.home())
    say(
        Text(
            f"信頼しました。ブラウザーを開き直して {https.origin}/ を開いてください。",
            f"Trusted. Open the browser anew, and {https.origin}/ in it.",
        )
    )


def _refuse_to_move(workspace: "Workspace", before: "Https") -> None:
    """What tablets have not sent yet belongs to their address."""
    devices = workspace.people.devices.all() if workspace.has_people else []
    names = [one.name for one in devices if one.state != "revoked"]
    if names:
        raise WorkspaceError(
            Text(
                f"登録したタブレットが {len(names)} 台あります({'、'.join(names[:5])})。"
                f"アドレスを {before.origin} から変えると、まだ送っていない編集を送れなくなります。"
                "全部のタブレットで「送信」を済ませ、--moves-tablets を付けてもう一度実行してください。"
                "そのあと、タブレットを登録し直します。",
                f"{len(names)} tablets are paired ({', '.join(names[:5])}). When the address is no longer "
                f"{before.origin}, they cannot send what they still hold. Let each of them send everything, run this "
                "again with --moves-tablets, and pair them anew.",
            ),
            origin=before.origin,
        )


def _set_up(workspace: "Workspace") -> tuple["Https", "Certificates"]:
    from gis_capture.server.tls import read_certificates

    https, found = workspace.folder.https, read_certificates(workspace.folder.secrets_dir)
    if https is None or found is None:
        raise WorkspaceError(
            Text(
                "https の設定がまだありません。gis-capture https setup で設定してください。",
                "HTTPS is not set up yet: run gis-capture https setup.",
            )
        )
    return https, found


def _show(certificates: "Certificates") -> None:
    from gis_capture.server.tls import ends_at, fingerprint

    number = fingerprint(certificates.authority.read_bytes())
    until = in_japan(ends_at(certificates.certificate.read_bytes()).isoformat())[:10]
    say(Text(f"証明書の番号(SHA-256): {number}", f"Fingerprint (SHA-256): {number}"))
    say(
        Text(
            f"サーバーの証明書: {until} まで(起動のときに自動で更新されます)",
            f"Certificate of the server: until {until}; it renews itself when the server starts",
        )
    )
