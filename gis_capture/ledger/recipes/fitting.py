"""Whether a recipe fits a source; where it does not, which cell says something else."""

from collections.abc import Sequence
from dataclasses import dataclass

from gis_capture.errors import RecipeError
from gis_capture.ledger.recipes.forms import text_at
from gis_capture.ledger.recipes.recipe import ColumnRule, FormRule, Recipe, TableRule
from gis_capture.ledger.table import Column, Reading, Table
from gis_capture.ledger.values.folding import fold_header
from gis_capture.text import Text

DOES_NOT_FIT = "recipe_does_not_fit"
_MAX_MISFITS = 10


@dataclass(frozen=True, slots=True)
class Misfit:
    """A place where a source is not as a recipe says.

    Attributes:
        cell: As Excel names it; of a text file without the sheet. None where there is no such sheet.
        expected: The name of the column or sheet.
        found: What stands there; None = nothing.
    """

    sheet: str | None
    cell: str | None
    expected: str
    found: str | None

    @property
    def message(self) -> Text:
        """Says it."""
        where = self.cell or self.sheet or "-"
        ja = f"{where}：「{self.expected}」のはずが" + (f"「{self.found}」です" if self.found else "ありません")
        en = f'{where}: expected "{self.expected}", found ' + (f'"{self.found}"' if self.found else "nothing")
        return Text(ja, en)


def pair_tables(reading: Reading, recipe: Recipe) -> list[tuple[Table, TableRule]]:
    """Gives the tables of a source that are as a recipe says, each with its rule."""
    pairs = []
    for table in reading.tables:
        if table.form is not None:
            pairs.append((table, _rule_of_form(table.form)))
            continue
        rule = recipe.rule_for(table.sheet, [column.name for column in table.columns])
        if rule is not None:
            pairs.append((table, rule))
    return pairs


def find_misfits(reading: Reading, recipe: Recipe) -> list[Misfit]:
    """Gives the places where a source is not as a recipe says; none where each table of the recipe is there."""
    there = {id(rule) for _, rule in pair_tables(reading, recipe)}
    forms = {id(table.form) for table in reading.tables if table.form is not None}
    of_forms = [misfit for form in recipe.forms if id(form) not in forms for misfit in _misfits_of_form(reading, form)]
    return of_forms + [misfit for rule in recipe.tables if id(rule) not in there for misfit in _misfits(reading, rule)]


def fit_recipe(reading: Reading, recipe: Recipe) -> list[tuple[Table, TableRule]]:
    """Gives the tables of a source, each with its rule.

    Raises:
        RecipeError: A table of the recipe is not in the source; names the cells that differ.
    """
    misfits = find_misfits(reading, recipe)
    if misfits:
        shown = misfits[:_MAX_MISFITS]
        more = len(misfits) - len(shown)
        name = reading.source.path.name
        raise RecipeError(
            Text(
                f"「{name}」はレシピ「{recipe.name}」に合いません。何も取り込んでいません。"
                + "、".join(misfit.message.ja for misfit in shown)
                + (f"、ほか{more}か所" if more else "")
                + "。台帳の見出しを直すか、inspect --save-recipe でレシピを作り直してください。",
                f'"{name}" does not fit the recipe "{recipe.name}"; nothing was imported. '
                + "; ".join(misfit.message.en for misfit in shown)
                + (f"; and {more} more" if more else "")
                + ". Mend the names in the ledger, or make the recipe anew with inspect --save-recipe.",
            ),
            code=DOES_NOT_FIT,
            path=reading.source.path,
            misfits=tuple(misfits),
        )
    return pair_tables(reading, recipe)


def _misfits(reading: Reading, rule: TableRule) -> list[Misfit]:
    on_sheet = [table for table in reading.tables if rule.is_for_sheet(table.sheet)]
    if not on_sheet:
        sheets = "、".join(dict.fromkeys(table.sheet for table in reading.tables if table.sheet))
        return [Misfit(None, None, rule.sheet or "", sheets or None)]
    nearest = max(on_sheet, key=lambda table: len(rule.pair(_names(table))))
    missing = rule.missing(_names(nearest))
    taken = rule.pair(_names(nearest))
    free = {column.number: column for column in nearest.columns if column.name not in taken}
    row = (nearest.header_rows or rule.header_rows or (1,))[-1]
    found = []
    for column in missing:
        number = column_number(column.position)
        stands = free.get(number) or next((c for c in nearest.columns if c.number == number), None)
        cell = nearest.cell_name(row, stands or Column("", "", number)) if number else None
        found.append(Misfit(nearest.sheet, cell, column.name, stands.header or None if stands else None))
    return found


def _rule_of_form(form: FormRule) -> TableRule:
    return TableRule(tuple(ColumnRule(value.name, field=value.field) for value in form.values))


def _misfits_of_form(reading: Reading, form: FormRule) -> list[Misfit]:
    sheet = next((grid for grid in reading.sheets if form.is_for_sheet(grid.name)), None)
    if sheet is None:
        return [Misfit(None, None, form.sheets, None)]
    found = []
    for value in form.values:
        stands = text_at(sheet, value.label_cell)
        if fold_header(stands or "") != fold_header(value.label):
            cell = f"{sheet.name}!{value.label_cell}" if sheet.name else value.label_cell
            found.append(Misfit(sheet.name, cell, value.label, stands))
    return found or [Misfit(sheet.name, None, form.sheets, None)]


def _names(table: Table) -> Sequence[str]:
    return [column.name for column in table.columns]


def column_number(letters: str) -> int:
    """Gives the number of a column as Excel names it: "C" → 3; 0 for ""."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - 64
    return number
