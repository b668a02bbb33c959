"""`gis-capture imports`."""

from pathlib import Path

import click

from gis_capture.cli.accounting import accounting_line
from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text


@click.command(
    "imports",
    cls=Command,
    words=Text(
        "取り込みの記録を見ます。取り消すこともできます。",
        "Lists the imports. Takes one back on wish.",
    ),
)
@option(
    "--undo",
    "import_id",
    metavar="ID",
    default=None,
    help=Text(
        "この取り込みを取り消します。後から直されたものは残ります。",
        "Takes this import back; what somebody has edited since stays.",
    ),
)
@option(
    "--fix-list",
    "fix_list",
    nargs=2,
    metavar="ID FILE",
    default=None,
    help=Text(
        "この取り込みの台帳に、直す箇所の色とコメントを付けた Excel ファイルを書きます。",
        "Writes the ledger of this import as a workbook with what to mend coloured and commented.",
    ),
)
@workspace_option
def command(import_id: str | None, fix_list: tuple[str, str] | None, folder: Path | None) -> None:
    """Lists all imports, newest first, undoes one, or writes its fix list."""
    with open_workspace(folder) as workspace:
        if fix_list is not None:
            n_marked = workspace.write_fix_list(fix_list[0], fix_list[1], language=language_of())
            say(
                Text(
                    f"{n_marked:,} か所に印を付けて「{fix_list[1]}」に書きました。",
                    f'Marked {n_marked:,} cells in "{fix_list[1]}".',
                )
            )
            return
        if import_id is None:
            for record in workspace.store.imports():
                _print_record(record)
            return
        undone = workspace.undo_import(import_id)
    say(
        Text(
            f"取り消しました: {undone.n_removed:,} 件。後から直されていた {len(undone.kept):,} 件は残しました。",
            f"Removed {undone.n_removed:,} features; kept {len(undone.kept):,} that were edited since.",
        )
    )


def _print_record(record: dict[str, object]) -> None:
    result = record["result"]
    assert isinstance(result, dict)
    counts = ("n_source_rows", "n_loaded", "n_unlocated", "n_rejected", "n_skipped")
    state = Text("(取り消し済み)", " (undone)") if record.get("undone_at") else Text("", "")
    click.echo(f"{record['import_id']}  {record['source_name']} → {record['layer']}{state.in_language(language_of())}")
    click.echo("  " + accounting_line(**{name: result[name] for name in counts}, language=language_of()))
