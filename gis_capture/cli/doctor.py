"""`gis-capture doctor`: is everything fit to run?"""

import os
import platform
import socket
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli.language import Command, language_of, option
from gis_capture.cli.workspace_option import workspace_option
from gis_capture.errors import CaptureError, ResourceError, WorkspaceError
from gis_capture.text import Text
from gis_capture.times import in_japan

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace
    from gis_capture.workspace.folder import Folder

_OLD_BACKUP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `is_good` None = only told."""

    subject: Text
    words: Text
    is_good: bool | None = None


@click.command(
    "doctor",
    cls=Command,
    words=Text(
        "動く状態かどうかを調べます(版、作業フォルダー、ポート、変換グリッド)。",
        "Checks versions, workspace, port and datum grids.",
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
            yield _https(workspace.folder)
            yield _backups(workspace)
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


def _https(folder: "Folder") -> Finding:
    from gis_capture.server.tls import ends_at, read_certificates

    subject, certificates = Text("タブレットの https", "HTTPS of tablets"), read_certificates(folder.secrets_dir)
    if folder.https is None or certificates is None:
        words = Text("設定なし(gis-capture https setup)", "not set up (gis-capture https setup)")
        return Finding(subject, words)
    try:
        until = in_japan(ends_at(certificates.certificate.read_bytes()).isoformat())[:10]
    except (OSError, ValueError) as error:
        words = Text(
            f"証明書を読めません({error})。serve が作り直します。", f"no certificate ({error}); serve makes it anew"
        )
        return Finding(subject, words)
    return Finding(subject, Text(f"{folder.https.origin}({until} まで)", f"{folder.https.origin} (until {until})"))


def _port(port: int) -> Finding:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(("0.0.0.0", port))
        except OSError:
            words = Text(
                f"{port} は使われています。--port で変えてください。", f"{port} is in use; choose another with --port"
            )
            return Finding(Text("ポート", "Port"), words, False)
    return Finding(Text("ポート", "Port"), _same(str(port)), True)
