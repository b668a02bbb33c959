"""The one door: reads any ledger into tables."""

from dataclasses import replace
from pathlib import Path

from gis_capture.ledger import codes
from gis_capture.ledger.drivers import DRIVERS
from gis_capture.ledger.drivers.driver import read_safely
from gis_capture.ledger.kinds import refused
from gis_capture.ledger.land_data import resolve_codes
from gis_capture.ledger.limits import DEFAULT_LIMITS, Limits
from gis_capture.ledger.opening import Opened, nothing_in, open_source
from gis_capture.ledger.recipes.forms import are_forms
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.ledger.table import Reading
from gis_capture.model import Problem
from gis_capture.text import Text


def read_ledger(
    path: Path, *, limits: Limits = DEFAULT_LIMITS, recipe: Recipe | None = None, layout: Path | None = None
) -> Reading:
    """Reads a source into its tables; its content decides the format, not its extension.

    With a recipe, its decisions count for the tables it fits; whether it fits is told by `recipes.fit_recipe`.
    Records of a fixed length are read by a `layout`, a TOML file that also may lie beside the source under its name.

    Raises SourceError for a file that is missing, broken, encrypted, too large or of a kind that is not read.
    An empty file gives a reading without tables, which is told.
    """
    opened = open_source(Path(path), limits, recipe, layout=layout)
    driver = next((driver for driver in DRIVERS if driver.accepts(opened)), None)
    if driver is None:
        raise refused(opened)
    reading = resolve_codes(read_safely(driver.read, opened))
    for table in reading.tables:
        opened.check_size(len(table.row_numbers), len(table.columns))
    told = []
    if not reading.tables:
        told.append(Problem(codes.NO_TABLE, "error", nothing_in(opened.path)))
    if (opened.size_bytes or opened.is_folder) and opened.suffix and opened.suffix not in driver.suffixes:
        told.append(_wrong_extension(opened, reading.source.driver))
    if recipe is None and are_forms(reading.sheets):
        told.append(_may_be_forms(len(reading.sheets)))
    return replace(reading, problems=(*told, *reading.problems))


def _may_be_forms(n_sheets: int) -> Problem:
    return Problem(
        codes.MAY_BE_FORMS,
        "warning",
        Text(
            f"{n_sheets}枚のシートは、1シートが1件の様式(個票)のようです。表として読んだので、項目が列になっていません。",
            f"The {n_sheets} sheets seem to be forms of one record each; they were read as tables, which they are not.",
        ),
        Text(
            "「様式として読む」を選ぶか、gis-capture inspect --form --save-recipe でレシピを作ってください。",
            "Choose to read them as forms, or make a recipe with gis-capture inspect --form --save-recipe.",
        ),
    )


def _wrong_extension(opened: Opened, driver: str) -> Problem:
    return Problem(
        codes.WRONG_EXTENSION,
        "info",
        Text(
            f"拡張子は{opened.suffix}ですが、中身は{driver}です。{driver}として読みました。",
            f"The extension is {opened.suffix}, but the content is {driver}; it was read as such.",
        ),
    )
