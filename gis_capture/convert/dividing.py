"""Divides the tables of a source among layers, so that one conversion brings in every ledger of the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gis_capture.convert import codes
from gis_capture.convert.parts import Wanted, is_ledger, names_of
from gis_capture.convert.planning import Plan, plan_by_recipe, plan_conversion, rules_of_others
from gis_capture.ledger import Reading, Table
from gis_capture.ledger.columns import GENERIC_KEY, choose_layer, suggest_layers, tells_features_apart
from gis_capture.model import Layer, Problem, Text

_MIN_SHARE = 0.5
_NOT_CHOSEN = Text("選ばれていない", "not chosen")
_NO_LEDGER = Text("台帳に見えない", "no ledger, it seems")
_NEW = Text("前回の台帳にない", "not in the last version")


def divide(
    reading: Reading,
    layer: Layer,
    *,
    layers: Sequence[Layer] = (),
    table: Wanted = None,
    matches: Mapping[str, str | None] | None = None,
    stored: Sequence[Layer] = (),
) -> tuple[Plan, ...]:
    """Plans the main table and its like for `layer`, and every other ledger of the source for the layer it fits.

    What is left out stands with the first plan: tables that nobody wanted, and those that are no ledgers.

    Args:
        reading: Of the source.
        layer: Where the main table goes; `matches` are of its columns.
        layers: What the others may go into, the `generic` layer among them; without any they are left out.
        table: Names of the only tables or sheets to take.
        matches: Field names by column name, as a person chose them.
        stored: Layers of the store.

    Raises:
        SourceError: No table, or none of that name.
        FieldError: `matches` or the recipe names a column or field that is not there.
        RecipeError: The source was read by a recipe that does not fit it.
    """
    elsewhere = _of_other_layers(reading, layer, layers) if table is None else ()
    rest = replace(reading, tables=tuple(each for each in reading.tables if all(each is not one for one in elsewhere)))
    first = plan_conversion(rest, layer, table=table, matches=matches, stored=stored)
    first = replace(first, left_out=(*first.left_out, *elsewhere))
    plans = [first]
    known = {each.key: each for each in layers}
    if reading.source.recipe is not None:
        others = rules_of_others(reading.source.recipe) if table is None else ()
        plans += [plan_by_recipe(reading, known[key], rules, stored=stored) for key, rules in others if key in known]
    elif GENERIC_KEY in known:
        names = set(names_of(table))
        waiting = tuple(
            each for each in first.left_out if (names & {each.name, each.sheet} if names else is_ledger(each))
        )
        while waiting:
            plan = _plan_rest(replace(reading, tables=waiting), known, (*stored, *(each.layer for each in plans)))
            waiting = plan.left_out
            plans.append(plan)
    taken = {table.name for plan in plans for table, _ in plan.tables}
    left = tuple(each for each in first.left_out if each.name not in taken)
    return tuple(_told(_by_layer(plans), left, is_chosen=table is not None))


def leave_out(plan: Plan, tables: tuple[Table, ...], kept: tuple[Table, ...] = ()) -> Plan:
    """The same plan, with which tables are left out that had no place in the file before; `kept` are told already."""
    told = (_left_out(table, because=_NEW) for table in tables)
    return replace(plan, problems=(*plan.problems, *told), left_out=(*plan.left_out, *kept, *tables))


def _of_other_layers(reading: Reading, layer: Layer, layers: Sequence[Layer]) -> list[Table]:
    """Tables that fit another layer, where one fits this: they are not its main one, whatever columns they share."""
    if reading.source.recipe is not None or len(reading.tables) < 2 or layer.key == GENERIC_KEY:
        return []
    keys = [choose_layer(suggest_layers(each, layers)) for each in reading.tables]
    others = [each for each, key in zip(reading.tables, keys, strict=True) if key not in (layer.key, GENERIC_KEY)]
    return others if layer.key in keys else []


def _plan_rest(reading: Reading, known: Mapping[str, Layer], stored: Sequence[Layer]) -> Plan:
    """Plans the largest table and its like; the name of the file says nothing about tables beside the main one."""
    main = max(reading.tables, key=lambda table: len(table.row_numbers))
    suggestions = suggest_layers(main, list(known.values()))
    key = choose_layer(suggestions)
    match = next(found.match for found in suggestions if found.layer_key == key)
    is_sure = tells_features_apart(known[key], match) and len(match.matches) >= _MIN_SHARE * len(main.columns)
    return plan_conversion(reading, known[key if is_sure else GENERIC_KEY], stored=stored)


def _by_layer(plans: Sequence[Plan]) -> list[Plan]:
    found: dict[str, Plan] = {}
    for plan in plans:
        one = found.setdefault(plan.layer.key, plan)
        if one is not plan:
            both = {name: getattr(one, name) + getattr(plan, name) for name in ("tables", "problems", "rules")}
            found[plan.layer.key] = replace(one, layer=plan.layer, **both)
    return list(found.values())


def _told(plans: Sequence[Plan], left: tuple[Table, ...], *, is_chosen: bool) -> Iterator[Plan]:
    """Tells where the other tables go, and of those that are left out why; they stand with the first plan."""
    first, *others = plans
    told = [_elsewhere(table, plan.layer) for plan in others for table, _ in plan.tables]
    told += [_left_out(table, because=_NOT_CHOSEN if is_chosen else _NO_LEDGER) for table in left]
    yield replace(first, problems=(*first.problems, *told), left_out=left)
    yield from (replace(plan, left_out=()) for plan in others)


def _elsewhere(table: Table, layer: Layer) -> Problem:
    title = layer.title
    return Problem(
        codes.TABLE_IN_OTHER_LAYER,
        "info",
        Text(
            f"表「{table.name}」（{len(table.row_numbers):,}行）は項目が違うため、レイヤー「{title.ja}」に入れました。",
            f'Table "{table.name}" ({len(table.row_numbers):,} rows) has other columns: it went into "{title.en}".',
        ),
        Text("1つの表だけでよいときは、表を選んで取り込んでください。", "Name one table if you want only that."),
        table=table.name,
    )


def _left_out(table: Table, *, because: Text) -> Problem:
    n = len(table.row_numbers)
    return Problem(
        codes.TABLE_LEFT_OUT,
        "info" if because is _NOT_CHOSEN else "warning",
        Text(
            f"表「{table.name}」（{n:,}行）は、{because.ja}ため取り込みませんでした。",
            f'Table "{table.name}" ({n:,} rows) was left out: {because.en}.',
        ),
        Text("必要なら、この表を選んで取り込んでください。", "Import it by itself if it is needed."),
        table=table.name,
    )
