"""Which tables of a source go into a layer, and which column into which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gis_capture.convert import codes
from gis_capture.convert.parts import Wanted, choose_tables, name_parts, names_of
from gis_capture.convert.positions import coordinates_of
from gis_capture.ledger import Column, Reading, Table
from gis_capture.ledger.columns import (
    GENERIC_KEY,
    ColumnMatch,
    is_made_key,
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
        left_out: The tables that do not go into the layer.
    """

    layer: Layer
    tables: tuple[tuple[Table, ColumnMatch], ...]
    problems: tuple[Problem, ...] = ()
    rules: tuple[Mapping[str, ColumnRule], ...] = ()
    left_out: tuple[Table, ...] = ()


def plan_conversion(
    reading: Reading,
    layer: Layer,
    *,
    table: Wanted = None,
    matches: Mapping[str, str | None] | None = None,
    stored: Sequence[Layer] = (),
) -> Plan:
    """Chooses the tables of a source that fit a layer; for the `generic` layer makes one of the table's own.

    Where the source was read by a recipe, the tables and columns are those of the recipe for this layer.

    Args:
        reading: Of the source.
        layer: Where the rows go.
        table: Name of the only table or sheet to take; several names take all of those, whatever their shape.
        matches: Field names by column name, as a person chose them; the other columns are matched by their headers.
        stored: Layers of the store; one that was made for such a ledger before gets new fields only.

    Raises:
        SourceError: No table, or none of that name.
        FieldError: `matches` or the recipe names a column or field that is not there.
        RecipeError: The source was read by a recipe that does not fit it.
    """
    if reading.source.recipe is not None:
        return plan_by_recipe(reading, layer, table=table, matches=matches, stored=stored)
    candidates = choose_tables(reading, table)
    template, is_own = layer, layer.key == GENERIC_KEY
    if is_own:
        layer = _own_layer(max(candidates, key=_n_rows), template, stored)
    n_chosen = 0 if table is None else len(names_of(table))
    matched = [(each, _match(each, layer, matches, is_chosen=n_chosen == 1)) for each in candidates]
    main, _ = max(
        matched, key=lambda pair: (share_of_fitting(pair[0], layer) > 0, len(pair[1].matches), _n_rows(pair[0]))
    )
    taken = [each for each in candidates if n_chosen > 1 or each is main or _goes_along(each, main, layer)]
    left = tuple(each for each in reading.tables if _n_rows(each) and all(each is not one for one in taken))
    named = name_parts(taken)
    if is_own and named[0] is not taken[0]:
        name = f"{taken[0].name}〜{taken[-1].name}"
        layer = _own_layer(max(named, key=_n_rows), template, stored, name=name)
    if named[0] is not taken[0]:
        matched = [(each, _match(each, layer, matches, is_chosen=n_chosen == 1)) for each in named]
    pairs = tuple(pair for pair in matched if any(pair[0] is each for each in named))
    return Plan(layer, pairs, _joined(named), left_out=left)


def rules_of_others(recipe: Recipe) -> list[tuple[str, list[TableRule]]]:
    """The tables of a recipe that go elsewhere than its main ones: key of the layer, and the rules for it.

    Each shape that goes into a layer of its own makes one.
    """
    of_layer: dict[str, list[TableRule]] = {}
    for number, rule in enumerate(recipe.tables):
        if rule.layer is not None:
            of_layer.setdefault(f"{rule.layer}{number if rule.layer == GENERIC_KEY else ''}", []).append(rule)
    return [(str(rules[0].layer), rules) for rules in of_layer.values()]


def plan_by_recipe(
    reading: Reading,
    layer: Layer,
    ruled: Sequence[TableRule] = (),
    *,
    table: Wanted = None,
    matches: Mapping[str, str | None] | None = None,
    stored: Sequence[Layer] = (),
) -> Plan:
    """Plans the tables of some rules of the recipe a source was read by; by default those of its main layer.

    The other arguments, and what is raised, are those of `plan_conversion`.
    """
    recipe, names = reading.source.recipe, names_of(table)
    assert recipe is not None
    every = fit_recipe(reading, recipe)
    pairs = [(found, rule) for found, rule in every if rule in ruled or (not ruled and rule.layer is None)] or every
    if names:
        pairs = [pair for pair in every if pair[0].name in names or pair[0].sheet in names] or pairs
    named = name_parts([found for found, _ in pairs])
    if any(column.name == named[0].columns[-1].name for _, rule in pairs for column in rule.columns):
        pairs = [(found, rule) for found, (_, rule) in zip(named, pairs, strict=True)]
    is_own = layer.key == GENERIC_KEY
    if is_own:
        main, rule = max(pairs, key=lambda pair: len(pair[0].row_numbers))
        layer = _own_layer(main, layer, stored, (recipe, rule))
    tables, rules, problems = [], [], []
    for found, rule in pairs:
        of_columns = rule.pair([column.name for column in found.columns])
        # In a layer of the ledger's own each column has its field; there only what the recipe names is fixed.
        is_free = is_own or is_made_key(layer.key)
        given = {name: column.field for name, column in of_columns.items() if column.field or not is_free}
        chosen = {name: field for name, field in (matches or {}).items() if name in of_columns}
        tables.append((found, match_columns(found, layer, given=given | chosen)))
        rules.append(of_columns)
        problems += [_new_column(found, column) for column in found.columns if column.name not in of_columns]
    taken = [found for found, _ in tables]
    names_taken = {found.name for found in taken}
    left = tuple(each for each in reading.tables if _n_rows(each) and each.name not in names_taken)
    return Plan(layer, tuple(tables), (*_joined(taken), *problems), tuple(rules), left)


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


def _match(table: Table, layer: Layer, matches: Mapping[str, str | None] | None, *, is_chosen: bool) -> ColumnMatch:
    """A person chose for the table they saw; in other tables the choice counts for the columns that are there."""
    names = {column.name for column in table.columns}
    given = {column: field for column, field in (matches or {}).items() if is_chosen or column in names}
    return match_columns(table, layer, given=given)


def _own_layer(
    table: Table,
    template: Layer,
    stored: Sequence[Layer],
    ruled: tuple[Recipe, TableRule] | None = None,
    *,
    name: str = "",
) -> Layer:
    """Makes the layer of a ledger nobody defined; all ledgers of one recipe share one.

    It is named after the file and the table, or after `name`, where several tables go into it.
    """
    title = " ".join(dict.fromkeys(filter(None, (table.source.path.stem, name or table.name))))
    of_position = {name for names in coordinates_of(table).columns.values() for name in names}
    key = layer_key_of(table)
    if ruled is not None and ruled[0].name:
        title, words = ruled[0].name, [ruled[0].name, ruled[0].made_from]
        if ruled[1].layer is not None:
            title = f"{title} {table.title or table.sheet or table.name}"
            words += [column.name for column in ruled[1].columns]
        key = layer_key_of_words(*words)
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
