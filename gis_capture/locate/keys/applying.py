"""Puts what keys lead to into the positions of a table."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gis_capture.errors import LayerError
from gis_capture.locate import codes
from gis_capture.locate.addresses import find_addresses
from gis_capture.locate.crs import GEOGRAPHIC, parse_crs
from gis_capture.locate.datum import transform
from gis_capture.locate.doubtful import PlacedRows
from gis_capture.locate.evidence import KnownPlaces
from gis_capture.locate.gazetteer import Gazetteer
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
# Tablets ask a crew to look at what an import doubts.
_DOUBT = "、確認：そのものか分かりません"
_OF_PLACE = (codes.POSITION_MISSING, codes.NO_COORDINATES, codes.POSITION_FROM_ADDRESS, codes.ADDRESS_NOT_FOUND)


def add_key_places(
    located: Located,
    columns: Columns,
    layer: KeyLayer,
    *,
    row_numbers: Sequence[int],
    layer_crs: str,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
) -> Located:
    """Places the rows that have no coordinates, or coarser ones, by their keys; a key is nearer than an address.

    Args:
        located: By coordinates and addresses.
        columns: Texts of the ledger by column name.
        layer: What the rows are looked up in.
        row_numbers: As the user of the source sees them.
        layer_crs: CRS of the points that come out.
        grids_dir: Folder of datum grids.
        gazetteer: Knows the city and the towns that the places should lie in.

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
    finer = _finer_by_key(located, places, parse_crs(layer_crs))
    rows = [
        row
        for row, method in enumerate(located.methods)
        if places.found[row] and (method in (None, "address") or row in finer)
    ]
    found = [(row, place) for row in rows if isinstance(place := places.found[row], Place)]
    lon, lat = (np.array([getattr(place, axis) for _, place in found], np.float64) for axis in ("lon", "lat"))
    doubts = list(_doubts(columns, places, found, gazetteer, row_numbers))
    doubted = {problem.row_number: problem.places for problem in doubts}
    moved = transform(lon, lat, source=GEOGRAPHIC["jgd2011"], target=parse_crs(layer_crs), grids_dir=grids_dir)
    for (row, place), x, y in zip(found, moved.x.tolist(), moved.y.tolist(), strict=True):
        located.geometries.put(row, x, y)
        located.methods[row], located.reasons[row] = layer.way, None
        located.accuracies_m[row] = max(place.accuracy_m, _apart_m(doubted.get(row_numbers[row], ())))
        before = f"{located.notes[row]}、より詳しい" if row in finer and located.notes[row] else ""
        doubt = "" if place.is_sure and row_numbers[row] not in doubted else _DOUBT
        located.notes[row] = f"{before}{place.note}（レイヤー「{layer.title}」{doubt}）"
    for row in rows:
        miss = places.found[row]
        if located.methods[row] is None and miss is not None and not isinstance(miss, Place):
            located.reasons[row] = miss.code
    shapes = {row: place.shape for row, place in found if place.shape is not None}
    told = _problems(located, places, layer, rows, row_numbers, doubted)
    return replace(located, shapes=shapes, problems=(*told, *doubts), key_columns=places.columns)


def _doubts(
    columns: Columns,
    places: KeyPlaces,
    found: Sequence[tuple[int, Place]],
    gazetteer: Gazetteer | None,
    row_numbers: Sequence[int],
) -> Iterator[Problem]:
    """Checks the places of keys as those of coordinates: a layer may be as wrong as a ledger."""
    lon, lat, accuracies_m = (np.full(len(places.texts), np.nan) for _ in range(3))
    for row, place in found:
        lon[row], lat[row], accuracies_m[row] = place.lon, place.lat, place.accuracy_m
    rows = PlacedRows(lon, lat, places.texts.__getitem__, row_numbers, places.columns[-1], accuracies_m)
    area = gazetteer.area_of(gazetteer.home) if gazetteer and gazetteer.home else None
    # Several rows may name one lot, one pole, one hall: places that they share are no news.
    yield from rows.alone(area)
    if gazetteer and found and (addresses := find_addresses(columns, gazetteer)):
        yield from rows.against(addresses, KnownPlaces(*addresses.points()))


def _apart_m(places: Sequence[tuple[float, float]]) -> float:
    """How far the place of a row lies from what speaks against it; 0 where nothing does."""
    if len(places) < 2:
        return 0.0
    here, there = np.array(places[:2], np.float64)
    known = KnownPlaces(there[:1], there[1:], np.zeros(1))
    return round(float(known.distances_m(here[:1], here[1:])[0]), 1)


def _finer_by_key(located: Located, places: KeyPlaces, target: int) -> set[int]:
    """The rows whose key is nearer than their coordinates tell (mesh codes, few digits), and agrees with them."""
    array = np.array(
        [
            (place.lon, place.lat, place.accuracy_m) if isinstance(place, Place) and place.is_sure else (np.nan,) * 3
            for place in places.found
        ],
        np.float64,
    ).reshape(-1, 3)
    known = KnownPlaces(array[:, 0], array[:, 1], array[:, 2])
    coordinates_m = located.coarseness_m()
    lonlat = located.geometries.in_degrees(target)
    away_m = known.distances_m(lonlat.x, lonlat.y)
    return set(np.flatnonzero((known.reach_m < coordinates_m) & (away_m <= coordinates_m + known.reach_m)).tolist())


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
    located: Located,
    places: KeyPlaces,
    layer: KeyLayer,
    rows: Sequence[int],
    row_numbers: Sequence[int],
    doubted: Container[int | None],
) -> tuple[Problem, ...]:
    """Tells of each row what its key led to, and takes away what is no longer so."""
    more = []
    placed = set()
    for row in rows:
        found, number = places.found[row], row_numbers[row]
        if isinstance(found, Place):
            placed.add(number)
            accuracy = f"{located.accuracies_m[row]:.0f}"
            severity: Severity = "info" if found.is_sure and number not in doubted else "warning"
            message = Text(
                f"{found.note}（レイヤー「{layer.title}」、誤差{accuracy}m）",
                f'"{places.texts[row]}" was placed by the layer "{layer.title}", within {accuracy} m.',
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
