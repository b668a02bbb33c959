"""A source read and converted for a layer, nothing of it written yet."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from gis_capture.convert import codes
from gis_capture.convert.accounting import Conversion, TableAccount
from gis_capture.convert.apart import rows_apart
from gis_capture.convert.bounding import bound_problems
from gis_capture.convert.dividing import divide
from gis_capture.convert.parts import Wanted
from gis_capture.convert.photo_track import PhotoTrack, are_photos
from gis_capture.convert.planning import Plan
from gis_capture.convert.rows import NO_RULES, ConvertedTable, account_left_out, convert_table
from gis_capture.errors import SourceError
from gis_capture.ledger import DEFAULT_LIMITS, Limits, Reading, Table, read_ledger
from gis_capture.ledger.codes import PHOTO_WITHOUT_POSITION
from gis_capture.ledger.gaiji import replace_gaiji
from gis_capture.ledger.recipes.files import format_recipe
from gis_capture.ledger.recipes.recipe import ColumnRule, Recipe
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import KeyLayer
from gis_capture.locate.plane import Beside, nowhere
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import Layer, Problem
from gis_capture.store.source_rows import SourceBlock
from gis_capture.text import Text

NO_GAIJI: Mapping[str, str] = {}
Progress = Callable[[float], None]
"""Called now and then with the share that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ConvertedSource:
    """The rows of a source that are on their way into one layer; nothing of it is written yet.

    What is told of the source as a whole, and the tables that are left out, stand with the first layer.

    Attributes:
        given: What a person chose for this source: `{"crs", "matches", "said"?, "recipe"?}`, the recipe as the text
            of its file.
        placed_by: `{"way", "layers", "column"}` where rows were placed against layers.
        track: `{"names", "zone", "ahead_s", "max_gap_s"}` where photos were placed on a track.
    """

    reading: Reading
    plan: Plan
    tables: tuple[ConvertedTable, ...]
    given: Mapping[str, Any]
    placed_by: Mapping[str, Any] | None = None
    track: Mapping[str, Any] | None = None

    def sum_up(self) -> Conversion:
        """Counts what becomes of the rows."""
        return _sum_up(self.reading, self.plan, self.tables)

    def account(self, feature_ids: Iterable[Sequence[str]]) -> Iterator[SourceBlock]:
        """Gives the account of every row; `feature_ids` is parallel to the tables and their rows."""
        yield from chain.from_iterable(map(ConvertedTable.account, self.tables, feature_ids))
        yield from chain.from_iterable(map(account_left_out, self.plan.left_out))

    def record(self, conversion: Conversion, *, author: str, at: str) -> dict[str, Any]:
        """What is kept about the import, besides the account of its rows."""
        record = _record(self.reading, self.plan, self.tables, conversion, author=author, at=at)
        placed = {"placed_by": dict(self.placed_by)} if self.placed_by else {}
        placed |= {"track": dict(self.track)} if self.track else {}
        if (apart := rows_apart(self.tables))["rows"]:
            placed["apart"] = apart
        return {**record, "given": dict(self.given), **placed}


def convert_sources(
    path: Path,
    layer: Layer,
    *,
    layers: Sequence[Layer] = (),
    stored: Sequence[Layer] = (),
    table: Wanted = None,
    crs: str | None = None,
    matches: Mapping[str, str | None] | None = None,
    on_progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
    layout: Path | None = None,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
    check: Callable[[Reading, Plan], None] | None = None,
    recipe: Recipe | None = None,
    gaiji: Mapping[str, str] = NO_GAIJI,
    against: KeyLayer | None = None,
    said: Said = NOTHING_SAID,
    track: PhotoTrack | None = None,
    beside: Beside = nowhere,
) -> tuple[ConvertedSource, ...]:
    """Reads a source and converts its tables, layer by layer, the one of the main table first; writes nothing.

    `check` sees each plan before the work begins and may refuse it; the other arguments are those of `convert`.

    Raises:
        RecipeError: The recipe does not fit the source.
        SourceError: The source cannot be read or holds no such table.
        LayerError: The layer, a field of `matches` or the CRS does not fit.
    """
    report = on_progress or (lambda share: None)
    reading = read_ledger(path, limits=limits, recipe=recipe, layout=layout)
    reading = replace_gaiji(reading, gaiji)
    if track is not None:
        if not any(map(are_photos, reading.tables)):
            raise _no_photos(path)
        # Each row tells by itself whether the track knows its place.
        kept = tuple(one for one in reading.problems if one.code != PHOTO_WITHOUT_POSITION)
        reading = replace(reading, problems=kept)
    said.check(column.name for each in reading.tables for column in each.columns)
    crs = crs or (recipe.crs if recipe else None)
    if recipe is not None:
        said = said.over(Said(notation=recipe.notation))
    report(0.25)
    plans = divide(reading, layer, layers=layers, table=table, matches=matches, stored=stored)
    if check is not None:
        for plan in plans:
            check(reading, plan)
    given: dict[str, Any] = {"crs": crs, "matches": dict(matches or {})}
    if said != NOTHING_SAID:
        given["said"] = said.to_json()
    if recipe is not None:
        given["recipe"] = format_recipe(recipe)
    of_track = track.to_json() if track else None
    n_tables, n_done = sum(len(plan.tables) for plan in plans), 0
    sources = []
    for plan in plans:
        tables = []
        for n, (source_table, match) in enumerate(plan.tables):
            rules = plan.rules[n] if plan.rules else NO_RULES
            tables.append(
                convert_table(
                    source_table,
                    match,
                    plan.layer,
                    crs=crs,
                    grids_dir=grids_dir,
                    gazetteer=gazetteer,
                    rules=rules,
                    against=against,
                    said=said_of(source_table, rules, said),
                    track=track,
                    beside=beside,
                )
            )
            n_done += 1
            report(0.25 + 0.25 * n_done / n_tables)
        of_layer = given if plan is plans[0] else {**given, "matches": {}}
        sources.append(ConvertedSource(reading, plan, tuple(tables), of_layer, _placed_by(against), of_track))
        reading = replace(reading, problems=())
    return tuple(sources)


def convert_source(path: Path, layer: Layer, **options: Any) -> ConvertedSource:
    """Converts what of a source goes into one layer; the options are those of `convert_sources`."""
    return convert_sources(path, layer, **options)[0]


def said_of(table: Table, rules: Mapping[str, ColumnRule], said: Said) -> Said:
    """What is said of the columns of one table: by a person, else by a recipe."""
    names = {column.name for column in table.columns}
    of_table = {name: role for name, role in said.roles.items() if name in names}
    return Said(of_table, said.notation).over(Said({name: rule.role for name, rule in rules.items() if rule.role}))


def _no_photos(path: Path) -> SourceError:
    return SourceError(
        Text(
            f"「{path.name}」に撮影日時のある写真がないため、軌跡で位置を付けられません。軌跡を外して取り込んでください。",
            f'"{path.name}" holds no photos that say when they were taken: leave the track out.',
        ),
        path=path,
    )


def _placed_by(against: KeyLayer | None) -> dict[str, Any] | None:
    if against is None:
        return None
    return {"way": against.way, "layers": list(against.layers), "column": against.column}


def _sum_up(reading: Reading, plan: Plan, tables: Sequence[ConvertedTable]) -> Conversion:
    reasons = Counter(reason for converted in tables for reason in converted.reasons if reason)
    every = [*(converted.table for converted in tables), *plan.left_out]
    reasons.update(skipped.reason for table in every for skipped in table.skipped)
    reasons[codes.TABLE_LEFT_OUT] += sum(len(table.row_numbers) for table in plan.left_out)
    of_tables = [
        _named(c.table, _placed(c.table, (*c.table.problems, *c.table.notes, *c.problems)), reading) for c in tables
    ]
    return Conversion.of_tables(
        [
            *(_table_account(converted, plan.layer.key) for converted in tables),
            *(_account_of_left_out(table) for table in plan.left_out),
        ],
        layer=plan.layer.key,
        crs=plan.layer.crs,
        reasons=dict((+reasons).most_common()),
        problems=bound_problems((*reading.problems, *plan.problems, *chain.from_iterable(of_tables))),
    )


def _named(table: Table, problems: Iterable[Problem], reading: Reading) -> Iterable[Problem]:
    """Names the table in its problems, where the source has several."""
    if len(reading.tables) < 2:
        return problems
    return (replace(problem, table=table.name) for problem in problems)


def _placed(table: Table, problems: Iterable[Problem]) -> Iterable[Problem]:
    """Names the cell of a row of forms, and so its sheet: there a row number counts sheets."""
    if table.form is None:
        return problems
    columns = {column.name: column for column in table.columns}
    return (
        replace(problem, cell=table.cell_name(problem.row_number, columns.get(problem.column or "", table.columns[0])))
        if problem.row_number and not problem.cell
        else problem
        for problem in problems
    )


def _table_account(converted: ConvertedTable, layer: str) -> TableAccount:
    outcomes, table = Counter(converted.outcomes), converted.table
    counts = (outcomes["loaded"], outcomes["unlocated"], outcomes["rejected"], len(table.skipped))
    return TableAccount(table.name, table.place, layer, *counts)


def _account_of_left_out(table: Table) -> TableAccount:
    return TableAccount(table.name, table.place, None, 0, 0, 0, len(table.row_numbers) + len(table.skipped))


def _record(
    reading: Reading,
    plan: Plan,
    tables: Sequence[ConvertedTable],
    conversion: Conversion,
    *,
    author: str,
    at: str,
) -> dict[str, Any]:
    """What is kept about an import, besides the account of its rows."""
    return {
        "import_id": conversion.import_id,
        "source_name": reading.source.path.name,
        "sha256": reading.source.sha256,
        "driver": reading.source.driver,
        "encoding": reading.source.encoding,
        "layer": plan.layer.key,
        "tables": [table.name for table, _ in plan.tables],
        "matches": {table.name: match.fields for table, match in plan.tables},
        "crs": next((converted.positions.crs for converted in tables if converted.positions.crs), None),
        "operation": "; ".join(dict.fromkeys(c.positions.operation for c in tables if c.positions.operation)),
        "readings": {
            converted.table.name: [reading.to_json() for reading in converted.positions.readings]
            for converted in tables
            if converted.positions.readings
        },
        "author": author,
        "created_at": at,
        "revision": conversion.revision,
        "state": "done",
        **({"together": list(conversion.together)} if conversion.together else {}),
        "undone_at": None,
        "result": conversion.to_json("ja"),
        "result_en": conversion.to_json("en"),
    }
