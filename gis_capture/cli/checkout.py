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
@option(
    "--forget",
    "forgotten",
    metavar="ID",
    default=None,
    help=Text(
        "持ち出しの控えを消します。そのファイルはもう受け取れません。先に確かめます。",
        "Removes the record of a check-out; its file cannot be checked in any more. Asks first.",
    ),
)
@option("--yes", "is_sure", is_flag=True, help=Text("確かめずに消します(--forget)。", "Does not ask (--forget)."))
@option("--list", "is_list", is_flag=True, help=Text("これまでの持ち出しを表示します。", "Lists what was handed out."))
@workspace_option
def command(
    file: Path | None,
    layers: tuple[str, ...],
    bbox: str | None,
    area: Path | None,
    author: str,
    with_personal: bool,
    forgotten: str | None,
    is_sure: bool,
    is_list: bool,
    folder: Path | None,
) -> None:
    """Hands layers out, or lists what was."""
    from gis_capture.workspace.areas import read_area

    n_tasks = (file is not None) + is_list + (forgotten is not None)
    if n_tasks != 1 or (bbox is not None and area is not None) or (is_sure and forgotten is None):
        wrong = Text(
            "書き出すファイルか --list か --forget を1つ指定してください。--bbox と --area は一緒に使えません。",
            "Name the file to write, or --list, or --forget; --bbox and --area exclude each other.",
        )
        raise click.UsageError(wrong.in_language(language_of()), click.get_current_context())
    box = _box(bbox)
    with open_workspace(folder) as workspace:
        if forgotten is not None:
            _forget(workspace, forgotten, is_sure=is_sure)
            return
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


def _forget(workspace: "Workspace", checkout_id: str, *, is_sure: bool) -> None:
    """Removes a check-out once a person has said that nothing more will come of it."""
    one, n_taken = workspace.checkouts.get(checkout_id), workspace.checkouts.n_taken(checkout_id)
    say(
        Text(
            f"{one.made_at} に {one.author or '-'} が持ち出した {one.n_features:,} 件。"
            f"これまでに受け取った変更 {n_taken:,} 件。",
            f"{one.n_features:,} features, handed out {one.made_at} to {one.author or '-'};"
            f" {n_taken:,} changes have come back.",
        )
    )
    asked = Text(
        "まだ受け取っていない編集は、もう受け取れなくなります。控えを消しますか",
        "Edits that have not come back cannot be taken any more. Remove it",
    )
    if not is_sure:
        click.confirm(asked.in_language(language_of()), abort=True)
    workspace.checkouts.forget(checkout_id)
    say(Text(f"持ち出し {checkout_id} の控えを消しました。", f"Check-out {checkout_id} is forgotten."))


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
