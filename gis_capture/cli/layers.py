"""`gis-capture layers`."""

import json
from pathlib import Path

import click

from gis_capture.cli.language import Command, language_of, option
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import WorkspaceError
from gis_capture.text import Text


@click.command(
    "layers",
    cls=Command,
    words=Text(
        "レイヤーの一覧。作業フォルダーにあるものは件数も表示します。",
        "Lists the layers; those in the workspace with their counts.",
    ),
)
@workspace_option
@option(
    "--add",
    "added",
    multiple=True,
    metavar="LAYER",
    help=Text(
        "台帳なしで空のレイヤーを作ります。レイヤーの名前か、layer.toml のあるフォルダーを指定します。",
        "Makes an empty layer without a ledger: the key of a known one, or a folder with a layer.toml.",
    ),
)
@option("--json", "is_json", is_flag=True, help=Text("JSON で出力します。", "Prints JSON."))
def command(folder: Path | None, added: tuple[str, ...], is_json: bool) -> None:
    """Lists known definitions and, where there is a workspace, what is in it."""
    from gis_capture.definitions import read_layer, read_layers
    from gis_capture.resources import layers_dir

    if added:
        with open_workspace(folder) as workspace:
            layers = [
                read_layer(Path(name)) if (Path(name) / "layer.toml").is_file() else workspace.known_layer(name)
                for name in added
            ]
            for layer in layers:
                workspace.add_layer(layer)
    counts: dict[str, tuple[int, int]] = {}
    try:
        with open_workspace(folder) as workspace:
            definitions = workspace.definitions()
            infos = [workspace.store.layer_info(layer.key) for layer in workspace.store.layers()]
            known = {layer.key for layer in definitions}
            definitions = (*definitions, *(info.layer for info in infos if info.layer.key not in known))
            counts = {info.layer.key: (info.n_features, info.n_unlocated) for info in infos}
    except WorkspaceError:
        if folder is not None:
            raise
        definitions = read_layers(layers_dir())
    language = language_of()
    if is_json:
        rows = [
            {
                "key": layer.key,
                "title": layer.title.to_json(),
                "geometry_type": layer.geometry_type,
                "n_features": counts.get(layer.key, (None, None))[0],
                "n_unlocated": counts.get(layer.key, (None, None))[1],
            }
            for layer in definitions
        ]
        click.echo(json.dumps({"layers": rows}, ensure_ascii=False, indent=2))
        return
    for layer in definitions:
        line = f"{layer.key:<18} {layer.title.in_language(language)}"
        if layer.key in counts:
            n_features, n_unlocated = counts[layer.key]
            line += Text(
                f"  {n_features:,} 件(位置なし {n_unlocated:,} 件)",
                f"  {n_features:,} features ({n_unlocated:,} without a position)",
            ).in_language(language)
        click.echo(line)
