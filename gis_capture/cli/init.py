"""`gis-capture init`."""

from pathlib import Path

import click

from gis_capture.cli.language import Command, option, say
from gis_capture.text import Text


@click.command(
    "init",
    cls=Command,
    words=Text(
        "作業フォルダーを作ります。台帳、地図、写真、控えはすべてこの中に入ります。",
        "Makes a workspace. Ledgers, map, photos and backups are kept in this one folder.",
    ),
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("workspace"))
@option("--name", default="", help=Text("課や班の名前。", "Name of the department."))
@option(
    "--city",
    default="",
    help=Text(
        "都道府県と市区町村の名前(例 岐阜県高山市)。市町村名のない住所はここにあるものとし、区域の外の行を知らせます。",
        "Prefecture and city of the office: addresses without a city are in it, and rows outside it are told.",
    ),
)
@option(
    "--store",
    default=None,
    metavar="URL",
    help=Text(
        "台帳を置く PostGIS(postgresql://利用者@サーバー/データベース?schema=名前)。省くとフォルダーの中のファイル。",
        "PostGIS for the layers (postgresql://user@host/database?schema=name); by default a file in the folder.",
    ),
)
def command(folder: Path, name: str, city: str, store: str | None) -> None:
    """Makes a workspace."""
    from gis_capture.workspace import Workspace

    with Workspace.create(folder, name=name, city=city, store=store) as workspace:
        say(
            Text(
                f"作業フォルダーを作りました: {workspace.path}\n次は: gis-capture convert 台帳 --workspace {folder}",
                f"Made a workspace: {workspace.path}\nNext: gis-capture convert LEDGER --workspace {folder}",
            )
        )
