"""`gis-capture paper`: ledgers on paper, read, confirmed and finished as ordinary sources."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.language import Command, Group, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

command = Group(
    "paper",
    modules={},
    words=Text(
        "紙の台帳のスキャンを表にし、迷うマスを確かめて、ふつうの台帳にします。",
        "Makes tables of scanned ledgers, has the cells in doubt confirmed, and gives an ordinary ledger.",
    ),
)
_author = option("--author", default="", help=Text("行う人の名前。", "Who does it."))
_scan = click.argument("scan_id")
_BOOK = click.Path(path_type=Path, dir_okay=False)


@command.command(
    "read",
    cls=Command,
    words=Text(
        "スキャンか写真(PDF・TIFF・JPEG・PNG)を読み取ります。途中で止まったものは list の番号で続きから読みます。",
        "Reads scans or photographs (PDF, TIFF, JPEG, PNG); an id of list goes on with one that was cut.",
    ),
)
@click.argument("scans", nargs=-1, required=True)
@_author
@workspace_option
def read(scans: tuple[str, ...], author: str, folder: Path | None) -> int:
    """Reads; the exit code is 3 where cells wait for a person, or something could not be read."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE

    n_open = 0
    with open_workspace(folder) as workspace:
        for scan in scans:
            path = Path(scan)
            taken = workspace.scanned.take(path, name=path.name, author=author) if path.suffix else scan
            told = workspace.scanned.read(taken, _tell_page)
            _tell(told)
            n_open += told.get("n_open", 1) + len(_without_table(told))
    return EXIT_ATTENTION if n_open else EXIT_DONE


@command.command("list", cls=Command, words=Text("読み取った台帳を並べます。", "Lists what was taken in."))
@workspace_option
def list_scanned(folder: Path | None) -> None:
    """Lists, newest first."""
    with open_workspace(folder) as workspace:
        for told in workspace.scanned.list():
            _tell(told)


@command.command(
    "show",
    cls=Command,
    words=Text(
        "読み取った台帳の表と、確かめるマス(読み取った文字と、迷う理由)を表示します。",
        "Shows the tables of a ledger and the cells to confirm: what was read, and what is in doubt.",
    ),
)
@_scan
@workspace_option
def show(scan_id: str, folder: Path | None) -> None:
    """Shows one ledger; rows and columns count from 1, as on paper."""
    with open_workspace(folder) as workspace:
        told = workspace.scanned.get(scan_id)
        _tell(told)
        if told["state"] != "read":
            return
        review = workspace.scanned.review(scan_id)
    for number, table in enumerate(told["tables"]):
        columns, n_open = " | ".join(table["columns"]), table["n_open"]
        n_rows = table["n_rows"] - table["header_rows"]
        say(
            Text(
                f"表{number + 1}: {n_rows:,}行 [{columns}]、あと {n_open:,}マス",
                f"Table {number + 1}: {n_rows:,} rows [{columns}], {n_open:,} cells to confirm",
            )
        )
        for place in review.open_places(number):
            cell, words = review.by_place[place], review.cell_json(place)
            at = f"  p{cell.page} {place.row + 1}-{place.column + 1} 「{cell.proposal}」"
            doubts = {language: "、".join(one[language] for one in words["doubts"]) for language in ("ja", "en")}
            say(Text(f"{at} {doubts['ja']}", f"{at} {doubts['en']}"))


@command.command(
    "export",
    cls=Command,
    words=Text(
        "確かめるマスを画像付きの Excel ブックにします。「正しい値」を直すか「確認」に ○ を付け、import で戻します。",
        "Writes the cells to confirm as an Excel workbook with pictures, to be filled in and brought back by import.",
    ),
)
@_scan
@option("--out", "path", required=True, type=_BOOK, help=Text("書き出す .xlsx。", "The .xlsx to write."))
@workspace_option
def export(scan_id: str, path: Path, folder: Path | None) -> None:
    """Writes the workbook, whole or not at all."""
    from gis_capture.durability import replace_durably
    from gis_capture.workspace.scanned.workbook import write_workbook

    with open_workspace(folder) as workspace:
        unfinished = path.with_name(path.name + ".part")
        try:
            n_left = write_workbook(workspace.scanned, scan_id, unfinished)
            replace_durably(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
    say(Text(f"「{path}」に書きました。", f'Wrote "{path}".'))
    if n_left:
        say(
            Text(
                f"あと {n_left:,}マスあります。戻してから、もう一度書き出してください。",
                f"{n_left:,} cells are left: bring this one back, then export again.",
            )
        )


@command.command(
    "import",
    cls=Command,
    words=Text(
        "確かめたブックを戻します。ほかの人が先に別の値に決めたマスは、そのまま残して知らせます。",
        "Brings a workbook back; cells that somebody decided otherwise meanwhile stay, and are told.",
    ),
)
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_author
@workspace_option
def import_decisions(path: Path, author: str, folder: Path | None) -> int:
    """Keeps the decisions; the exit code is 3 where some clash or cells still wait."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.workspace.scanned.workbook import read_workbook

    with open_workspace(folder) as workspace:
        scan_id, choices, seen = read_workbook(workspace.scanned, path)
        outcome = workspace.scanned.decide(scan_id, choices, seen=seen, author=author)
        told = workspace.scanned.get(scan_id)
    for clash in outcome.clashes:
        row, stands = clash.stands.place.row + 1, clash.stands
        say(
            Text(
                f"{row}行目: {stands.author}さんが先に「{stands.text}」と決めています(ブックでは「{clash.wanted}」)。",
                f'Row {row}: {stands.author} had decided "{stands.text}" (the workbook says "{clash.wanted}").',
            ),
            error=True,
        )
    n = len(choices) - len(outcome.clashes)
    say(Text(f"{n:,}マスを決めました。", f"{n:,} cells are decided."))
    _tell(told)
    return EXIT_ATTENTION if outcome.clashes or told["n_open"] else EXIT_DONE


@command.command(
    "finish",
    cls=Command,
    words=Text(
        "すべて確かめた表を Excel の台帳にします。gis-capture convert でふつうに取り込めます。",
        "Makes the confirmed tables a workbook that gis-capture convert takes like any ledger.",
    ),
)
@_scan
@option("--out", "path", required=True, type=_BOOK, help=Text("書き出す .xlsx。", "The .xlsx to write."))
@_author
@workspace_option
def finish(scan_id: str, path: Path, author: str, folder: Path | None) -> None:
    """Writes the workbook."""
    with open_workspace(folder) as workspace:
        made = workspace.scanned.finish(scan_id, author=author)
        shutil.copyfile(workspace.scanned.finished(scan_id)[0], path)
    say(Text(f"「{path}」に {made['n_rows']:,}行を書きました。", f'Wrote {made["n_rows"]:,} rows to "{path}".'))
    say(
        Text(
            f'次は「gis-capture convert "{path}"」で取り込みます(何が入るかは「gis-capture inspect "{path}"」)。',
            f'Next: gis-capture convert "{path}" takes it in; gis-capture inspect "{path}" says what is in it.',
        )
    )


def _tell_page(done: int, total: int) -> None:
    say(Text(f"  {done} / {total} ページ", f"  {done} of {total} pages"))


def _without_table(told: Mapping[str, Any]) -> list[int]:
    return [page["number"] for page in told.get("pages", ()) if page["state"] == "no_table"]


def _tell(told: Mapping[str, Any]) -> None:
    head = f"{told['scan_id']}  {told['name']}"
    if told["state"] == "read":
        n, n_open = told["n_cells"], told["n_open"]
        say(Text(f"{head}: {n:,}マスのうち、あと {n_open:,}マス", f"{head}: {n_open:,} of {n:,} cells to confirm"))
        if without := ", ".join(map(str, _without_table(told))):
            say(
                Text(
                    f"  {without}ページには表が見つからず、行が入っていません。"
                    "表のあるページなら、まっすぐに 300dpi でもう一度スキャンしてください。",
                    f"  No table was found on page {without}: its rows are missing. "
                    "Where there is one, scan the page again, straight and at 300 dpi.",
                ),
                error=True,
            )
    elif isinstance(problem := told["problem"], dict):
        say(Text(f"{head}: {problem['ja']}", f"{head}: {problem['en']}"), error=True)
    else:
        say(Text(f"{head}: 読み取り待ち", f"{head}: waits to be read"))
