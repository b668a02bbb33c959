"""Puts what keys lead to into the positions of a table."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gis_capture.errors import LayerError
from gis_capture.locate import codes
from gis_capture.locate.crs import GEOGRAPHIC, parse_crs
from gis_capture.locate.datum import transform
from gis_capture.locate.keys.placing import place_by_key
from gis_capture.locate.keys.values import KeyLayer, KeyPlaces, Place
from gis_capture.locate.layouts import Columns
from gis_capture.locate.messages import CHECK_PLACE
from gis_capture.locate.result import Located
from gis_capture.model import Problem, Severity, Text

_CHOOSE_COLUMN = Text(
    "--place-column で台帳の列を指定するか、別のレイヤーを選んでください。",
    "Name the column of the ledger with --place-column, or choose another layer.",
)
_OF_PLACE = (codes.POSITION_MISSING, codes.NO_COORDINATES, codes.POSITION_FROM_ADDRESS, codes.ADDRESS_NOT_FOUND)


def add_key_places(
    located: Located,
    columns: Columns,
    layer: KeyLayer,
    *,
    row_numbers: Sequence[int],
    layer_crs: str,
    grids_dir: Path | None = None,
) -> Located:
    """Places the rows that have no coordinates by their keys; a key is nearer than an address.

    Args:
        located: By coordinates and addresses.
        columns: Texts of the ledger by column name.
        layer: What the rows are looked up in.
        row_numbers: As the user of the source sees them.
        layer_crs: CRS of the points that come out.
        grids_dir: Folder of datum grids.

    Raises:
        LayerError: The ledger has no such column as a person named.
    """
    if layer.column and layer.column not in columns:
        names = "、".join(columns)
        raise LayerError(
            Text(
                f"台帳に「{layer.column}」という列はありません。次の列があります：{names}",
                f'The ledger has no column "{layer.column}"; there are: {names}',
            ),
            column=layer.column,
        )
    places = place_by_key(columns, layer)
    if not places.columns:
        return replace(located, problems=(*located.problems, _no_columns(layer)))
    rows = [row for row, method in enumerate(located.methods) if method in (None, "address") and places.found[row]]
    found = [(row, place) for row in rows if isinstance(place := places.found[row], Place)]
    lon, lat = (np.array([getattr(place, axis) for _, place in found], np.float64) for axis in ("lon", "lat"))
    moved = transform(lon, lat, source=GEOGRAPHIC["jgd2011"], target=parse_crs(layer_crs), grids_dir=grids_dir)
    for (row, place), x, y in zip(found, moved.x.tolist(), moved.y.tolist(), strict=True):
        located.geometries.put(row, x, y)
        located.methods[row], located.reasons[row] = layer.way, None
        located.accuracies_m[row] = place.accuracy_m
        located.notes[row] = f"{place.note}（レイヤー「{layer.title}」）"
    for row in rows:
        miss = places.found[row]
        if located.methods[row] is None and miss is not None and not isinstance(miss, Place):
            located.reasons[row] = miss.code
    shapes = {row: place.shape for row, place in found if place.shape is not None}
    return replace(located, shapes=shapes, problems=_problems(located, places, layer, rows, row_numbers))


def _no_columns(layer: KeyLayer) -> Problem:
    message = Text(
        f"台帳かレイヤー「{layer.title}」に、{_WORDS[layer.way].ja}の列が見つかりません。",
        f'The ledger or the layer "{layer.title}" has no column of {_WORDS[layer.way].en}.',
    )
    return Problem(codes.KEY_COLUMNS_MISSING, "error", message, _CHOOSE_COLUMN)


_WORDS = {
    "parcel": Text("地番", "lot numbers"),
    "chainage": Text("距離標・測点", "places on a route"),
    "reference": Text("相手の番号", "numbers of features"),
    "name": Text("名称", "names"),
}


def _problems(
    located: Located, places: KeyPlaces, layer: KeyLayer, rows: Sequence[int], row_numbers: Sequence[int]
) -> tuple[Problem, ...]:
    """Tells of each row what its key led to, and takes away what is no longer so."""
    more = []
    placed = set()
    for row in rows:
        found, number = places.found[row], row_numbers[row]
        if isinstance(found, Place):
            placed.add(number)
            severity: Severity = "info" if found.is_sure else "warning"
            message = Text(
                f"{found.note}（レイヤー「{layer.title}」、誤差{found.accuracy_m:.0f}m）",
                f'"{places.texts[row]}" was placed by the layer "{layer.title}", within {found.accuracy_m:.0f} m.',
            )
            code = codes.POSITION_FROM_KEY
        elif found is not None:
            severity, code = "warning", found.code
            message = Text(
                f"レイヤー「{layer.title}」で置けません：{found.ja}。",
                f'Not placed by the layer "{layer.title}": {found.en}.',
            )
        more.append(Problem(code, severity, message, CHECK_PLACE, number, places.columns[-1]))
    kept = [
        problem
        for problem in located.problems
        if not (
            problem.code in _OF_PLACE
            and (problem.row_number in placed or (bool(placed) and problem.row_number is None))
        )
    ]
    return (*kept, *more)
