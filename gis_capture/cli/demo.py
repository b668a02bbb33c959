"""`gis-capture demo`: from the sample ledgers to a running server in one command."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, Progress, TextColumn

from gis_capture.cli.accounting import accounting_line, print_reasons
from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.serve import Address, run_server
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

SIDECAR_ENDINGS = {".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".md", ".txt", ".json"}


@click.command(
    "demo",
    cls=Command,
    words=Text(
        "見本の台帳を変換し、サーバーを起動します。何度実行してもかまいません。",
        "Converts the sample ledgers and starts the server. Running it twice is harmless.",
    ),
)
@option(
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-workspace"),
    show_default=True,
    help=Text("作業フォルダー。", "The workspace."),
)
@option("--port", type=click.IntRange(1, 65535), default=8460, show_default=True, help=Text("ポート番号。", "Port."))
@option("--host", default="0.0.0.0", show_default=True, help=Text("待ち受けるアドレス。", "Address to listen on."))
@option(
    "--no-serve",
    "is_served",
    is_flag=True,
    flag_value=False,
    default=True,
    help=Text("サーバーを起動しません。", "Does not start the server."),
)
@option(
    "--force",
    "is_forced",
    is_flag=True,
    help=Text(
        "新しい作業フォルダーで始めます。今のものは名前を変えて残します。",
        "Starts with a new workspace; the present one is kept under another name.",
    ),
)
def command(folder: Path, port: int, host: str, is_served: bool, is_forced: bool) -> None:
    """Makes a workspace, converts every sample ledger, prints the accounting, serves."""
    from gis_capture.resources import sample_data_dir
    from gis_capture.workspace import Workspace, is_workspace

    folder = folder.absolute()
    if is_forced and is_workspace(folder):
        kept = _set_aside(folder)
        say(Text(f"今までの作業フォルダーを残しました: {kept}", f"Kept the present workspace: {kept}"))
    opened = Workspace.open(folder) if is_workspace(folder) else Workspace.create(folder, name="見本市 道路維持課")
    with opened as workspace:
        say(Text(f"作業フォルダー: {workspace.path}", f"Workspace: {workspace.path}"))
        sample_data = sample_data_dir()
        workspace.add_basemap(sample_data / "basemap", name="sample", attribution="GIS Capture サンプルデータ")
        results = _convert_all(workspace, sample_data / "ledgers")
        _print_accounting(results, language_of())
        path = workspace.path
    if is_served:
        run_server(path, Address(host, port), is_opened=True)


def _set_aside(folder: Path) -> Path:
    number = 1
    while (kept := folder.with_name(f"{folder.name}.{number}")).exists():
        number += 1
    folder.rename(kept)
    return kept


def _convert_all(workspace: "Workspace", ledgers: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """Gives (ledger, layer, result) for every sample; one that is in the workspace already is not read again."""
    sources = [path for path in sorted(ledgers.iterdir()) if path.suffix.lower() not in SIDECAR_ENDINGS]
    known = {record["source_name"]: record for record in workspace.store.imports() if not record.get("undone_at")}
    results = []
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    language = language_of()
    with bar as progress:
        whole = progress.add_task(Text("台帳の取り込み", "Ledgers").in_language(language), total=len(sources))
        for source in sources:
            record = known.get(source.name)
            if record is None:
                conversion = workspace.convert(source)
                results.append((source.name, conversion.layer, conversion.to_json(language)))
            else:
                results.append((source.name, record["layer"], _stored_result(record)))
            progress.advance(whole)
    return results


def _stored_result(record: dict[str, Any]) -> dict[str, Any]:
    result = record["result"]
    return json.loads(result) if isinstance(result, str) else dict(result)


def _print_accounting(results: list[tuple[str, str, dict[str, Any]]], language: str) -> None:
    counts = ("n_source_rows", "n_loaded", "n_unlocated", "n_rejected", "n_skipped")
    for name, layer, result in results:
        line = accounting_line(**{key: result[key] for key in counts}, language=language)
        click.echo(f"{name} → {layer}\n  {line}")
        print_reasons(result["reasons"])
