"""What the values of a column can be checked against, and which cells nobody needs to look at.

Checks only propose and confirm. A cell is accepted by itself only where both engines say the same, a check of its
column confirms it, nothing about it is in doubt, and none of its letters is one that both engines are known to misread.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from gis_capture.ledger.values.dates import DateReading, parse_date
from gis_capture.ledger.words import is_carried_word
from gis_capture.paper.ledgers.letters import has_foreign, is_risky, key, tidy
from gis_capture.paper.ledgers.table import ColumnKind, ScannedCell, ScannedTable

_MOST = 0.8
_AT_LEAST = 4
_UNSURE_BELOW = 0.6
_CLOSE_TOWN = 70
_LIKE_ANOTHER = 60
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?")
_YEARS = (1868, 2060)
_SUM = re.compile(r"(小|合|総|累|町|頁|ページ|年度)?計")


@dataclass(frozen=True, slots=True)
class Known:
    """What the office knows and values can be checked against.

    Attributes:
        towns: Names of the towns of its address dictionary.
        words: Allowed values of the domains of its layers, and titles of their fields.
    """

    towns: Sequence[str] = ()
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Check:
    """How the values of a column are checked: `confirm` gives a doubt, or "" for a value that is right."""

    kind: ColumnKind
    confirm: Callable[[str, int], str]
    correct: Callable[[Sequence[str], int], str | None] = lambda texts, row: None


def judge(table: ScannedTable, known: Known) -> ScannedTable:
    """Gives each cell its proposal and its doubts, and accepts those that nobody needs to look at."""
    towns = {key(town): town for town in known.towns}
    words = {key(word): word for word in known.words}
    columns: dict[int, list[ScannedCell]] = {column: [] for column in range(table.n_columns)}
    for cell in table.cells:
        if cell.row >= table.header_rows and cell.column_span == 1:
            columns[cell.column].append(cell)
    checks = {column: _check_of(cells, towns, words) for column, cells in columns.items()}
    head = _Check("domain", lambda text, _: "" if key(text) in words else "free_text")
    judged = tuple(_judged(cell, head if cell.row < table.header_rows else checks[cell.column]) for cell in table.cells)
    kinds = tuple(checks[column].kind for column in range(table.n_columns))
    return replace(table, cells=_with_sums(judged, kinds, table.header_rows), kinds=kinds)


def _judged(cell: ScannedCell, check: _Check) -> ScannedCell:
    texts = [tidy(one.text) for one in cell.readings]
    doubts = list(cell.doubts)
    if not texts:
        # What is written in red is taken for a stamp: it waits.
        return replace(cell, proposal="", is_accepted=not doubts)
    confirmed = [text for text in texts if text and not check.confirm(text, cell.row)]
    proposal = confirmed[0] if confirmed else check.correct(texts, cell.row) or next((one for one in texts if one), "")
    if len(texts) < 2:
        doubts.append("one_engine")
    elif len({key(text) for text in texts}) > 1:
        doubts.append("engines_differ")
    elif key(proposal) != key(texts[0]):
        # What is proposed is what no engine has read.
        doubts.append("engines_differ")
    if min(one.confidence for one in cell.readings[:1]) < _UNSURE_BELOW:
        doubts.append("unsure")
    if any(is_risky(text) for text in (proposal, *texts)):
        doubts.append("risky_character")
    if any(has_foreign(text) for text in texts):
        doubts.append("not_japanese")
    doubt = check.confirm(proposal, cell.row)
    if doubt:
        doubts.append(doubt)
    if not proposal:
        doubts.append("unread")
    unique = tuple(dict.fromkeys(doubts))
    return replace(cell, proposal=proposal, doubts=unique, is_accepted=not unique)


def _check_of(cells: Sequence[ScannedCell], towns: Mapping[str, str], words: Mapping[str, str]) -> _Check:
    """The first check that nearly all values of a column pass that the engines agree on."""
    agreed = {
        cell.row: tidy(cell.readings[0].text)
        for cell in cells
        if cell.readings and len({key(one.text) for one in cell.readings}) == 1 and cell.readings[0].text
    }
    for make in (_running, _town, _date, _number, _code):
        check = make(agreed, towns) if agreed else None
        if check is not None:
            return check
    return _domain(cells, agreed, words)


def _running(agreed: Mapping[int, str], _: Mapping[str, str]) -> _Check | None:
    """Numbers that go up by one from row to row, with what stands before them and their leading zeros."""
    steps: Counter[tuple[str, int]] = Counter()
    for row, text in agreed.items():
        match = re.fullmatch(r"(.*?)(\d+)", key(text))
        if match:
            steps[match[1], int(match[2]) - row] += 1
    if not steps:
        return None
    (head, offset), n = steps.most_common(1)[0]
    if n < max(_MOST * len(agreed), _AT_LEAST):
        return None
    lengths = Counter(len(text) for row, text in agreed.items() if key(text).endswith(str(row + offset)))
    padded = min(lengths) == max(lengths) if lengths else False
    width = max(lengths) - len(head) if padded else 0

    def expected(row: int) -> str:
        return f"{head}{row + offset:0{width}}"

    def confirm(text: str, row: int) -> str:
        return "" if key(text) == expected(row) else "out_of_order"

    def correct(texts: Sequence[str], row: int) -> str | None:
        near = max(fuzz.ratio(key(text), expected(row)) for text in texts)
        return expected(row) if near >= _LIKE_ANOTHER else None

    return _Check("running", confirm, correct)


def _town(agreed: Mapping[int, str], towns: Mapping[str, str]) -> _Check | None:
    if not towns or sum(key(text) in towns for text in agreed.values()) < max(0.6 * len(agreed), _AT_LEAST - 1):
        return None

    def confirm(text: str, _: int) -> str:
        return "" if key(text) in towns else "unknown_town"

    def correct(texts: Sequence[str], _: int) -> str | None:
        return _nearest(texts, towns, _CLOSE_TOWN)

    return _Check("town", confirm, correct)


def _nearest(texts: Sequence[str], allowed: Mapping[str, str], least: float) -> str | None:
    """The allowed text that is nearest to what was read, when no other is as near."""
    found: Counter[str] = Counter()
    for text in texts:
        for match, score, _ in process.extract(key(text), allowed.keys(), scorer=fuzz.ratio, limit=3):
            found[match] = max(found[match], int(score))
    best = found.most_common(2)
    if not best or best[0][1] < least or (len(best) > 1 and best[1][1] == best[0][1]):
        return None
    return allowed[best[0][0]]


def _date(agreed: Mapping[int, str], _: Mapping[str, str]) -> _Check | None:
    """Days, months, years: possible ones, written as most of the column are."""

    def is_date(text: str) -> bool:
        if not re.search(r"\d", text) or key(text).isdigit():
            return False
        reading = parse_date(text)
        return isinstance(reading, DateReading) and not reading.notes and (
            _YEARS[0] <= reading.first_day.year <= _YEARS[1]
        )  # fmt: skip

    if sum(map(is_date, agreed.values())) < max(_MOST * len(agreed), _AT_LEAST):
        return None
    forms = _usual_forms([text for text in agreed.values() if is_date(text)])

    def confirm(text: str, _: int) -> str:
        if not is_date(text):
            return "no_date"
        return "" if _form(text) in forms else "unusual"

    return _Check("date", confirm)


def _number(agreed: Mapping[int, str], _: Mapping[str, str]) -> _Check | None:
    """Numbers, with as many decimals as most of the column have."""
    numbers = [text for text in agreed.values() if _NUMBER.fullmatch(key(text))]
    if len(numbers) < max(_MOST * len(agreed), _AT_LEAST):
        return None
    decimals = Counter(_decimals(text) for text in numbers)
    usual = {n for n, count in decimals.items() if count >= max(0.1 * len(numbers), 2)}

    def confirm(text: str, _: int) -> str:
        return "" if _NUMBER.fullmatch(key(text)) and _decimals(text) in usual else "unusual"

    return _Check("number", confirm)


def _decimals(text: str) -> int:
    return len(key(text).partition(".")[2])


def _code(agreed: Mapping[int, str], _: Mapping[str, str]) -> _Check | None:
    """Lots, posts, numbers with letters: of a form that is usual in the column."""
    forms = _usual_forms(list(agreed.values()))
    is_code = [bool(re.search(r"\d", text)) and _form(text) in forms for text in agreed.values()]
    if sum(is_code) < max(_MOST * len(agreed), _AT_LEAST):
        return None

    def confirm(text: str, _: int) -> str:
        return "" if _form(text) in forms else "unusual"

    return _Check("code", confirm)


def _usual_forms(texts: Sequence[str]) -> set[str]:
    forms = Counter(map(_form, texts))
    return {form for form, n in forms.items() if n >= max(0.08 * len(texts), 3)}


def _form(text: str) -> str:
    """A text with a 9 for each number; all else stays."""
    return re.sub(r"\d+", "9", key(text))


def _domain(cells: Sequence[ScannedCell], agreed: Mapping[int, str], words: Mapping[str, str]) -> _Check:
    """Words that the office allows, or that the engines have read alike again and again."""
    counts = Counter(key(text) for text in agreed.values())
    repeated = {word: tidy(word) for word, n in counts.items() if n >= 3}
    n_inked = sum(bool(cell.readings) for cell in cells)
    # What the engines do not agree on says nothing of the column, as long as they agree on some of it.
    is_closed = (
        bool(agreed) and len(agreed) >= 0.3 * n_inked and (sum(counts[word] for word in repeated) >= 0.6 * len(agreed))
    )
    allowed = {word: words[word] for word in counts if word in words} | (repeated if is_closed else {})

    def confirm(text: str, _: int) -> str:
        if key(text) in allowed:
            return ""
        return "unusual" if is_closed else "free_text"

    def correct(texts: Sequence[str], _: int) -> str | None:
        return _nearest(texts, allowed, _LIKE_ANOTHER) if is_closed and allowed else None

    return _Check("domain" if is_closed else "text", confirm, correct)


def _with_sums(cells: Sequence[ScannedCell], kinds: Sequence[ColumnKind], header_rows: int) -> tuple[ScannedCell, ...]:
    """Numbers of a column that do not add up to what a row of sums says below them are in doubt, and so is that sum."""
    body = [cell for cell in cells if cell.row >= header_rows]
    carried = {cell.row for cell in body if is_carried_word(cell.proposal)}
    sums = carried | {cell.row for cell in body if _SUM.fullmatch(key(cell.proposal))}
    doubted: set[tuple[int, int]] = set()
    for column, kind in enumerate(kinds):
        if not sums or kind != "number":
            continue
        values = {cell.row: key(cell.proposal).replace(",", "") for cell in cells if cell.column == column}
        rows = {row: text for row, text in values.items() if row >= header_rows and text}
        doubted |= {(row, column) for row in _not_adding_up(rows, sums, carried)}
    return tuple(
        replace(cell, doubts=(*cell.doubts, "sum_differs"), is_accepted=False)
        if (cell.row, cell.column) in doubted and cell.proposal
        else cell
        for cell in cells
    )


def _not_adding_up(values: Mapping[int, str], sums: AbstractSet[int], carried: AbstractSet[int]) -> set[int]:
    """Rows of a column, and their sum, where that is of neither what stands since the sum before it nor all above.

    What a ledger carries in from the one before it is the first of its parts.
    """
    doubted: set[int] = set()
    right: set[int] = set()
    above: list[int] = []
    since: list[int] = []
    for row in sorted(values):
        if row not in sums or (row in carried and not above):
            above.append(row)
            since.append(row)
            continue
        of = next((rows for rows in (since, above) if _is_sum(values[row], [values[one] for one in rows])), None)
        if of is None:
            doubted |= {row, *(since or above)} - right
        else:
            right.update(of)
        since = []
    return doubted


def _is_sum(total: str, parts: Sequence[str]) -> bool:
    try:
        return bool(parts) and abs(sum(map(float, parts)) - float(total)) < 1e-6
    except ValueError:
        return False
