"""`gis-capture migrate`."""

import os
from pathlib import Path

import click

from gis_capture.cli.language import Command, option, say
from gis_capture.cli.workspace_option import workspace_option
from gis_capture.text import Text


@click.command(
    "migrate",
    cls=Command,
    words=Text(
        "台帳の置き場所を、ファイルから PostGIS へ、または逆に移します。元の場所はそのまま残ります。",
        "Takes the layers from a file to PostGIS, or from PostGIS to a file. The old place stays as it is.",
    ),
)
@workspace_option
@option(
    "--to",
    "to",
    required=True,
    metavar="URL|PATH",
    help=Text(
        "移行先。postgresql://利用者@サーバー/データベース?schema=名前、または新しい .gpkg ファイル。",
        "Where to: postgresql://user@host/database?schema=name, or a new .gpkg file.",
    ),
)
def command(folder: Path | None, to: str) -> None:
    """Takes the layers of a workspace to another place; every value is compared afterwards."""
    from gis_capture.workspace import find_workspace
    from gis_capture.workspace.identity import utc_now
    from gis_capture.workspace.migrating import migrate

    moved = migrate(folder or find_workspace(Path.cwd()), to, at=utc_now(), environ=os.environ)
    say(
        Text(
            f"{moved.n_layers} レイヤー、{moved.n_features:,} 件を移し、すべて読み返して元と同じことを確かめました。\n"
            f"今の置き場所: {moved.place}\n元の置き場所(そのまま残っています): {moved.left}",
            f"Moved {moved.n_features:,} features of {moved.n_layers} layers; read back, all is as it was.\n"
            f"Now in: {moved.place}\nLeft as it was: {moved.left}",
        )
    )
