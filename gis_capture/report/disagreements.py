"""The rows of an import that lie elsewhere than their address, to be drawn as lines."""

from collections.abc import Mapping
from typing import Any

from gis_capture.model import Layer
from gis_capture.report.html_map_words import WORDS
from gis_capture.report.map_drawing import Apart


def rows_apart(
    record: Mapping[str, Any], result: Mapping[str, Any], layer: Layer, language: str
) -> tuple[list[Apart], int]:
    """Gives the lines to draw, and how many rows disagree in all.

    What was told of a row is said with its line, unless personal data may be in it: then its number alone.
    """
    first = next(iter(record.get("tables") or ()), None)
    told = {}
    for problem in result["problems"]:
        places = problem.get("places", ())
        if problem["row"] and len(places) == 2 and tuple(places[0]) != tuple(places[1]):
            told[problem.get("table") or first, problem["row"]] = problem["message"], *places[0], *places[1]
    kept = record.get("apart")
    # Imports of earlier versions kept no more than what they told.
    rows = (
        {(record["tables"][table], row): tuple(degrees) for table, row, *degrees in kept["rows"]}
        if kept
        else {row: degrees for row, (_, *degrees) in told.items()}
    )
    is_personal = any(field.is_personal for field in layer.fields)
    number = WORDS["row_number"].in_language(language)
    lines = []
    for row, (lon, lat, other_lon, other_lat) in rows.items():
        message = told[row][0] if row in told and not is_personal else ""
        words = f"{number.format(n=row[1])} {message}".rstrip()
        lines.append(Apart((float(lon), float(lat)), (float(other_lon), float(other_lat)), words))
    return lines, kept["n_rows"] if kept else len(lines)
