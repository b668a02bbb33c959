"""The position of every row of a table: from its own geometry, or from the columns that hold coordinates."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from shapely import Geometry

from gis_capture.convert import codes
from gis_capture.convert.geometries import Bools, are_finite, are_in_japan, as_array, fit_type, to_crs
from gis_capture.convert.geometry_doubts import columns_of, doubts_of
from gis_capture.convert.photo_track import PhotoTrack
from gis_capture.ledger import Table
from gis_capture.locate import Coordinates, Points, find_coordinates, locate_rows
from gis_capture.locate.codes import CRS_UNKNOWN, DATUM_GRID_MISSING
from gis_capture.locate.crs import GEOGRAPHIC, parse_crs, tells_of_two_datums
from gis_capture.locate.datum import Moved
from gis_capture.locate.evidence import RankedReading
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import KeyLayer, add_key_places
from gis_capture.locate.result import NO_COORDINATES
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import Layer, Problem, Text

_EPSG = re.compile(r"EPSG:\d+")
_SAMPLE_SIZE = 400
_TYPES_OF_AREAS = ("Polygon", "MultiPolygon", "Geometry")
_DRAW_IT = Text("位置を地図で指定してください。", "Give the place on the map.")


@dataclass(frozen=True, slots=True)
class Positions:
    """Positions of the rows of a table; all sequences are parallel to the rows.

    Attributes:
        geometries: In the layer's CRS and of its type; None = no position.
        reasons: Problem code of the rows without a position.
        coordinates: What was found in the columns; kind "none" where the source brings geometries.
        crs: CRS the source was read in, as far as it is known.
        operation: The datum operations that were used.
        address_columns: Where the addresses stand by which rows were placed.
        unplaced: By row index, geometries of the source that the layer cannot hold, as WKT in the source's CRS.
        readings: The ways to read the coordinates that were compared, the chosen one first.
    """

    geometries: Sequence[Geometry | None]
    methods: Sequence[str | None]
    accuracies_m: Sequence[float | None]
    notes: Sequence[str | None]
    reasons: Sequence[str | None]
    problems: tuple[Problem, ...]
    coordinates: Coordinates
    crs: str | None
    operation: str = ""
    address_columns: tuple[str, ...] = ()
    unplaced: Mapping[int, str] = field(default_factory=dict)
    readings: tuple[RankedReading, ...] = ()

    def is_missing(self) -> Bools:
        """True for rows without a position, shape (n,)."""
        if isinstance(self.geometries, Points):
            return self.geometries.is_missing()
        missing: Bools = shapely.is_missing(np.array([*self.geometries, None], dtype=object)[:-1])
        return missing


def has_geometries(table: Table) -> bool:
    """True when the source brings at least one geometry."""
    return table.geometries is not None and any(geometry is not None for geometry in table.geometries)


def context_of(table: Table) -> tuple[str, ...]:
    """Words beside the table that may name its CRS: titles and notes, names of sheet and file."""
    remarks = (text for text in table.remarks if not tells_of_two_datums(text))
    return tuple(filter(None, (*remarks, table.name, table.sheet, table.source.path.stem)))


def coordinates_of(table: Table) -> Coordinates:
    """Finds the columns of a table that hold positions; none where the source brings geometries."""
    if has_geometries(table):
        return NO_COORDINATES
    return find_coordinates(columns_of(table), context=context_of(table))


def readings_of(table: Table, *, grids_dir: Path | None, gazetteer: Gazetteer | None) -> tuple[RankedReading, ...]:
    """Compares the ways to read the coordinates of a table, by some hundred of its rows; () = nothing to compare."""
    if has_geometries(table):
        return ()
    step = max(1, len(table.row_numbers) // _SAMPLE_SIZE)
    sample = {name: texts[::step] for name, texts in columns_of(table).items()}
    located = locate_rows(
        sample, crs=None, layer_crs="EPSG:6668", context=context_of(table), grids_dir=grids_dir, gazetteer=gazetteer
    )
    return located.readings


def position_rows(
    table: Table,
    layer: Layer,
    *,
    crs: str | None = None,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
    against: KeyLayer | None = None,
    said: Said = NOTHING_SAID,
    track: PhotoTrack | None = None,
) -> Positions:
    """Gives every row of a table its position in a layer.

    Args:
        table: Its rows.
        layer: Gives the CRS and the type of the geometries.
        crs: What a person says about the source's CRS.
        grids_dir: Folder of datum grids.
        gazetteer: Places rows without coordinates by their addresses.
        against: Places them by lots, posts, numbers or names, which are nearer.
        said: What a person says of the columns.
        track: Places photos by when they were taken.

    Raises:
        CRSError: `crs` is not known.
    """
    if track is not None and track.can_place(table):
        return track.place(table, lambda filled: _from_geometries(filled, layer, crs, grids_dir, gazetteer))
    if has_geometries(table):
        return _from_geometries(table, layer, crs, grids_dir, gazetteer)
    located = locate_rows(
        columns_of(table),
        crs=crs,
        layer_crs=layer.crs,
        row_numbers=table.row_numbers,
        context=context_of(table),
        grids_dir=grids_dir,
        gazetteer=gazetteer,
        wants_areas=layer.geometry_type in _TYPES_OF_AREAS,
        said=said,
    )
    if against is not None:
        located = add_key_places(
            located,
            columns_of(table),
            against,
            row_numbers=table.row_numbers,
            layer_crs=layer.crs,
            grids_dir=grids_dir,
        )
    geometries: Sequence[Geometry | None] = located.geometries
    if located.areas:
        # A row without a cell may yet have a place by its address.
        geometries = [area or point for area, point in zip(located.areas, located.geometries, strict=True)]
    if located.shapes and layer.geometry_type in ("Polygon", "MultiPolygon"):
        # Land that a lot names is wanted as the area that it is.
        moved, _ = to_crs(
            as_array(list(located.shapes.values())),
            source=GEOGRAPHIC["jgd2011"],
            target=parse_crs(layer.crs),
            grids_dir=grids_dir,
        )
        shapes = dict(zip(located.shapes, moved.tolist(), strict=True))
        geometries = [shapes.get(row, geometry) for row, geometry in enumerate(geometries)]
    found: dict[str, Bools] = {}
    if layer.geometry_type not in ("Point", "Geometry"):
        fitted, found[codes.GEOMETRY_TYPE_DIFFERS], _ = fit_type(as_array(list(geometries)), layer.geometry_type)
        geometries = fitted.tolist()
    return Positions(
        geometries=geometries,
        methods=located.methods,
        accuracies_m=located.accuracies_m,
        notes=located.notes,
        reasons=_reasons(located.reasons, found),
        problems=(*located.problems, *_row_problems(table, found)),
        coordinates=located.coordinates,
        crs=crs or located.coordinates.crs,
        operation=located.operation,
        address_columns=located.address_columns,
        readings=located.readings,
    )


def _from_geometries(
    table: Table, layer: Layer, crs: str | None, grids_dir: Path | None, gazetteer: Gazetteer | None
) -> Positions:
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
    return Positions(
        geometries=fitted.tolist(),
        methods=["geometry" if placed else None for placed in is_placed],
        accuracies_m=[accuracy_m if placed else None for placed in is_placed],
        notes=[None] * len(fitted),
        reasons=_reasons([None] * len(fitted), found),
        problems=(
            *([_crs_unknown(table)] if is_unknown else _crs_problems(stated, layer, moves)),
            *_changed(layer, int(changed.sum())),
            *_row_problems(table, told),
            *doubts_of(table, fitted, target, gazetteer),
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


def _reasons(known: Sequence[str | None], found: Mapping[str, Bools]) -> list[str | None]:
    reasons = list(known)
    for code, rows in found.items():
        for row in np.flatnonzero(rows).tolist():
            reasons[row] = reasons[row] or code
    return reasons


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


def _row_problems(table: Table, found: Mapping[str, Bools]) -> list[Problem]:
    return [
        Problem(code, "warning", codes.TITLES[code], _DRAW_IT, row_number=table.row_numbers[row])
        for code, rows in found.items()
        for row in np.flatnonzero(rows).tolist()
    ]
