"""`gis-capture pack`: the layers of an area as one file of vector tiles, for tablets."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from gis_capture.cli.language import Command, Group, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.model import parse_bbox
from gis_capture.text import Text

command = Group(
    "pack",
    modules={},
    words=Text(
        "レイヤーを範囲ごとに1つの地図ファイル(PMTiles)にします。",
        "Packs layers of an area into one map file (PMTiles).",
    ),
)


@command.command(
    "make",
    cls=Command,
    words=Text(
        "パックを作ります。中身が変わっていなければ、前のものをそのまま使います。",
        "Makes a pack; the former of its name stays where nothing in it has changed.",
    ),
)
@click.argument("name")
@click.argument("layers", nargs=-1)
@option(
    "--bbox",
    default=None,
    metavar="W,S,E,N",
    help=Text("範囲(西,南,東,北、度)。省くと全体。", "Area in degrees; default: all of the layers."),
)
@option(
    "--estimate",
    "is_estimate",
    is_flag=True,
    help=Text("作らずに、大きさの見積もりだけ出します。", "Only says how large it would be."),
)
@workspace_option
def make(name: str, layers: tuple[str, ...], bbox: str | None, is_estimate: bool, folder: Path | None) -> None:
    """Makes a pack with a bar that shows how far it is."""
    with open_workspace(folder) as workspace:
        packs = workspace.packs
        plan = packs.plan(layers, parse_bbox(bbox) if bbox else None)
        if is_estimate:
            size = f"{packs.estimate(plan) / 1e6:,.1f} MB"
            say(Text(f"およそ {size} です。", f"About {size}."))
            return
        with Progress(console=Console(stderr=True), transient=True) as bar:
            whole = bar.add_task(name, total=1.0)
            pack = packs.make(name, plan, report=lambda share: bar.update(whole, completed=share))
    say(
        Text(
            f"パック「{pack.name}」があります(タイル {pack.n_tiles:,}枚、{pack.size_bytes / 1e6:,.1f} MB)。",
            f'The pack "{pack.name}" is there ({pack.n_tiles:,} tiles, {pack.size_bytes / 1e6:,.1f} MB).',
        )
    )
    click.echo(packs.folder / pack.file_name)


@command.command("list", cls=Command, words=Text("パックの一覧。", "Lists the packs."))
@workspace_option
def list_packs(folder: Path | None) -> None:
    """Prints the packs, and whether anything in them has changed since."""
    with open_workspace(folder) as workspace:
        for pack in workspace.packs.ready():
            words = Text("最新", "current") if workspace.packs.is_current(pack) else Text("変更あり", "changed since")
            told = f"{pack.name:<18} {','.join(pack.layers)}  {pack.size_bytes / 1e6:,.1f} MB  {pack.made_at}"
            say(Text(f"{told}  {words.ja}", f"{told}  {words.en}"))


@command.command("remove", cls=Command, words=Text("パックを消します。", "Takes a pack away."))
@click.argument("name")
@workspace_option
def remove(name: str, folder: Path | None) -> None:
    """Removes a pack."""
    with open_workspace(folder) as workspace:
        workspace.packs.remove(name)
    say(Text(f"「{name}」を消しました。", f'Removed "{name}".'))
