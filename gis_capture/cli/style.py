"""`gis-capture style`: how layers are drawn."""

from pathlib import Path

import click

from gis_capture.cli.accounting import print_problems
from gis_capture.cli.language import Command, Group, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text
from gis_capture.tiles.themes import THEMES, Theme

command = Group(
    "style",
    modules={},
    words=Text(
        "レイヤーの描き方を、ファイルで変えます(MapLibre のスタイル)。",
        "Changes how layers are drawn, by files (MapLibre styles).",
    ),
)


@command.command(
    "write",
    cls=Command,
    words=Text(
        "今の描き方を styles フォルダーのファイルに書き出します。直すと、すぐに地図に反映されます。",
        "Writes how a layer is drawn into a file in styles/, to edit; maps follow it at once.",
    ),
)
@click.argument("layer")
@option(
    "--theme",
    type=click.Choice(THEMES),
    default="plain",
    help=Text("屋外(sunlight)か夜(night)のときだけのファイルにします。", "A file for sunlight or night alone."),
)
@workspace_option
def write(layer: str, theme: Theme, folder: Path | None) -> None:
    """Writes a file."""
    with open_workspace(folder) as workspace:
        path = workspace.styles.write(workspace.known_layer(layer), theme)
    say(Text(f"「{path}」に書きました。", f'Written to "{path}".'))


@command.command(
    "check",
    cls=Command,
    words=Text("styles フォルダーのファイルが使えるかを確かめます。", "Checks the files in styles/."),
)
@workspace_option
@click.pass_context
def check(context: click.Context, folder: Path | None) -> int:
    """Lists the files; gives the exit code."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE

    with open_workspace(folder) as workspace:
        problems = workspace.styles.problems([layer.key for layer in workspace.known_layers()])
        names = [path.name for path in sorted(workspace.folder.styles_dir.glob("*.json"))]
    for name in names:
        say(Text(name, name))
    if not names:
        say(Text("ファイルはありません。レイヤー定義のとおりに描いています。", "No files: drawn as defined."))
    print_problems(problems, language=language_of(context))
    return EXIT_ATTENTION if problems else EXIT_DONE
