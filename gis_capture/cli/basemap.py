"""`gis-capture basemap`: the maps that lie under the layers."""

from pathlib import Path

import click

from gis_capture.cli.language import Command, Group, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

command = Group(
    "basemap",
    modules={},
    words=Text(
        "背景地図(PMTiles・MBTiles)を入れます。タブレットでは圏外でも使えます。",
        "Takes base maps in (PMTiles, MBTiles); tablets use them without a network, too.",
    ),
)


@command.command(
    "add",
    cls=Command,
    words=Text(
        "PMTiles か MBTiles のファイル、または GeoJSON のフォルダーを背景地図にします。"
        "同じ名前のものは置き換わります。",
        "Makes a base map of a PMTiles or MBTiles file, or a folder of GeoJSON files; the former of its name goes.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@option("--name", default="basemap", help=Text("名前(英小文字・数字・_)。", "Its name (a-z, 0-9, _)."))
@option(
    "--attribution",
    default="",
    help=Text(
        "地図に表示する出典。省くと、ファイルに書いてあるもの。", "Source shown on maps; default: as the file says."
    ),
)
@workspace_option
def add(file: Path, name: str, attribution: str, folder: Path | None) -> None:
    """Adds a base map and tells its size."""
    with open_workspace(folder) as workspace:
        added = workspace.add_basemap(file, name=name, attribution=attribution)
    size = f"{added.size_bytes / 1e6:,.1f} MB"
    say(Text(f"背景地図「{added.name}」を入れました({size})。", f'Added the base map "{added.name}" ({size}).'))
    if not added.attribution:
        say(
            Text(
                "出典が書かれていません。--attribution で指定してください(地図に表示します)。",
                "It names no source: give one with --attribution, it is shown on the maps.",
            ),
            error=True,
        )


@command.command("list", cls=Command, words=Text("背景地図の一覧。", "Lists the base maps."))
@workspace_option
def list_basemaps(folder: Path | None) -> None:
    """Prints names, sizes and sources."""
    with open_workspace(folder) as workspace:
        for basemap in workspace.basemaps():
            click.echo(f"{basemap.name:<18} {basemap.size_bytes / 1e6:,.1f} MB  {basemap.attribution}")


@command.command("remove", cls=Command, words=Text("背景地図を外します。", "Takes a base map away."))
@click.argument("name")
@workspace_option
def remove(name: str, folder: Path | None) -> None:
    """Removes a base map."""
    with open_workspace(folder) as workspace:
        workspace.remove_basemap(name)
    say(Text(f"「{name}」を外しました。", f'Removed "{name}".'))
