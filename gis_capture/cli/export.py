"""`gis-capture export`."""

from pathlib import Path

import click

from gis_capture.cli.accounting import print_problems
from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

FORMATS = {".gpkg": "gpkg", ".geojson": "geojson", ".json": "geojson", ".csv": "csv", ".fgb": "fgb"}


@click.command(
    "export",
    cls=Command,
    words=Text(
        "レイヤーを書き出します(GeoPackage・GeoJSON・CSV・FlatGeobuf)。形式はファイル名で決まります。",
        "Writes a layer to GeoPackage, GeoJSON, CSV or FlatGeobuf. The file name decides the format.",
    ),
)
@click.argument("layer")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@option(
    "--encoding",
    type=click.Choice(["utf-8-sig", "cp932"]),
    default="utf-8-sig",
    help=Text("CSV の文字コード。", "Encoding of a CSV file."),
)
@option(
    "--as-of",
    metavar="DATE",
    default=None,
    help=Text(
        "この日の終わりの状態を書き出します(例 2026-10-31)。時刻も付けられます。",
        "As the layer was at the end of this day (2026-10-31), or at an instant.",
    ),
)
@workspace_option
def command(layer: str, file: Path, encoding: str, as_of: str | None, folder: Path | None) -> None:
    """Exports one layer."""
    file_format = FORMATS.get(file.suffix.lower())
    if file_format is None:
        endings = " ".join(FORMATS)
        raise click.UsageError(
            Text(
                f"「{file.name}」の形式がわかりません。{endings} のどれかにしてください。",
                f'The format of "{file.name}" is not known; end it with one of {endings}.',
            ).in_language(str(click.get_current_context().find_root().meta.get("language", "ja")))
        )
    with open_workspace(folder) as workspace:
        written = workspace.export(layer, file, file_format=file_format, encoding=encoding, as_of=as_of)
    n_features = written.n_features
    say(Text(f"{n_features:,} 件を書き出しました: {file}", f"Wrote {n_features:,} features: {file}"))
    print_problems(written.problems, language=language_of())
