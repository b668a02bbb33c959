"""`gis-capture doctor`: is everything fit to run?"""

import os
import platform
import socket
import sqlite3
import ssl
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from http.client import HTTPException
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli import checkup
from gis_capture.cli.checkup import Finding
from gis_capture.cli.language import Command, language_of, option
from gis_capture.cli.workspace_option import workspace_option
from gis_capture.errors import CaptureError, ResourceError, WorkspaceError
from gis_capture.text import Text
from gis_capture.times import in_japan

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

_OLD_BACKUP = timedelta(days=7)
_SHORT_CERTIFICATE = timedelta(days=14)


@click.command(
    "doctor",
    cls=Command,
    words=Text(
        "動く状態かどうかを調べます(版、レイヤー、設定、https、控え、空き容量、利用者、記録、ファイルの権限、時計、ポート)。",
        "Checks versions, layers, settings, HTTPS, backups, disk, people, audit, file modes, clock and port.",
    ),
)
@workspace_option
@option("--port", type=click.IntRange(1, 65535), default=8460, show_default=True, help=Text("ポート番号。", "Port."))
def command(folder: Path | None, port: int) -> int:
    """Prints what was found; the exit code is 1 when something must be mended."""
    language = language_of()
    marks = {True: "○", False: "×", None: "・"}
    findings = [*_versions(), _web_app(), *_workspace(folder), _port(port)]
    for finding in findings:
        subject, words = finding.subject.in_language(language), finding.words.in_language(language)
        click.echo(f"{marks[finding.is_good]} {subject}: {words}")
    return 1 if any(finding.is_good is False for finding in findings) else 0


def _same(words: str) -> Text:
    return Text(words, words)


def _versions() -> Iterator[Finding]:
    import fiona
    import pyogrio
    import pyproj
    import shapely

    yield Finding(_same("GIS Capture"), _same(version("gis-capture")))
    yield Finding(_same("Python"), _same(f"{platform.python_version()} ({sys.platform})"), sys.version_info >= (3, 11))
    has_rtree = "ENABLE_RTREE" in {row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options")}
    yield Finding(_same("SQLite"), _same(sqlite3.sqlite_version + (" (R-tree)" if has_rtree else "")), has_rtree)
    yield Finding(_same("GDAL"), _same(f"pyogrio {pyogrio.__gdal_version_string__}, fiona {fiona.__gdal_version__}"))
    yield Finding(_same("PROJ"), _same(pyproj.proj_version_str))
    yield Finding(_same("GEOS"), _same(shapely.geos_version_string))


def _web_app() -> Finding:
    from gis_capture.resources import static_dir

    subject = Text("タブレットアプリ", "Tablet app")
    try:
        return Finding(subject, _same(str(static_dir())), True)
    except ResourceError as error:
        return Finding(subject, error.message, False)


def _workspace(folder: Path | None) -> Iterator[Finding]:
    from gis_capture.store.opening import split_password
    from gis_capture.workspace import Workspace, find_workspace

    subject = Text("作業フォルダー", "Workspace")
    try:
        with Workspace.open(folder or find_workspace(Path.cwd())) as workspace:
            is_writable = os.access(workspace.path, os.W_OK)
            yield Finding(subject, _same(str(workspace.path)), is_writable)
            place, _ = split_password(workspace.folder.store)
            problems = workspace.check_integrity()
            words = problems[0].message if problems else Text("異常なし", "sound")
            yield Finding(Text(f"レイヤー({place})", f"Layers ({place})"), words, not problems)
            yield _grids(workspace.grids_dir)
            yield _https(workspace)
            yield _backups(workspace)
            yield from checkup.look_at(workspace)
    except WorkspaceError as error:
        yield Finding(subject, error.message, None if folder is None else False)
    except CaptureError as error:
        yield Finding(subject, error.message, False)


def _grids(grids_dir: Path) -> Finding:
    names = sorted(path.name for path in grids_dir.glob("*") if path.suffix.lower() in (".tif", ".gsb", ".par"))
    words = (
        _same(", ".join(names))
        if names
        else Text(
            f"なし。旧日本測地系の台帳を正しく変換するには、国土地理院の TKY2JGD を {grids_dir} に置いてください。",
            f"none; to convert ledgers in the Tokyo datum rightly, put the TKY2JGD grid of GSI into {grids_dir}",
        )
    )
    return Finding(Text("変換グリッド", "Datum grids"), words)


def _backups(workspace: "Workspace") -> Finding:
    """A backup that is older than a week is little help."""
    from gis_capture.server.daily_backup import last_backup

    subject, latest = (
        Text(f"控え({workspace.backups_dir})", f"Backups ({workspace.backups_dir})"),
        last_backup(workspace),
    )
    if latest is None:
        words = Text("まだありません。gis-capture backup で作れます。", "none yet: make one with gis-capture backup")
        return Finding(subject, words)
    is_old = datetime.fromisoformat(workspace.clock()) - datetime.fromisoformat(latest) > _OLD_BACKUP
    at = in_japan(latest)
    old = Text(f"{at} が最後です。新しく作ってください。", f"the last one is of {at}: make a new one")
    return Finding(subject, old if is_old else Text(f"最後は {at}", f"last one at {at}"), not is_old)


def _https(workspace: "Workspace") -> Finding:
    """The certificate ends within two weeks only where the server was not started for months."""
    from gis_capture.server.tls import ends_at, is_authority_of, read_certificates

    folder = workspace.folder
    subject, certificates = Text("タブレットの https", "HTTPS of tablets"), read_certificates(folder.secrets_dir)
    if folder.https is None or certificates is None:
        words = Text("設定なし(gis-capture https setup)", "not set up (gis-capture https setup)")
        if workspace.has_people and workspace.people.has_accounts() and not folder.proxies:
            # Whether `serve` is given a certificate of the city's own is not known here.
            words = Text(
                f"{words.ja}。証明書を serve に渡していなければ、パスワードがそのまま庁内の通信を流れます。",
                f"{words.en}: unless serve is given a certificate, passwords cross the network in the clear",
            )
        return Finding(subject, words)
    try:
        server, authority = certificates.certificate.read_bytes(), certificates.authority.read_bytes()
        until = min(ends_at(server), ends_at(authority))
        has_name = is_authority_of(authority, folder.https.host_name)
    except (OSError, ValueError) as error:
        words = Text(
            f"証明書を読めません({error})。serve が作り直します。", f"no certificate ({error}); serve makes it anew"
        )
        return Finding(subject, words)
    if not has_name:
        words = Text(
            f"認証局は「{folder.https.host_name}」を保証できません。名前を戻すか、作り直してください。",
            f'the authority does not vouch for "{folder.https.host_name}": go back to its name, or make a new one',
        )
        return Finding(subject, words, False)
    day = in_japan(until.isoformat())[:10]
    is_long = until - datetime.fromisoformat(workspace.clock()) > _SHORT_CERTIFICATE
    more = Text("", "") if is_long else Text("。起動し直すと新しくなります", "; start the server anew")
    words = Text(f"{folder.https.origin}({day} まで){more.ja}", f"{folder.https.origin} (until {day}){more.en}")
    return Finding(subject, words, is_long)


def _port(port: int) -> Finding:
    subject = Text("ポート", "Port")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            if _answers(port):
                return Finding(subject, Text(f"{port}(サーバーが動いています)", f"{port} (the server runs)"), True)
            words = Text(
                f"{port} は使われています。--port で変えてください。", f"{port} is in use; choose another with --port"
            )
            return Finding(subject, words, False)
    return Finding(subject, _same(str(port)), True)


def _answers(port: int) -> bool:
    """Whether a server of ours answers there; that it is trusted is looked at elsewhere."""
    for scheme in ("http", "https"):
        with suppress(OSError, HTTPException):
            url, context = f"{scheme}://127.0.0.1:{port}/trusted", ssl._create_unverified_context()
            with urllib.request.urlopen(url, timeout=5, context=context) as answer:
                return bool(answer.status == 204)
    return False
