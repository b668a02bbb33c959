"""`gis-capture raster`: scans and aerial photographs as layers of the map."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from gis_capture.cli.language import Command, Group, option, say
from gis_capture.cli.raster_placing import placing_of, placing_options, tell_points
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

command = Group(
    "raster",
    modules={},
    words=Text(
        "図面のスキャンや航空写真を地図のレイヤーにします。",
        "Makes layers of the map of scans and aerial photographs.",
    ),
)


@command.command(
    "add",
    cls=Command,
    words=Text(
        "画像を地図のタイルにします(GeoTIFF、ワールドファイル・基準点・図郭の名前で位置の分かる JPEG・PNG)。"
        "何枚かの図面は1つのレイヤーになります。",
        "Makes map tiles of pictures: GeoTIFF, or JPEG and PNG with a world file, control points, or the name of their "
        "map sheet. Several sheets become one layer.",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option(
    "--name", default="raster", help=Text("レイヤーの名前(英小文字・数字・_)。", "Name of the layer (a-z, 0-9, _).")
)
@option("--title", default="", help=Text("画面に出す名前。", "Its name on the screens."))
@option("--attribution", default="", help=Text("地図に表示する出典。", "Source to be shown on every map."))
@placing_options
@workspace_option
def add(
    files: tuple[Path, ...],
    name: str,
    title: str,
    attribution: str,
    folder: Path | None,
    **said: Any,
) -> None:
    """Looks at the pictures, then makes the tiles with a bar that shows how far it is."""
    placing = placing_of(said)
    with open_workspace(folder) as workspace:
        rasters = workspace.rasters
        seen = rasters.prepare(files, name=name, title=title, attribution=attribution, placing=placing)
        for one in seen:
            say(
                Text(
                    f"{one['name']}: {one['width']:,} × {one['height']:,} 画素、{one['crs'][:40]}",
                    f"{one['name']}: {one['width']:,} × {one['height']:,} pixels, {one['crs'][:40]}",
                )
            )
            tell_points(one["points"])
        with Progress(console=Console(stderr=True), transient=True) as bar:
            whole = bar.add_task(name, total=1.0)
            raster = rasters.build(name, on_progress=lambda share: bar.update(whole, completed=share))
    say(
        Text(
            f"「{raster.title}」を作りました(ズーム {raster.min_zoom}〜{raster.max_zoom}、"
            f"{raster.size_bytes / 1e6:,.1f} MB)。",
            f'Made "{raster.title}" (zooms {raster.min_zoom} to {raster.max_zoom}, {raster.size_bytes / 1e6:,.1f} MB).',
        )
    )


@command.command("list", cls=Command, words=Text("画像レイヤーの一覧。", "Lists the raster layers."))
@workspace_option
def list_rasters(folder: Path | None) -> None:
    """Prints the layers, and those being made."""
    with open_workspace(folder) as workspace:
        for raster in workspace.rasters.ready():
            click.echo(f"{raster.name:<18} {raster.title}  {raster.size_bytes / 1e6:,.1f} MB")
        for job in workspace.rasters.jobs():
            words = {"building": Text("作成中", "being made"), "stopped": Text("中断", "stopped")}[job["state"]]
            say(Text(f"{job['name']:<18} {words.ja} {job['progress']:.0%}", f"{job['name']:<18} {words.en}"))


@command.command("remove", cls=Command, words=Text("画像レイヤーを外します。", "Takes a raster layer away."))
@click.argument("name")
@workspace_option
def remove(name: str, folder: Path | None) -> None:
    """Removes a layer; the pictures it was made of stay where they are."""
    with open_workspace(folder) as workspace:
        workspace.rasters.remove(name)
    say(Text(f"「{name}」を外しました。", f'Removed "{name}".'))


@command.command(
    "points",
    cls=Command,
    words=Text(
        "基準点の残差を表にします。タイルは作りません。--write で QGIS(.points)や IIIF(.json)の形に書き出せます。",
        "Lists how far control points can be trusted, without making tiles; --write keeps them for QGIS or IIIF.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@placing_options
@option(
    "--write",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text("書き出すファイル(.points か .json)。", "File to write (.points or .json)."),
)
def tell(file: Path, target: Path | None, **said: Any) -> int:
    """Looks at one picture; gives the exit code."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.settings import Settings
    from gis_capture.tiles.raster.children import look_at
    from gis_capture.tiles.raster.control import write_control
    from gis_capture.tiles.raster.sheet import find_sheet

    sheet = find_sheet(file, placing_of(said))
    seen = look_at(sheet, max_pixels=Settings().max_raster_pixels)
    say(Text(f"{file.name}: {sheet.method}", f"{file.name}: {sheet.method}"))
    tell_points(seen["points"])
    if target:
        write_control(target, sheet.control, name=file.name, size=(seen["width"], seen["height"]))
        say(Text(f"「{target}」に書きました。", f'Written to "{target}".'))
    return EXIT_ATTENTION if any(one["is_suspect"] for one in seen["points"]) else EXIT_DONE
