"""`gis-capture lint`."""

import json
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.language import Command, language_of, option
from gis_capture.report.export import replacing
from gis_capture.text import NO_TEXT, Text

_MAX_SHOWN = 30


@click.command(
    "lint",
    cls=Command,
    words=Text(
        "台帳が機械判読可能な表のルール(総務省 2020-12-18)に合うかを、セルごとに調べます。",
        "Checks a ledger by the national rules for machine-readable tables, cell for cell.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--excel",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text(
        "合わないセルに色とコメントを付けた Excel の写しを書きます。",
        "Writes a copy as a workbook with the cells coloured and commented.",
    ),
)
@option(
    "--fix",
    "clean",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text(
        "直した写しを書きます(.csv か .xlsx)。変えた箇所と除いた行をすべて表示します。",
        "Writes a clean copy (.csv or .xlsx); every change and every row left out is listed.",
    ),
)
@option("--json", "is_json", is_flag=True, help=Text("JSON で出力します。", "Prints JSON."))
def command(file: Path, excel: Path | None, clean: Path | None, is_json: bool) -> int:
    """Prints what breaks the rules; the exit code is 3 when something does."""
    # Imported here, because openpyxl takes long to load.
    from gis_capture.report.lint.check import lint_ledger
    from gis_capture.report.lint.fix import write_clean_copy
    from gis_capture.report.lint.marking import write_marked

    language = language_of()
    for path in (excel, clean):
        if path is not None and path.resolve() == file.resolve():
            told = Text("元の台帳には書き込めません。別の名前にしてください。", "Name another file than the ledger.")
            raise click.UsageError(told.in_language(language))
    lint = lint_ledger(file)
    document = lint.to_json(language)
    if excel is not None:
        with replacing(excel) as unfinished:
            write_marked(lint, file, unfinished, language=language)
    if clean is not None:
        document["fixed"] = write_clean_copy(lint, clean).to_json(language)
    if is_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    _print(document, language)
    return 3 if lint.findings else 0


def _print(document: dict[str, Any], language: str) -> None:
    source = document["source"]
    click.echo(f"{source['path']}  ({source['driver']}, {source['encoding'] or '-'})")
    for rule in document["rules"]:
        mark = f"{rule['n_places']:,}" if rule["n_places"] else "○"
        click.echo(f"  {rule['rule']:<5}{rule['title']}: {mark}")
        shown = [finding for finding in document["findings"] if finding["rule"] == rule["rule"]]
        for finding in shown[:_MAX_SHOWN]:
            by_hand = NO_TEXT if finding["is_fixed"] else Text("（--fix では直りません）", "(not mended by --fix)")
            parts = (finding["cell"], finding["message"], finding["suggestion"], by_hand.in_language(language))
            click.echo("      " + " ".join(part for part in parts if part))
        if rule["n_places"] > _MAX_SHOWN:
            more = rule["n_places"] - _MAX_SHOWN
            click.echo("      " + Text(f"ほかに{more:,}か所", f"and {more:,} more").in_language(language))
    if "fixed" in document:
        _print_fixed(document["fixed"], language)


def _print_fixed(fixed: dict[str, Any], language: str) -> None:
    """All that is otherwise in the clean copy; rows that were left out for the same reason stand in one line."""
    between = Text("、", ", ").in_language(language)
    click.echo(Text("書いたファイル: ", "Written: ").in_language(language) + between.join(fixed["files"]))
    for change in fixed["changes"]:
        click.echo(f"  [{change['rule']}] {change['cell']} {change['message']}")
    rows: dict[tuple[str, str], list[str]] = {}
    for row in fixed["left_out"]:
        rows.setdefault((row["table"], row["words"]), []).append(str(row["row"]))
    for (table, words), numbers in rows.items():
        listed = between.join(numbers)
        told = Text(
            f"  除いた行（{words}）: 「{table}」の{listed}行目", f'  rows left out ({words}): {listed} of "{table}"'
        )
        click.echo(told.in_language(language))
    for problem in fixed["told"]:
        click.echo(f"  {problem['message']}")
