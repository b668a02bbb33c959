"""Keeps lists of problems readable: a hundred thousand equal ones help nobody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from gis_capture.ledger.values import MAX_PROBLEMS
from gis_capture.model import Problem, Text

_Kind = tuple[str, str | None, str | None]


def bound_problems(problems: Iterable[Problem], *, max_of_a_kind: int = MAX_PROBLEMS + 1) -> tuple[Problem, ...]:
    """Keeps at most so many problems of one code, column and field, and tells how many more there were.

    The default leaves room for what cleaning a column tells about those it has bounded itself.
    """
    kept: list[Problem] = []
    counts: Counter[_Kind] = Counter()
    last: dict[_Kind, Problem] = {}
    for problem in problems:
        kind = (problem.code, problem.column, problem.field)
        counts[kind] += 1
        last[kind] = problem
        if counts[kind] <= max_of_a_kind:
            kept.append(problem)
    for kind, n in counts.items():
        if n > max_of_a_kind:
            rest = n - max_of_a_kind
            message = Text(f"ほかに同じような件が{rest:,}件あります。", f"There are {rest:,} more like this.")
            kept.append(replace(last[kind], message=message, row_number=None, cell=None, places=()))
    return tuple(kept)
