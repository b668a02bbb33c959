"""How the command line shows what a next version of a ledger changes."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.accounting import needs_attention, print_problems
from gis_capture.text import Text
from gis_capture.workspace.reimport import ListedRow, Reimport

MAX_LINES = 40


def check_list_name(path: Path | None) -> None:
    """Stops before anything is written when the list could not be."""
    if path is not None:
        from gis_capture.report.update_list import check_name

        check_name(path)


def print_reimport(reimport: Reimport, file: Path, *, report: Path | None, is_json: bool, language: str) -> int:
    """Prints what changes, or has changed; gives the exit code, 3 when rows need attention."""
    document = reimport.to_json(language)
    if report:
        # Imported here, because most runs write no list.
        from gis_capture.report.update_list import write_update_list

        write_update_list(report, document, language=language)
    if is_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    parts = (reimport, *reimport.others)
    for part in () if is_json else parts:
        _print(part, part.to_json(language), file, language)
    asked = ("n_listed", "n_rejected", "n_removed", "n_conflicts", "n_waiting")
    waits = sum(part.counts[name] for part in parts for name in asked)
    return 3 if waits or any(needs_attention(part.problems) for part in parts) else 0


def _print(reimport: Reimport, document: dict[str, Any], file: Path, language: str) -> None:
    base, counts = reimport.base["source_name"], reimport.counts
    key = "・".join(reimport.key_columns)
    head = Text(
        f"{file.name} → {reimport.layer}(前回: {base}、突き合わせた列: {key or 'なし'})",
        f"{file.name} → {reimport.layer} (last version: {base}, matched by: {key or 'nothing'})",
    )
    click.echo(head.in_language(language))
    line = Text(
        "  読んだ行 {n_source_rows:,} = 変わらない行 {n_unchanged:,} + 変わった行 {n_changed:,} + 新しい行 {n_new:,}"
        " + 人が決める行 {n_listed:,} + 受け付けない行 {n_rejected:,} + 対象外の行 {n_skipped:,}",
        "  {n_source_rows:,} rows read = {n_unchanged:,} unchanged + {n_changed:,} changed + {n_new:,} new"
        " + {n_listed:,} to decide + {n_rejected:,} rejected + {n_skipped:,} skipped",
    ).in_language(language)
    click.echo(line.format(n_source_rows=reimport.conversion.n_source_rows, **counts))
    rest = Text(
        "  なくなった行 {n_removed:,}、現場の修正と食い違う行 {n_conflicts:,}、受け付けられない変更 {n_waiting:,}",
        "  {n_removed:,} rows gone, {n_conflicts:,} clash with edits of crews, {n_waiting:,} changes not accepted",
    ).in_language(language)
    click.echo(rest.format(**counts))
    print_lines(document, language)
    print_problems(reimport.problems, language=language)
    if reimport.import_id is None:
        return
    if counts["n_removed"] or counts["n_listed"]:
        todo = Text(
            f"  決めるには: gis-capture imports --removed {reimport.import_id}",
            f"  To decide: gis-capture imports --removed {reimport.import_id}",
        )
        click.echo(todo.in_language(language))


def print_lines(document: dict[str, Any], language: str) -> None:
    """Prints one line for each change, at most MAX_LINES, and counts the rest."""
    from gis_capture.report.update_list import update_lines

    lines = list(update_lines(document, language=language))
    for kind, table, row, key, label, field, old, new, now, result in lines[:MAX_LINES]:
        where = Text(f"{row}行目", f"row {row}").in_language(language)
        name = " ".join(dict.fromkeys(part for part in (key, label) if part))
        change = f"{field}: {old} → {new}" if field else old or new
        stored = Text(f"(今: {now})", f" (now: {now})").in_language(language) if now and now != old else ""
        words = (f"[{kind}]", table if _has_tables(lines) else "", where, name, change + stored, result)
        click.echo("    " + " ".join(part for part in words if part)[:400])
    if len(lines) > MAX_LINES:
        n = len(lines) - MAX_LINES
        more = Text(
            f"    ほかに {n:,} 件。--report で全部の一覧を書けます。", f"    and {n:,} more; --report lists them."
        )
        click.echo(more.in_language(language))


def print_open_rows(rows: Iterable[ListedRow], language: str) -> None:
    """Prints the rows on which a person decides, with what can be decided."""
    from gis_capture.report.update_list_words import KINDS, TAKES

    for row in rows:
        name = " ".join(dict.fromkeys(part for part in (row.key, row.label) if part))
        where = Text(f"{row.row_number}行目", f"row {row.row_number}").in_language(language)
        take = (row.decision or {}).get("take")
        decided = TAKES[take or "undecided"].in_language(language)
        takes = "" if take else f" ({' | '.join(row.takes)})"
        click.echo(f"  [{KINDS[row.kind].in_language(language)}] {row.table} {where} {name}: {decided}{takes}")


def _has_tables(lines: list[tuple[str, ...]]) -> bool:
    return len({line[1] for line in lines}) > 1
