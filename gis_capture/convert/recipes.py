"""Makes a recipe of what was found in a ledger: the same choices a conversion makes, written down."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gis_capture.convert.dividing import divide
from gis_capture.convert.parts import Wanted
from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, Table, codes
from gis_capture.ledger.columns import (
    GENERIC_KEY,
    ColumnMatch,
    choose_layer,
    is_made_key,
    propose_keys,
    suggest_layers,
)
from gis_capture.ledger.columns.keys import holds_damage
from gis_capture.ledger.recipes.forms import propose_form, read_form
from gis_capture.ledger.recipes.recipe import ColumnRule, PlaceRule, Recipe, TableRule
from gis_capture.ledger.table import column_letters
from gis_capture.ledger.values import infer_type
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import Layer, Text

_DIGITS = re.compile(r"[0-9０-９]+|元(?=年)")
_SECTION = "見出し"


def make_recipe(
    reading: Reading,
    layer: Layer,
    *,
    layers: Sequence[Layer] = (),
    name: str = "",
    table: Wanted = None,
    crs: str | None = None,
    matches: Mapping[str, str | None] | None = None,
    encoding: str | None = None,
    said: Said = NOTHING_SAID,
    place_by: PlaceRule | None = None,
) -> Recipe:
    """Writes down which tables of a source go into a layer, and how its columns are read.

    Numbers in the names of sheets may be others next year ("R6台帳"), so they become "*". Columns with numbers in
    merged cells ask for a decision: `merged_number = "ask"`.

    Args:
        reading: Of the source.
        layer: Where its rows go.
        layers: Where tables of other columns may go; without any they are left out.
        name: For people; the file's name when it is left out.
        table: Names of the only tables or sheets to take.
        crs: CRS that a person stated.
        matches: Field names by column name that a person chose.
        encoding: Of the text, where a person forces it.
        said: What a person says of the columns of the position.
        place_by: How rows without coordinates are placed.

    Raises:
        SourceError: The source holds no table, or none of that name.
        FieldError: `matches` names a column or field that is not there.
    """
    plans = divide(reading, layer, layers=layers, table=table, matches=matches)
    has_sheets = len({each.sheet for each in reading.tables}) > 1
    rules: list[TableRule] = []
    for plan in plans:
        key = GENERIC_KEY if is_made_key(plan.layer.key) and plan.layer.key != layer.key else plan.layer.key
        for each, match in plan.tables:
            rule = _table_rule(
                each, match, said, is_own=key == GENERIC_KEY, has_sheets=has_sheets, own_key=plan.layer.key_fields
            )
            there = {column.name for one in reading.tables if one.name == each.name for column in one.columns}
            # Of which sheet a row is stands in no cell.
            of_sheet = tuple(replace(column, is_optional=True) for column in rule.columns if column.name not in there)
            of_cells = tuple(column for column in rule.columns if column.name in there)
            rule = replace(rule, columns=of_cells + of_sheet, layer=None if plan is plans[0] else key)
            same = next((known for known in rules if _names(known) == _names(rule)), None)
            if same is None:
                rules.append(rule)
            elif same.sheet != rule.sheet:
                # Sheets of the same columns are parts of one ledger; which there are differs from year to year.
                rules[rules.index(same)] = replace(same, sheet=None)
    file_name = reading.source.path.name
    return Recipe(
        name=name or reading.source.path.stem,
        made_from=file_name,
        layer=layer.key,
        crs=crs,
        encoding=encoding,
        tables=tuple(rules),
        notation=said.notation,
        place_by=place_by,
    )


def make_form_recipe(reading: Reading, layers: Sequence[Layer], *, name: str = "") -> Recipe:
    """Makes the template of a form from the first sheet that has labels and values.

    Raises:
        SourceError: There is no such sheet.
    """
    form = next((form for grid in reading.sheets if (form := propose_form(grid))), None)
    path = reading.source.path
    if form is None:
        raise SourceError(
            Text(
                f"「{path.name}」に、項目名と値が並んだ様式のシートが見つかりません。",
                f'No sheet of "{path.name}" is a form of labels and values.',
            ),
            path=path,
        )
    draft = Recipe(name=name or path.stem, forms=(form,))
    source = replace(reading.source, recipe=draft)
    table, _, _ = read_form(reading.sheets, form, source)
    suggestions = suggest_layers(table, layers) if table else []
    key = choose_layer(suggestions)
    fields = next((s.matches for s in suggestions if s.layer_key == key), {}) if key != GENERIC_KEY else {}
    values = tuple(replace(value, field=fields.get(value.name)) for value in form.values)
    return replace(draft, made_from=path.name, layer=key, forms=(replace(form, values=values),))


def _names(rule: TableRule) -> Sequence[str]:
    return [column.name for column in rule.columns]


def _table_rule(
    table: Table, match: ColumnMatch, said: Said, *, is_own: bool, has_sheets: bool, own_key: Sequence[str]
) -> TableRule:
    fields = match.fields
    merged = {p.column for p in table.problems if p.code == codes.MERGED_NUMBER_NOT_REPEATED}
    sections = {p.column for p in table.notes if p.code == codes.SECTION_FILLED}
    columns = tuple(
        ColumnRule(
            name=column.name,
            position=column_letters(column.number),
            # In a layer of the ledger's own each column has its own field, whose name follows from the header.
            field=None if is_own else fields.get(column.name),
            type=infer_type(texts).value if is_own else None,
            merged_number="ask" if column.name in merged else None,
            is_optional=column.name in sections,
            role=said.roles.get(column.name),
        )
        for column, texts in zip(table.columns, table.values, strict=True)
    )
    columns_of = {field: column for column, field in fields.items()}
    damaged = {column.name for column, texts in zip(table.columns, table.values, strict=True) if holds_damage(texts)}
    has_own_key = bool(own_key) and all(columns_of.get(field, "") not in {"", *damaged} for field in own_key)
    keys = [columns_of[field] for field in own_key] if has_own_key else propose_keys(table)[:1]
    return TableRule(
        columns=columns,
        sheet=_DIGITS.sub("*", table.sheet) if has_sheets and table.sheet else None,
        header_rows=table.header_rows,
        first_data_row=table.row_numbers[0] if len(table.row_numbers) else None,
        section_column=next((name for name in sections if name and name != _SECTION), None),
        key=tuple(keys),
    )
