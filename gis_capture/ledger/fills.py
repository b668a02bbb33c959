"""Fills merged cells and ditto marks down the rows; every fill is noted with the cell it went to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from gis_capture.ledger import codes, words
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.recipes.recipe import ColumnRule
from gis_capture.ledger.table import Table
from gis_capture.model import Problem
from gis_capture.text import Text

_AMOUNT = re.compile(r"\s*(?:約|およそ)?\s*[△▲+\-−－]?[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?\s*([^\d\s].*)")
_ORDINALS = frozenset({"年", "年度", "月", "日", "時", "区", "町", "線", "組", "種"})
_IDENTIFIER = re.compile(r"番号|No|№|コード|ID|年度|年次|年$|号$|階$|丁目|番$|区分|分類|地区", re.IGNORECASE)


@dataclass
class Fills:
    """Values of a table while they are filled in; positions and rows count from 0 in the grid.

    Attributes:
        place: Position in the grid to index of the column.
        resets: Rows after which a ditto mark has nothing to repeat.
        rules: What a recipe says of columns, by their names.
    """

    table: Table
    rows: Sequence[int]
    place: Mapping[int, int]
    grid: Grid
    resets: set[int]
    rules: Mapping[str, ColumnRule] = field(default_factory=dict)
    values: list[Sequence[str | None]] = field(init=False)
    notes: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begins with the values of the source."""
        self.values = list(self.table.values)

    def rule(self, index: int) -> ColumnRule:
        """What a recipe says of a column; the usual where it says nothing."""
        name = self.table.columns[index].name
        return self.rules.get(name) or ColumnRule(name)

    def writable(self, index: int) -> list[str | None]:
        """The column's values as a list that may be changed."""
        column = self.values[index]
        if not isinstance(column, list) or column is self.table.values[index]:
            column = list(column)
            self.values[index] = column
        return column

    def tell(self, code: str, index: int, at: int, message: Text, suggestion: Text | None = None) -> None:
        """Notes a fill (or, with a suggestion, reports a problem) at a row given by its place in the table."""
        column, row_number = self.table.columns[index], self.table.row_numbers[at]
        problem = Problem(
            code,
            "warning" if suggestion else "info",
            message,
            suggestion or Text("", ""),
            row_number=row_number,
            column=column.name,
            cell=self.table.cell_name(row_number, column),
        )
        (self.problems if suggestion else self.notes).append(problem)


def fill_merges(fills: Fills) -> None:
    """Repeats the text of a vertically merged cell in each of its rows; a number stays in the first row only."""
    if not fills.grid.merges:
        return
    place_of_row = {row: at for at, row in enumerate(fills.rows)}
    for merge in fills.grid.merges:
        inside = [
            place_of_row[row]
            for row in range(merge.top, min(merge.bottom, fills.grid.n_rows - 1) + 1)
            if row in place_of_row
        ]
        if not inside or merge.top not in place_of_row:
            continue
        if merge.right > merge.left:
            _tell_across(fills, merge, inside[0])
        if len(inside) > 1 and merge.left in fills.place:
            _fill_down(fills, merge, inside)


def _tell_across(fills: Fills, merge: Merge, at: int) -> None:
    covered = [fills.place[c] for c in range(merge.left, merge.right + 1) if c in fills.place]
    text = fills.grid.columns[merge.left][merge.top] if merge.left < fills.grid.n_columns else None
    if len(covered) < 2 or text is None:
        return
    names = "・".join(fills.table.columns[index].name for index in covered)
    fills.tell(
        codes.MERGED_ACROSS_COLUMNS,
        covered[0],
        at,
        Text(
            f"「{text}」が{names}にまたがって結合されています。左端の項目に入れました。",
            f'"{text}" is merged across {names}; it was read into the first.',
        ),
        Text("結合を解除し、それぞれの項目に入力してください。", "Take the merge apart and fill in each column."),
    )


def _fill_down(fills: Fills, merge: Merge, inside: Sequence[int]) -> None:
    index = fills.place[merge.left]
    column = fills.table.columns[index]
    text = fills.values[index][inside[0]]
    if text is None:
        return
    is_date = merge.top in fills.grid.date_rows.get(merge.left, frozenset())
    is_measure = _is_amount(text) and not is_date and not re.match(r"0\d", text) and not _IDENTIFIER.search(column.name)
    span = f"{fills.table.cell_name(fills.table.row_numbers[inside[0]], column)}:{fills.table.row_numbers[inside[-1]]}"
    wanted = fills.rule(index).merged_number or "ask"
    if is_measure and wanted in ("ask", "first"):
        _tell_not_repeated(fills, index, inside, text, is_decided=wanted == "first")
        return
    if is_measure and wanted == "split" and (shares := _shares(text, len(inside))):
        values = fills.writable(index)
        for at, share in zip(inside, shares, strict=True):
            values[at] = share
            fills.tell(
                codes.MERGED_NUMBER_SPLIT,
                index,
                at,
                Text(
                    f"結合セル（{span}）の数値「{text}」を{len(inside)}行に分け、「{share}」にしました。",
                    f'Divided "{text}" of the merged cell {span} among {len(inside)} rows: "{share}".',
                ),
            )
        return
    values = fills.writable(index)
    for at in inside[1:]:
        values[at] = text
        fills.tell(
            codes.MERGE_FILLED,
            index,
            at,
            Text(f"結合セル（{span}）の「{text}」を入れました。", f'Filled in "{text}" of the merged cell {span}.'),
        )


def _fill_from_left(fills: Fills, index: int) -> None:
    """Replaces 同左 by the value of the column on the left, which was filled before."""
    column = fills.values[index]
    if not words.may_name_left(column):
        return
    marks = [at for at, value in enumerate(column) if value is not None and words.is_same_as_left(value)]
    for at in marks:
        mark = fills.values[index][at]
        left = fills.values[index - 1][at] if index else None
        if left is None or left in words.DITTO or words.is_same_as_left(left):
            fills.tell(
                codes.DITTO_WITHOUT_ABOVE,
                index,
                at,
                Text(f"「{mark}」の左に値がありません。", f'There is no value to the left of "{mark}".'),
                Text("正しい値を入力してください。", "Fill in the value."),
            )
            continue
        fills.writable(index)[at] = left
        fills.tell(
            codes.DITTO_FILLED,
            index,
            at,
            Text(f"「{mark}」を左の「{left}」にしました。", f'Replaced "{mark}" by "{left}" on the left.'),
        )


def _tell_not_repeated(fills: Fills, index: int, inside: Sequence[int], text: str, *, is_decided: bool) -> None:
    fills.tell(
        codes.MERGED_NUMBER_NOT_REPEATED,
        index,
        inside[0],
        Text(
            f"数値「{text}」が{len(inside)}行にわたって結合されています。合計が変わらないように先頭行だけに入れました。",
            f'The number "{text}" is merged over {len(inside)} rows; only the first got it, to keep sums right.',
        ),
        None
        if is_decided
        else Text(
            "各行の値ならレシピの merged_number を repeat に、分けるなら split にするか、"
            "結合を解除して行ごとに入力してください。",
            'Set merged_number to "repeat" or "split" in a recipe, or take the merge apart and fill in each row.',
        ),
    )


def _is_amount(text: str) -> bool:
    """Whether a text is a number, with a unit or without; 3組 and 2区 are names, which may be repeated."""
    match = _AMOUNT.fullmatch(text)
    return words.is_number(text) or (match is not None and words.is_unit(match[1]) and match[1] not in _ORDINALS)


def _shares(text: str, n: int) -> list[str] | None:
    """Divides a number into equal shares of at most three more decimals; the last takes what is left over."""
    plain = words.fold(text).replace(",", "").replace("−", "-")
    try:
        whole = Decimal(("-" if plain[:1] in "△▲" else "") + plain.lstrip("△▲"))
    except InvalidOperation:
        return None
    exponent = whole.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > 12 or whole.adjusted() > 15:
        return None
    share = whole / n
    places = next((p for p in range(-exponent, -exponent + 3) if round(share, p) * n == whole), max(3, -exponent + 3))
    shares = [round(share, places)] * (n - 1)
    return [f"{value:f}" for value in (*shares, whole - sum(shares))]


def fill_blanks(fills: Fills) -> None:
    """Fills blank cells with the value above them in columns of which a recipe says so, up to the next section."""
    for index in range(len(fills.values)):
        if not fills.rule(index).blank_means_above:
            continue
        resets = sorted(fills.resets)
        values = fills.writable(index)
        for at in range(1, len(values)):
            if values[at] is not None or values[at - 1] is None:
                continue
            if any(fills.rows[at - 1] < row < fills.rows[at] for row in resets):
                continue
            values[at] = values[at - 1]
            fills.tell(
                codes.BLANK_FILLED,
                index,
                at,
                Text(
                    f"空欄に上の行の「{values[at]}」を入れました。", f'Filled the blank with "{values[at]}" above it.'
                ),
            )


def fill_dittos(fills: Fills) -> None:
    """Replaces 〃 and 同上 by the value above them; a section or a total in between ends the chain."""
    resets = sorted(fills.resets)
    for index in range(len(fills.values)):
        found = words.DITTO.intersection(fills.values[index])
        if not fills.rule(index).ditto:
            continue
        _fill_from_left(fills, index)
        if not found:
            continue
        marks = [at for at, value in enumerate(fills.values[index]) if value in found]
        values = fills.writable(index)
        for at in marks:
            mark = values[at]
            above = values[at - 1] if at else None
            broken = at > 0 and any(fills.rows[at - 1] < row < fills.rows[at] for row in resets)
            if above is None or broken or above in words.DITTO:
                fills.tell(
                    codes.DITTO_WITHOUT_ABOVE,
                    index,
                    at,
                    Text(f"「{mark}」の上に値がありません。", f'There is no value above "{mark}".'),
                    Text("正しい値を入力してください。", "Fill in the value."),
                )
                continue
            values[at] = above
            fills.tell(
                codes.DITTO_FILLED,
                index,
                at,
                Text(f"「{mark}」を「{above}」にしました。", f'Replaced "{mark}" by "{above}".'),
            )
