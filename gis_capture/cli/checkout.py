"""`gis-capture checkout`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import FeatureError
from gis_capture.model import BBox, parse_bbox
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace


@click.command(
    "checkout",
    cls=Command,
    words=Text(
        "QGIS や QField で編集するための GeoPackage を書き出します(持ち出し)。戻ったら checkin で受け取ります。",
        "Writes a GeoPackage to edit in QGIS or QField; checkin takes it back.",
    ),
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@option(
    "--layer",
    "layers",
    multiple=True,
    metavar="KEY",
    help=Text("持ち出すレイヤー(何度でも指定可)。省くとすべて。", "A layer to take; may be repeated. By default all."),
)
@option(
    "--bbox",
    metavar="W,S,E,N",
    default=None,
    help=Text("範囲(経度・緯度)。", "The area: min_lon,min_lat,max_lon,max_lat."),
)
@option(
    "--area",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text("範囲を面で書いた GeoJSON ファイル。", "A GeoJSON file with the polygons of the area."),
)
@option("--author", default="", help=Text("持ち出す人の名前。", "Who takes it."))
@option(
    "--with-personal",
    is_flag=True,
    help=Text("個人情報の項目も入れます。", "Includes the fields with personal data."),
)
@option("--list", "is_list", is_flag=True, help=Text("これまでの持ち出しを表示します。", "Lists what was handed out."))
@workspace_option
def command(
    file: Path | None,
    layers: tuple[str, ...],
    bbox: str | None,
    area: Path | None,
    author: str,
    with_personal: bool,
    is_list: bool,
    folder: Path | None,
) -> None:
    """Hands layers out, or lists what was."""
    from gis_capture.workspace.areas import read_area

    if (file is None) != is_list or (bbox is not None and area is not None):
        wrong = Text(
            "書き出すファイルか --list のどちらかを指定してください。--bbox と --area は一緒に使えません。",
            "Name the file to write, or --list; --bbox and --area exclude each other.",
        )
        raise click.UsageError(wrong.in_language(language_of()), click.get_current_context())
    box = _box(bbox)
    with open_workspace(folder) as workspace:
        if file is None:
            _print_list(workspace)
            return
        shape = read_area(area) if area else None
        made = workspace.checkout(file, layers, bbox=box, area=shape, author=author, with_personal=with_personal)
    say(
        Text(
            f"{made.n_features:,} 件を持ち出しました: {file}(持ち出し番号 {made.checkout_id})",
            f"{made.n_features:,} features were handed out: {file} (check-out {made.checkout_id})",
        )
    )


def _box(text: str | None) -> BBox | None:
    try:
        return parse_bbox(text) if text else None
    except FeatureError as error:
        words = error.message.in_language(language_of())
        raise click.UsageError(f"--bbox: {words}", click.get_current_context()) from error


def _print_list(workspace: "Workspace") -> None:
    found = workspace.checkouts.list()
    for one in found:
        titles = "、".join(layer.title.in_language(language_of()) for layer in one.layers)
        say(
            Text(
                f"{one.checkout_id}  {one.made_at}  {one.author or '-'}  {titles}  {one.n_features:,} 件",
                f"{one.checkout_id}  {one.made_at}  {one.author or '-'}  {titles}  {one.n_features:,} features",
            )
        )
    say(Text(f"持ち出し {len(found):,} 件", f"{len(found):,} check-outs"))
