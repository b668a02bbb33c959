"""Which tables of a source go into a layer, and which column into which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gis_capture.convert import codes
from gis_capture.convert.positions import coordinates_of
from gis_capture.errors import SourceError
from gis_capture.ledger import Column, Reading, Table
from gis_capture.ledger.columns import (
    GENERIC_KEY,
    ColumnMatch,
    layer_key_of,
    layer_key_of_words,
    make_layer,
    match_columns,
    share_of_fitting,
)
from gis_capture.ledger.recipes.fitting import fit_recipe
from gis_capture.ledger.recipes.recipe import ColumnRule, Recipe, TableRule
from gis_capture.ledger.values import fold_header
from gis_capture.model import FieldType, Layer, Problem, Text

_SHARE_OF_COLUMNS = 0.75
"""A table is another part of the same ledger when it shares at least this many of their columns."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The layer, the tables that go into it, and what is left out.

    Attributes:
        rules: Parallel to the tables: what a recipe says of their columns, by name.
    """

    layer: Layer
    tables: tuple[tuple[Table, ColumnMatch], ...]
    problems: tuple[Problem, ...] = ()
    rules: tuple[Mapping[str, ColumnRule], ...] = ()


def plan_conversion(
    reading: Reading,
    layer: Layer,
    *,
    table: str | None = None,
    matches: Mapping[str, str | None] | None = None,
    stored: Sequence[Layer] = (),
) -> Plan:
    """Chooses the tables of a source that fit a layer; for the `generic` layer makes one of the table's own.

    Where the source was read by a recipe, the tables and columns are those of the recipe.

    Args:
        reading: Of the source.
        layer: Where the rows go.
        table: Name of the only table to take.
        matches: Field names by column name, as a person chose them; the other columns are matched by their headers.
        stored: Layers of the store; one that was made for such a ledger before gets new fields only.

    Raises:
        SourceError: No table, or none of that name.
        FieldError: `matches` or the recipe names a column or field that is not there.
        RecipeError: The source was read by a recipe that does not fit it.
    """
    if reading.source.recipe is not None:
        return _plan_by_recipe(reading, layer, matches or {}, stored)
    candidates = _candidates(reading, table)
    if layer.key == GENERIC_KEY:
        main = max(candidates, key=lambda candidate: len(candidate.row_numbers))
        layer = _own_layer(main, layer, stored)
    matched = [(candidate, _match(candidate, layer, matches, is_chosen=table is not None)) for candidate in candidates]
    main, _ = max(
        matched, key=lambda pair: (share_of_fitting(pair[0], layer) > 0, len(pair[1].matches), _n_rows(pair[0]))
    )
    taken = tuple(pair for pair in matched if pair[0] is main or _goes_along(pair[0], main, layer))
    left = [candidate for candidate in reading.tables if all(candidate is not chosen for chosen, _ in taken)]
    problems = [_left_out(candidate) for candidate in left if _n_rows(candidate)]
    return Plan(layer, taken, (*_joined([chosen for chosen, _ in taken]), *problems))


def _plan_by_recipe(reading: Reading, layer: Layer, matches: Mapping[str, str | None], stored: Sequence[Layer]) -> Plan:
    assert reading.source.recipe is not None
    pairs = fit_recipe(reading, reading.source.recipe)
    is_own = layer.key == GENERIC_KEY
    if is_own:
        main, rule = max(pairs, key=lambda pair: len(pair[0].row_numbers))
        layer = _own_layer(main, layer, stored, (reading.source.recipe, rule))
    tables, rules, problems = [], [], []
    for table, rule in pairs:
        of_columns = rule.pair([column.name for column in table.columns])
        # In a layer of the ledger's own each column has its field; there only what the recipe names is fixed.
        given = {name: column.field for name, column in of_columns.items() if column.field or not is_own}
        chosen = {name: field for name, field in matches.items() if name in of_columns}
        tables.append((table, match_columns(table, layer, given=given | chosen)))
        rules.append(of_columns)
        problems += [_new_column(table, column) for column in table.columns if column.name not in of_columns]
    taken = [table for table, _ in tables]
    left = [table for table in reading.tables if _n_rows(table) and all(table is not one for one in taken)]
    return Plan(layer, tuple(tables), (*_joined(taken), *map(_left_out, left), *problems), tuple(rules))


def _new_column(table: Table, column: Column) -> Problem:
    return Problem(
        codes.RECIPE_COLUMN_NEW,
        "warning",
        Text(
            f"列「{column.name}」はレシピにありません。見出しから判断しました。",
            f'The recipe knows no column "{column.name}"; it was judged by its header.',
        ),
        Text("必要ならレシピに加えてください。", "Add it to the recipe if it is wanted."),
        column=column.name,
        cell=table.cell_name(table.header_rows[-1], column) if table.header_rows else None,
    )


def _n_rows(table: Table) -> int:
    return len(table.row_numbers)


def _goes_along(table: Table, main: Table, layer: Layer) -> bool:
    """True for another part of the same ledger: nearly the same columns, and geometries that the layer takes."""
    columns, of_main = ({fold_header(column.name) for column in each.columns} for each in (table, main))
    is_alike = len(columns & of_main) >= _SHARE_OF_COLUMNS * len(columns | of_main)
    return is_alike and _n_rows(table) > 0 and share_of_fitting(table, layer) > 0


def _joined(tables: Sequence[Table]) -> tuple[Problem, ...]:
    if len(tables) < 2:
        return ()
    names = [table.name for table in tables]
    return (
        Problem(
            codes.TABLES_JOINED,
            "info",
            Text(
                f"項目が同じ{len(names)}つの表をまとめて取り込みました：{'、'.join(names)}",
                f"{len(names)} tables of the same columns were imported together: {', '.join(names)}",
            ),
            Text("1つだけでよいときは、表を選んで取り込んでください。", "Name one table if you want only that."),
        ),
    )


def _candidates(reading: Reading, name: str | None) -> list[Table]:
    path = reading.source.path
    found = [candidate for candidate in reading.tables if name is None or name in (candidate.name, candidate.sheet)]
    if found:
        return found
    if not reading.tables:
        raise SourceError(
            Text(f"「{path.name}」に表が見つかりません。", f'"{path.name}" holds no table.'),
            path=path,
        )
    names = "、".join(candidate.name for candidate in reading.tables)
    raise SourceError(
        Text(
            f"「{path.name}」に「{name}」という表はありません。次の表があります：{names}",
            f'"{path.name}" has no table "{name}"; there are: {names}',
        ),
        path=path,
    )


def _match(table: Table, layer: Layer, matches: Mapping[str, str | None] | None, *, is_chosen: bool) -> ColumnMatch:
    """A person chose for the table they saw; in other tables the choice counts for the columns that are there."""
    names = {column.name for column in table.columns}
    given = {column: field for column, field in (matches or {}).items() if is_chosen or column in names}
    return match_columns(table, layer, given=given)


def _own_layer(
    table: Table, template: Layer, stored: Sequence[Layer], ruled: tuple[Recipe, TableRule] | None = None
) -> Layer:
    """Makes the layer of a ledger nobody defined; all ledgers of one recipe share one."""
    title = " ".join(dict.fromkeys(filter(None, (table.source.path.stem, table.sheet))))
    of_position = {name for names in coordinates_of(table).columns.values() for name in names}
    key = layer_key_of(table)
    if ruled is not None and ruled[0].name:
        title, key = ruled[0].name, layer_key_of_words(ruled[0].name, ruled[0].made_from)
    made = make_layer(table, key=key, title=Text(title, title), template=template, leave_out=of_position)
    if ruled is not None:
        made = _as_ruled(made, ruled[1])
    known = next((layer for layer in stored if layer.key == made.key), None)
    if known is None:
        return made
    names = {field.name for field in known.fields}
    new = tuple(field for field in made.fields if field.name not in names)
    if not new:
        return known
    return replace(known, fields=(*known.fields, *new), definition_version=known.definition_version + 1)


def _as_ruled(made: Layer, rule: TableRule) -> Layer:
    """Gives the fields of a ledger's own layer the types, and the layer the key, that a recipe states."""
    columns = {column.name: column for column in rule.columns}
    of_title = {field.title.ja: field.name for field in made.fields}
    fields = tuple(
        replace(field, type=FieldType(column.type))
        if (column := columns.get(field.title.ja)) is not None and column.type and field.domain is None
        else field
        for field in made.fields
    )
    key = tuple(of_title[name] for name in rule.key if name in of_title)
    return replace(made, fields=fields, key_fields=key or made.key_fields)


def _left_out(table: Table) -> Problem:
    n = len(table.row_numbers)
    return Problem(
        codes.TABLE_LEFT_OUT,
        "warning",
        Text(
            f"表「{table.name}」（{n:,}行）は、このレイヤーに合わないため取り込みませんでした。",
            f'Table "{table.name}" ({n:,} rows) does not fit this layer and was left out.',
        ),
        Text("必要なら、この表を選んで取り込んでください。", "Import it by itself if it is needed."),
    )
