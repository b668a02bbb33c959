"""How an accounting and its problems are printed for a person."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from gis_capture.convert.accounting import TableAccount
from gis_capture.model import Problem
from gis_capture.text import Text

MAX_PROBLEMS = 20
MAX_OF_A_KIND = {"error": MAX_PROBLEMS, "warning": 6, "info": 3}
SEVERITIES = {"error": Text("誤り", "error"), "warning": Text("確認", "warning"), "info": Text("参考", "note")}


def accounting_line(
    *, n_source_rows: int, n_loaded: int, n_unlocated: int, n_rejected: int, n_skipped: int, language: str
) -> str:
    """Says where every row of a source went."""
    return Text(
        f"読んだ行 {n_source_rows:,} = 地図に載った行 {n_loaded:,} + 位置なし {n_unlocated:,}"
        f" + 受け付けない行 {n_rejected:,} + 対象外の行 {n_skipped:,}",
        f"{n_source_rows:,} rows read = {n_loaded:,} loaded + {n_unlocated:,} unlocated"
        f" + {n_rejected:,} rejected + {n_skipped:,} skipped",
    ).in_language(language)


def print_reasons(reasons: Iterable[Mapping[str, Any]]) -> None:
    """Prints why rows are not on the map, as a conversion's JSON gives it."""
    for reason in reasons:
        click.echo(f"    {reason['words']}: {reason['n_rows']:,}")


def print_tables(tables: Sequence[TableAccount], titles: Mapping[str, Text], *, language: str) -> None:
    """Prints where each table went and what became of its rows, where a source has several."""
    for table in tables if len(tables) > 1 else ():
        key = table.layer or ""
        where = titles.get(key, Text(key, key)) if key else Text("取り込まず", "left out")
        told = Text(
            f"{table.place} → {where.ja}: {table.n_source_rows:,} 行(地図 {table.n_loaded:,}、位置なし"
            f" {table.n_unlocated:,}、受け付けない {table.n_rejected:,}、対象外 {table.n_skipped:,})",
            f"{table.place} → {where.en}: {table.n_source_rows:,} rows ({table.n_loaded:,} loaded,"
            f" {table.n_unlocated:,} unlocated, {table.n_rejected:,} rejected, {table.n_skipped:,} skipped)",
        )
        click.echo("    " + told.in_language(language))


def print_problems(problems: Iterable[Problem], *, language: str) -> None:
    """Prints errors and warnings first, what is said of many rows once, at most MAX_PROBLEMS, and counts the rest.

    Of the same kind MAX_OF_A_KIND are enough: seventy ditto marks would hide what else there is.
    """
    order = {"error": 0, "warning": 1, "info": 2}
    alike: dict[tuple[object, ...], list[Problem]] = {}
    for problem in sorted(problems, key=lambda problem: (order[problem.severity], problem.row_number or 0)):
        alike.setdefault((problem.code, problem.table, problem.column, problem.message), []).append(problem)
    n_of_a_kind, n_shown, rest = Counter[str](), 0, Counter[str]()
    for first, *others in alike.values():
        n_of_a_kind[first.code] += 1
        if n_shown == MAX_PROBLEMS or n_of_a_kind[first.code] > MAX_OF_A_KIND[first.severity]:
            rest[first.severity] += 1 + len(others)
        else:
            n_shown += 1
            _print_problem(first, len(others), language)
    if rest:
        counts = "、".join(f"{SEVERITIES[severity].in_language(language)} {n:,}" for severity, n in rest.items())
        click.echo(Text(f"  ほかに {counts} 件", f"  and {counts} more").in_language(language))


def _print_problem(problem: Problem, n_others: int, language: str) -> None:
    table = "" if problem.cell else problem.table or ""
    where = problem.cell or (
        Text(f"{problem.row_number}行目", f"row {problem.row_number}").in_language(language)
        if problem.row_number
        else problem.column or ""
    )
    also = Text(f"ほか {n_others:,} か所", f"and {n_others:,} more places").in_language(language) if n_others else ""
    words, todo = problem.message.in_language(language), problem.suggestion.in_language(language)
    label = SEVERITIES[problem.severity].in_language(language)
    click.echo("  " + " ".join(part for part in (f"[{label}]", table, where, also, words, todo) if part))


def needs_attention(problems: Iterable[Problem]) -> bool:
    """True when a person has to look: something was left out or is doubtful."""
    return any(problem.severity != "info" for problem in problems)
