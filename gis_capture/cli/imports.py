"""`gis-capture imports`."""

from pathlib import Path

import click

from gis_capture.cli.accounting import accounting_line
from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.reimport import print_open_rows
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text
from gis_capture.workspace import Workspace
from gis_capture.workspace.reimport import TAKES


@click.command(
    "imports",
    cls=Command,
    words=Text(
        "取り込みの記録を見ます。取り消すこと、なくなった行をどうするか決めることもできます。",
        "Lists the imports. Takes one back on wish, or decides on rows that are gone from a ledger.",
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
@option(
    "--removed",
    metavar="ID",
    default=None,
    help=Text(
        "--update で取り込んだ台帳の、なくなった行と人が決める行を表示します。",
        "Shows the rows of an updated ledger that are gone or that a person has to decide on.",
    ),
)
@option(
    "--decide",
    type=click.Choice(TAKES),
    default=None,
    help=Text(
        "--removed の行をどうするか: keep 残す、mark 撤去・廃止とする、delete 削除、renumber 番号を変える、"
        "new 新しい行として加える、leave そのまま。",
        "What becomes of rows of --removed: keep, mark (as gone), delete, renumber, new (add as new), leave.",
    ),
)
@option(
    "--row",
    "rows",
    type=int,
    multiple=True,
    help=Text(
        "--decide の行番号。くり返せます。省くと、そう決められる行すべて。",
        "Row number for --decide, may be repeated; by default all rows that can be decided like that.",
    ),
)
@option("--note", default="", help=Text("--decide の理由。", "Why, for --decide."))
@workspace_option
def command(
    import_id: str | None,
    fix_list: tuple[str, str] | None,
    removed: str | None,
    decide: str | None,
    rows: tuple[int, ...],
    note: str,
    folder: Path | None,
) -> None:
    """Lists all imports, newest first, undoes one, writes its fix list, or decides on its open rows."""
    if decide and not removed:
        told = Text("--decide は --removed ID と一緒に使います。", "--decide goes with --removed ID.")
        raise click.UsageError(told.in_language(language_of()))
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
        if removed is not None:
            if decide:
                _decide(workspace, removed, decide, rows, note)
            print_open_rows(workspace.open_rows(removed), language_of())
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
    if undone.n_taken_back or undone.n_conflicts:
        say(
            Text(
                f"元の値に戻した地物 {undone.n_taken_back:,} 件。"
                f"後から直されていて競合になったもの {undone.n_conflicts:,} 件。",
                f"{undone.n_taken_back:,} features got their values back; {undone.n_conflicts:,} conflicts to decide.",
            )
        )


def _decide(workspace: Workspace, import_id: str, take: str, rows: tuple[int, ...], note: str) -> None:
    chosen = [
        row
        for row in workspace.open_rows(import_id)
        if take in row.takes and row.decision is None and (not rows or row.row_number in rows)
    ]
    decisions = [{"table": row.table, "row": row.row_number, "kind": row.kind, "take": take} for row in chosen]
    n_decided = workspace.decide_rows(import_id, decisions, note=note)
    say(Text(f"{n_decided:,} 行を決めました。", f"Decided on {n_decided:,} rows."))


def _print_record(record: dict[str, object]) -> None:
    result = record["result"]
    assert isinstance(result, dict)
    counts = ("n_source_rows", "n_loaded", "n_unlocated", "n_rejected", "n_skipped")
    language = language_of()
    state = Text("(取り消し済み)", " (undone)") if record.get("undone_at") else Text("", "")
    click.echo(f"{record['import_id']}  {record['source_name']} → {record['layer']}{state.in_language(language)}")
    click.echo("  " + accounting_line(**{name: result[name] for name in counts}, language=language))
    if (update := result.get("update")) is not None:
        words = Text(
            "  前回の続き: 変わった行 {n_changed:,}、新しい行 {n_new:,}、人が決める行 {n_listed:,}、"
            "なくなった行 {n_removed:,}",
            "  Next version: {n_changed:,} changed, {n_new:,} new, {n_listed:,} to decide, {n_removed:,} gone",
        )
        click.echo(words.in_language(language).format(**update))
