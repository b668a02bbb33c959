"""Forms of which each sheet is one record (個票・調書): a template of labels and values, read over all sheets."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from gis_capture.ledger import codes, words
from gis_capture.ledger.grid import Grid, Merge
from gis_capture.ledger.names import clean_name
from gis_capture.ledger.recipes.recipe import FormRule, FormValue
from gis_capture.ledger.table import Column, Source, Table, column_letters
from gis_capture.ledger.values.folding import fold_header
from gis_capture.model import Problem
from gis_capture.text import Text

MAX_FORM_ROWS, MAX_FORM_COLUMNS = 300, 200
_MAX_LABEL_CHARS = 24
_MAX_SHORT_CHARS = 8
_CELL = re.compile(r"([A-Z]{1,3})([0-9]+)")
_IS_ENOUGH = 0.5
_IS_LIST = 3
"""Columns of values below a label make a list of a sheet where they are a third of all labels or more."""
_Place = tuple[int, int]


def is_small(grid: Grid) -> bool:
    """Whether a sheet may be a form; larger ones are lists."""
    return 0 < grid.n_rows <= MAX_FORM_ROWS and grid.n_columns <= MAX_FORM_COLUMNS


def read_form(grids: Iterable[Grid], form: FormRule, source: Source) -> tuple[Table | None, list[Grid], list[Problem]]:
    """Reads every sheet on which the labels of a form stand; a row is a sheet, in the order of the book.

    A label that has moved is looked for on its sheet; its value moves with it. A sheet with some of the labels but
    not all is left out and told; one with fewer than half of them is none of these forms.

    Returns:
        The table (None without any such sheet), the sheets that are no such forms, and what was left out.
    """
    others: list[Grid] = []
    problems: list[Problem] = []
    texts: list[list[str | None]] = [[] for _ in form.values]
    cells: dict[_Place, str] = {}
    rows: list[int] = []
    for number, grid in enumerate(grids, start=1):
        places = _places(grid, form) if is_small(grid) and form.is_for_sheet(grid.name) else []
        n_found = sum(place is not None for place in places)
        if not places or n_found < _IS_ENOUGH * len(places):
            others.append(grid)
            continue
        if n_found < len(places):
            problems.append(_left_out(grid, form, places))
            continue
        rows.append(number)
        for position, place in enumerate(places):
            assert place is not None
            texts[position].append(_text(grid, place))
            name = f"{column_letters(place[1])}{place[0]}"
            cells[number, position + 1] = f"{grid.name}!{name}" if grid.name else name
    if not rows:
        return None, others, problems
    table = Table(
        name=source.path.stem,
        source=source,
        sheet=None,
        header_rows=(),
        columns=tuple(Column(value.name, value.label, n) for n, value in enumerate(form.values, start=1)),
        row_numbers=rows,
        values=tuple(texts),
        cells=cells,
        form=form,
    )
    return table, others, problems


def are_forms(grids: Sequence[Grid]) -> bool:
    """Whether most sheets say the same labels in the same cells, in three rows or more, with values of their own.

    Words like 良好 and なし may stand on all sheets alike; of a third of the labels the values differ.
    """
    form = propose_form(grids[0]) if len(grids) > 1 else None
    if form is None or len({_parse(value.label_cell)[0] for value in form.values}) < 3:
        return False
    alike = [grid for grid in grids if is_small(grid) and _places(grid, form) == _value_places(form)]
    records = [[_text(grid, _parse(value.value_cell)) for value in form.values] for grid in alike]
    n_own = sum(len(set(values)) > 1 for values in zip(*records, strict=True))
    return len(alike) * 2 > len(grids) and len(alike) > 1 and n_own * 3 >= len(form.values)


def _value_places(form: FormRule) -> list[_Place]:
    return [_parse(value.value_cell) for value in form.values]


def propose_form(grid: Grid) -> FormRule | None:
    """Finds the labels of a form and the cells of their values: to the right of a label, or below it.

    None where fewer than three are found, or where the sheet is a list: below many a label stands more than a value.
    """
    if not is_small(grid):
        return None
    labels = _labels(grid)
    values: list[FormValue] = []
    taken: set[_Place] = set()
    names: dict[str, int] = {}
    n_columns = 0
    for row, position in sorted(labels):
        right, below = _behind(grid, (row, position)), _below(grid, (row, position))
        free = [p for p in (right, below) if _may_be_value(grid, p, labels, taken)]
        # Below a label a value stands only where one is filled in; a blank field is on the right.
        place = next((p for p in free if grid.columns[p[1]][p[0]] is not None), right if right in free else None)
        if place is None:
            continue
        taken.add(place)
        n_columns += place == below and _goes_on(grid, place, labels)
        label = clean_name(grid.columns[position][row] or "").rstrip(":：")
        names[label] = names.get(label, 0) + 1
        name = label if names[label] == 1 else f"{label}_{names[label]}"
        at, value_at = ((grid.first_row + r, grid.first_column + c) for r, c in ((row, position), place))
        values.append(FormValue(name, label, _cell(at), _cell(value_at)))
    is_list = n_columns > 1 and n_columns * _IS_LIST >= len(values)
    return FormRule(tuple(values)) if len(values) >= 3 and not is_list else None


def _goes_on(grid: Grid, place: _Place, labels: set[_Place]) -> bool:
    """Whether another value stands below a value, as in the column of a list."""
    row, position = place[0] + 1, place[1]
    return row < grid.n_rows and (row, position) not in labels and grid.columns[position][row] is not None


def _labels(grid: Grid) -> set[_Place]:
    """Cells with the words of labels, and short words that stand in one column with two or more of them.

    What stands right behind a label is its value, whatever it looks like: 備考｜要点検.
    """
    cells = [(row, p, clean_name(text)) for row in range(grid.n_rows) for p, text in grid.filled(row)]
    found = {(row, p) for row, p, text in cells if len(text) <= _MAX_LABEL_CHARS and _is_label(text)}
    n_of_column = Counter(position for _, position in found)
    likely = {
        (row, p)
        for row, p, text in cells
        if n_of_column[p] > 1 and len(text) <= _MAX_SHORT_CHARS and words.kind_of(text) == "text"
    }
    may_be = found | likely
    behind: set[_Place] = set()
    # From left to right: behind a value the next label may stand.
    for place in sorted(may_be):
        follower = _behind(grid, place)
        is_sure = place in found and follower not in found
        if place not in behind and (is_sure or not _is_label_too(grid, place, follower, found, likely)):
            behind.add(follower)
    return may_be - behind


def _is_label_too(grid: Grid, place: _Place, follower: _Place, found: set[_Place], likely: set[_Place]) -> bool:
    """Whether a label behind another is no value: the first is a heading of several, or the values stand below."""
    if (_at(grid, follower) or "").endswith((":", "：")) or _below(grid, place)[0] > _below(grid, follower)[0]:
        return True
    labels = found | likely
    below, below_follower, next_to_it = _below(grid, place), _below(grid, follower), _behind(grid, follower)
    if below in found:
        return False
    if below in likely:
        # Names in a row with values below the next one too head a list, of which the first column looks like labels.
        below_next = _below(grid, next_to_it)
        return next_to_it in labels and below_next not in labels and _at(grid, below_next) is not None
    if (text := _at(grid, below)) is not None:
        return not words.is_footnote(text)
    beyond = _at(grid, next_to_it)
    return below_follower in labels or not (beyond is None or next_to_it in labels or words.is_unit(beyond))


def _at(grid: Grid, place: _Place) -> str | None:
    row, position = place
    return grid.columns[position][row] if row < grid.n_rows and position < grid.n_columns else None


def _behind(grid: Grid, place: _Place) -> _Place:
    merge = _merge_at(grid, place)
    return place[0], (merge.right if merge else place[1]) + 1


def _below(grid: Grid, place: _Place) -> _Place:
    merge = _merge_at(grid, place)
    return (merge.bottom if merge else place[0]) + 1, place[1]


def _merge_at(grid: Grid, place: _Place) -> Merge | None:
    return next((m for m in grid.merges_by_row.get(place[0], ()) if (m.top, m.left) == place), None)


def _is_label(text: str) -> bool:
    return words.is_name_word(text) or text.strip().endswith((":", "："))


def _may_be_value(grid: Grid, place: _Place, labels: set[_Place], taken: set[_Place]) -> bool:
    row, position = place
    if not (0 <= row < grid.n_rows and 0 <= position < grid.n_columns) or place in labels or place in taken:
        return False
    # Of a merged cell only the first is one.
    covering = (m for m in grid.merges if _holds(m.top, m.bottom, row) and _holds(m.left, m.right, position))
    return all((m.top, m.left) == place for m in covering)


def _holds(first: int, last: int, value: int) -> bool:
    return first <= value <= last


def _places(grid: Grid, form: FormRule) -> list[_Place | None]:
    """Where the values stand on a sheet, rows and columns from 1 as its user sees them; None without their label."""
    where: dict[str, list[_Place]] = {}
    for row in range(grid.n_rows):
        for position, text in grid.filled(row):
            key = fold_header(text)
            where.setdefault(key, []).append((grid.first_row + row, grid.first_column + position))
    return [_place(value, where) for value in form.values]


def _place(value: FormValue, where: Mapping[str, Sequence[_Place]]) -> _Place | None:
    found = where.get(fold_header(value.label), ())
    label, target = _parse(value.label_cell), _parse(value.value_cell)
    at = label if label in found else found[0] if len(found) == 1 else None
    return (at[0] + target[0] - label[0], at[1] + target[1] - label[1]) if at else None


def text_at(grid: Grid, cell: str) -> str | None:
    """Gives what stands in a cell, named as Excel does; in a merged one what stands in its first cell."""
    return _text(grid, _parse(cell))


def _text(grid: Grid, place: _Place) -> str | None:
    row, position = place[0] - grid.first_row, place[1] - grid.first_column
    if not (0 <= row < grid.n_rows and 0 <= position < grid.n_columns):
        return None
    merge = next((m for m in grid.merges if _holds(m.top, m.bottom, row) and _holds(m.left, m.right, position)), None)
    return grid.columns[merge.left][merge.top] if merge else grid.columns[position][row]


def _left_out(grid: Grid, form: FormRule, places: Sequence[_Place | None]) -> Problem:
    value = next(value for value, place in zip(form.values, places, strict=True) if place is None)
    stands = _text(grid, _parse(value.label_cell))
    cell = f"{grid.name}!{value.label_cell}" if grid.name else value.label_cell
    return Problem(
        codes.FORM_LEFT_OUT,
        "warning",
        Text(
            f"{cell}は「{value.label}」のはずが「{stands or '空欄'}」です。このシートは読みませんでした。",
            f'{cell} should say "{value.label}" and says "{stands or ""}"; the sheet was left out.',
        ),
        Text("様式を合わせるか、レシピを直してください。", "Make the form the same, or mend the recipe."),
        cell=cell,
    )


def _parse(cell: str) -> _Place:
    match = _CELL.fullmatch(cell)
    assert match is not None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def _cell(place: _Place) -> str:
    return f"{column_letters(place[1])}{place[0]}"
