"""Rows that lie where the geometries of their source do."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from gis_capture.convert import codes
from gis_capture.convert.geometries import are_finite, are_in_japan, as_array, fit_type, to_crs
from gis_capture.convert.geometry_doubts import doubts_of
from gis_capture.convert.placed import Positions, tell_rows, with_reasons
from gis_capture.ledger import Table
from gis_capture.locate.codes import CRS_UNKNOWN, DATUM_GRID_MISSING
from gis_capture.locate.crs import parse_crs
from gis_capture.locate.datum import Moved
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.result import NO_COORDINATES
from gis_capture.model import Layer, Problem, Text

_EPSG = re.compile(r"EPSG:\d+")


def place_geometries(
    table: Table, layer: Layer, crs: str | None, grids_dir: Path | None, gazetteer: Gazetteer | None
) -> Positions:
    """Takes the geometries that a source brings into a layer, and tells what is doubtful about them.

    Args:
        table: With its geometries.
        layer: Gives the CRS and the type.
        crs: What a person says about the source's CRS.
        grids_dir: Folder of datum grids.
        gazetteer: Knows where the towns of the rows are.
    """
    # What a source says in words only is no CRS that could be taken for certain.
    stated = crs or (table.crs if table.crs and _EPSG.fullmatch(table.crs) else None)
    target = parse_crs(layer.crs)
    raw = as_array(table.geometries)
    is_unknown = stated is None and not are_in_japan(raw)
    moved, moves = to_crs(raw, source=parse_crs(stated) if stated else target, target=target, grids_dir=grids_dir)
    if is_unknown:
        moved = np.full_like(raw, None)
    finite = are_finite(moved)
    moved[~finite] = None
    fitted, differs, changed = fit_type(moved, layer.geometry_type)
    somewhere = ~shapely.is_missing(raw) & is_unknown
    found = {
        CRS_UNKNOWN: somewhere,
        codes.GEOMETRY_MISSING: shapely.is_missing(raw),
        codes.GEOMETRY_NOT_FINITE: ~finite,
        codes.GEOMETRY_TYPE_DIFFERS: differs,
    }
    told = {code: rows for code, rows in found.items() if code != CRS_UNKNOWN}
    told[codes.GEOMETRY_INVALID] = ~(shapely.is_valid(fitted) | shapely.is_missing(fitted))
    is_placed = (~shapely.is_missing(fitted)).tolist()
    accuracy_m = _accuracy_m(moves)
    placed_as_written = raw.copy()
    placed_as_written[shapely.is_missing(fitted)] = None
    doubts = doubts_of(table, placed_as_written, parse_crs(stated) if stated else target, gazetteer)
    radii = np.fmax(doubts.reach_m, np.nan if accuracy_m is None else accuracy_m)
    return Positions(
        geometries=fitted.tolist(),
        methods=["geometry" if placed else None for placed in is_placed],
        accuracies_m=[
            None if metres != metres or not placed else round(metres, 1)
            for metres, placed in zip(radii.tolist(), is_placed, strict=True)
        ],
        notes=doubts.notes,
        reasons=with_reasons([None] * len(fitted), found),
        problems=(
            *([_crs_unknown(table)] if is_unknown else _crs_problems(stated, layer, moves)),
            *_changed(layer, int(changed.sum())),
            *tell_rows(table, told),
            *doubts.problems,
        ),
        coordinates=NO_COORDINATES,
        crs=stated,
        operation="; ".join(dict.fromkeys(operation for move in moves for operation in move.operations)),
        unplaced={
            row: shapely.to_wkt(raw[row], rounding_precision=-1)
            for row in np.flatnonzero(differs | ~finite | somewhere).tolist()
        },
    )


def _crs_unknown(table: Table) -> Problem:
    what = f"「{table.crs[:60]}」" if table.crs else "書かれていません"
    message = Text(
        f"図形の座標系が分からない（{what}）ため、「{table.name}」の図形は地図に載せませんでした。形は控えに残してあります。",
        f'The CRS of the geometries of "{table.name}" is not known; they were not placed, but kept in the record.',
    )
    suggestion = Text(
        "座標系（平面直角座標系の系番号など）を選んで取り込み直してください。",
        "Import again and name the CRS, such as EPSG:6675.",
    )
    return Problem(CRS_UNKNOWN, "error", message, suggestion)


def _changed(layer: Layer, n: int) -> list[Problem]:
    if not n:
        return []
    is_line = layer.geometry_type.endswith("LineString")
    ja, en = (
        ("面をその外周の線", "areas became their outlines")
        if is_line
        else ("閉じた線を面", "closed lines became areas")
    )
    return [Problem(codes.GEOMETRY_TYPE_CHANGED, "info", Text(f"{n:,}件の{ja}にしました。", f"{n:,} {en}."))]


def _accuracy_m(moves: Sequence[Moved]) -> float | None:
    """The worst radius that the change of datum leaves, metres."""
    worst = [float(np.nanmax(move.accuracies_m)) for move in moves if np.isfinite(move.accuracies_m).any()]
    return round(max(worst), 1) if worst else None


def _crs_problems(stated: str | None, layer: Layer, moves: Sequence[Moved]) -> list[Problem]:
    problems = []
    if stated is None:
        message = Text(
            f"図形の座標系が書かれていないため、{layer.crs}とみなしました。",
            f"The geometries state no CRS; {layer.crs} was assumed.",
        )
        suggestion = Text(
            "違うときは座標系を指定して取り込み直してください。", "If that is wrong, import again and name the CRS."
        )
        problems.append(Problem(codes.GEOMETRY_CRS_ASSUMED, "warning", message, suggestion))
    for grid in sorted({move.missing_grid for move in moves if move.missing_grid}):
        message = Text(
            f"測地系の変換に使う「{grid}」がないため、およその式で変換しました。",
            f'The datum was changed by an approximate formula, because the grid "{grid}" is missing.',
        )
        suggestion = Text("変換パラメータを入れて取り込み直してください。", "Install the grid and import again.")
        problems.append(Problem(DATUM_GRID_MISSING, "warning", message, suggestion))
    return problems
