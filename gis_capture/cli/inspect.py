"""`gis-capture inspect`."""

import json
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.accounting import needs_attention, print_problems
from gis_capture.cli.language import Command, language_of, option
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import WorkspaceError
from gis_capture.text import Text


@click.command(
    "inspect",
    cls=Command,
    words=Text(
        "台帳に何が入っているかを調べます。何も書きません。",
        "Tells what is in a ledger. Writes nothing.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@workspace_option
@option("--json", "is_json", is_flag=True, help=Text("JSON で出力します。", "Prints JSON."))
def command(file: Path, folder: Path | None, is_json: bool) -> int:
    """Prints the tables found in a file; the exit code is 3 when rows need attention, except with --json."""
    from gis_capture.convert import inspect_source
    from gis_capture.definitions import read_layers
    from gis_capture.resources import layers_dir

    try:
        with open_workspace(folder) as workspace:
            inspection = workspace.inspect(file)
    except WorkspaceError:
        if folder is not None:
            raise
        inspection = inspect_source(file, layers=read_layers(layers_dir()))
    language = language_of()
    document = inspection.to_json(language)
    if is_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    _print_tables(document, language)
    print_problems(inspection.problems, language=language)
    return 3 if needs_attention(inspection.problems) else 0


def _print_tables(document: dict[str, Any], language: str) -> None:
    source = document["source"]
    click.echo(f"{source['path']}  ({source['driver']}, {source['encoding'] or '-'})")
    for table in document["tables"]:
        coordinates = table["coordinates"]
        words = Text(
            f"表「{table['name']}」 {table['n_rows']:,} 行、見出し {table['header_rows']} 行目、"
            f"対象外 {len(table['skipped'])} 行、座標 {coordinates['kind']} ({coordinates['crs']})",
            f'Table "{table["name"]}": {table["n_rows"]:,} rows, header in row {table["header_rows"]}, '
            f"{len(table['skipped'])} skipped, coordinates {coordinates['kind']} ({coordinates['crs']})",
        )
        click.echo(words.in_language(language))
        for column in table["columns"]:
            empty = Text(f"空 {column['n_empty']:,}", f"{column['n_empty']:,} empty").in_language(language)
            click.echo(f"  {column['name']} → {column['field'] or '-'} ({column['type']}, {empty})")
