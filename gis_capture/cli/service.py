"""`gis-capture service`: how the server starts with the computer."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli.language import Command, option
from gis_capture.cli.workspace_option import workspace_option
from gis_capture.errors import WorkspaceError
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace.folder import Folder

UNIT = """\
[Unit]
Description=GIS Capture
After=network-online.target
Wants=network-online.target

[Service]
User={user}
ExecStart="{program}" serve --workspace "{workspace}"
Restart=on-failure
# What runs is finished first: a push is never cut in half.
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=90
UMask=0027
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome={protects_home}
PrivateTmp=yes
{written}

[Install]
WantedBy=multi-user.target
"""
TASK = """\
$arguments = 'serve --workspace "{workspace}"'
$action = New-ScheduledTaskAction -Execute '{program}' -Argument $arguments -WorkingDirectory '{workspace}'
$trigger = New-ScheduledTaskTrigger -AtStartup
$minute = New-TimeSpan -Minutes 1
$settings = New-ScheduledTaskSettingsSet -ExecutionTimeLimit 0 -RestartCount 999 -RestartInterval $minute
{granted}
Register-ScheduledTask -TaskName 'GIS Capture' -Action $action -Trigger $trigger -Settings $settings -User '{user}'
Start-ScheduledTask -TaskName 'GIS Capture'
"""


@click.command(
    "service",
    cls=Command,
    words=Text(
        "パソコンの起動とともにサーバーを動かす設定を、このパソコンの場所で書き出します。何も変えません。\n\n"
        "Linux: gis-capture service > gis-capture.service として /etc/systemd/system に置きます。"
        "Windows: 管理者の PowerShell に貼り付けます。",
        "Prints what starts the server with the computer, with the paths of this machine; it changes nothing. \n\n"
        "Linux: put it into /etc/systemd/system/gis-capture.service. Windows: run it in an administrator's PowerShell.",
    ),
)
@workspace_option
@option(
    "--kind",
    type=click.Choice(["systemd", "windows"]),
    default="windows" if sys.platform == "win32" else "systemd",
    show_default=True,
    help=Text("書き出すもの。", "What is printed."),
)
@option("--user", default=None, help=Text("サーバーを動かすユーザー。", "User under which it runs."))
def command(folder: Path | None, kind: str, user: str | None) -> None:
    """Prints a unit of systemd, or commands for the task scheduler."""
    from gis_capture.workspace import find_workspace
    from gis_capture.workspace.folder import is_workspace, read_folder

    path = (folder or find_workspace(Path.cwd())).absolute()
    program = shutil.which("gis-capture", path=str(Path(sys.executable).parent)) or shutil.which("gis-capture")
    signs = "\"'\n\r`$" if kind == "windows" else '"\\\n\r'
    written = [path, *(_outside(read_folder(path, os.environ)) if is_workspace(path) else ())]
    odd = next(
        (text for text in (*map(str, written), str(program), user or "") if any(sign in text for sign in signs)), None
    )
    if not is_workspace(path) or program is None or odd is not None:
        raise WorkspaceError(
            Text(
                f"「{odd or path}」では書き出せません。作業フォルダーの場所と名前を確かめてください。",
                f'Cannot be written for "{odd or path}": check the place and the name of the workspace.',
            ),
            path=path,
        )
    if kind == "windows":
        name = user or "LOCAL SERVICE"
        granted = "\n".join(f"icacls '{one}' /grant '{name}:(OI)(CI)M'" for one in written)
        click.echo(TASK.format(program=program, workspace=path, user=name, granted=granted), nl=False)
        return
    is_in_home = any(str(one).startswith(("/home/", "/root/", "/run/user/")) for one in (*written, program))
    # "%" stands for something in a unit.
    places = {"program": program.replace("%", "%%"), "workspace": str(path).replace("%", "%%")}
    # A disk that is not there must not keep the server from starting ("-").
    paths = ["" if one == path else "-" for one in written]
    lines = [f'ReadWritePaths="{sign}{one}"'.replace("%", "%%") for sign, one in zip(paths, written, strict=True)]
    protects_home = "no" if is_in_home else "yes"
    unit = UNIT.format(**places, user=user or "gis-capture", protects_home=protects_home, written="\n".join(lines))
    click.echo(unit, nl=False)


def _outside(folder: "Folder") -> Iterator[Path]:
    """What the server writes outside of the workspace: backups on another disk, layers in a file elsewhere."""
    from gis_capture.store.opening import is_database

    places = [folder.path / folder.backup_to] if folder.backup_to else []
    places += [] if is_database(folder.store) else [(folder.path / folder.store).parent]
    yield from dict.fromkeys(
        place for one in places if not (place := Path(os.path.abspath(one))).is_relative_to(folder.path)
    )
