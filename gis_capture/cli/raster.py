"""`gis-capture raster`: scans and aerial photographs as layers of the map."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from gis_capture.cli.language import Command, Group, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

_LARGE_ERROR_PX = 20

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
        "画像を地図のタイルにします(GeoTIFF、ワールドファイルか QGIS の基準点 .points の付いた JPEG・PNG)。"
        "何枚かの図面は1つのレイヤーになります。",
        "Makes map tiles of pictures: GeoTIFF, or JPEG and PNG with a world file or QGIS control points (.points). "
        "Several sheets become one layer.",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option(
    "--name", default="raster", help=Text("レイヤーの名前(英小文字・数字・_)。", "Name of the layer (a-z, 0-9, _).")
)
@option("--title", default="", help=Text("画面に出す名前。", "Its name on the screens."))
@option("--attribution", default="", help=Text("地図に表示する出典。", "Source to be shown on every map."))
@option(
    "--crs",
    default=None,
    help=Text("座標系。画像に書いてないとき(例: EPSG:6675、7系)。", 'CRS, where the pictures say none ("EPSG:6675").'),
)
@option(
    "--gcps",
    "points",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=None,
    help=Text("QGIS の基準点ファイル(.points)。", "Control points of QGIS (.points)."),
)
@workspace_option
def add(
    files: tuple[Path, ...],
    name: str,
    title: str,
    attribution: str,
    crs: str | None,
    points: Path | None,
    folder: Path | None,
) -> None:
    """Looks at the pictures, then makes the tiles with a bar that shows how far it is."""
    from gis_capture.locate.crs import parse_crs

    crs = f"EPSG:{parse_crs(crs)}" if crs else None
    with open_workspace(folder) as workspace:
        rasters = workspace.rasters
        seen = rasters.prepare(files, name=name, title=title, attribution=attribution, crs=crs, points=points)
        for one in seen:
            errors = one["point_errors_px"]
            say(
                Text(
                    f"{one['name']}: {one['width']:,} × {one['height']:,} 画素、{one['crs'][:40]}",
                    f"{one['name']}: {one['width']:,} × {one['height']:,} pixels, {one['crs'][:40]}",
                )
            )
            if errors and max(errors) > _LARGE_ERROR_PX:
                worst = errors.index(max(errors)) + 1
                say(
                    Text(
                        f"  基準点{worst}が {max(errors):,.0f} 画素ずれています。確かめてください。",
                        f"  Control point {worst} is off by {max(errors):,.0f} pixels: check it.",
                    ),
                    error=True,
                )
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
