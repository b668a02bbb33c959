"""Addresses for tablets: an extract of the office's gazetteer, searched on the device without a network."""

from collections.abc import Callable
from functools import cache

from flask import Blueprint, Response, request

from gis_capture.locate.gazetteer.extract import extract_towns
from gis_capture.locate.gazetteer.folding import FORMS
from gis_capture.model import parse_bbox
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import may_read, principal
from gis_capture.server.context import workspace
from gis_capture.tiles.grid import Tile, tile_at

area = Blueprint("addresses", __name__)
MOST_TOWNS, MOST_LOTS = 30_000, 200_000
NEAR_ZOOM = 11
"""The side of a tile of it is about 16 km in Japan."""


@area.get("/addresses")
def give_addresses() -> Response:
    """Gives the towns of a box, on wish with their lots; none where the office has built no gazetteer.

    With `near=1` only those with a feature around them: one astray widens a box, but brings no towns between.
    """
    box, n_lots = parse_bbox(request.args.get("bbox", "")), MOST_LOTS if request.args.get("lots") == "1" else 0
    path = workspace().folder.gazetteer_path
    wanted = {"is_near": _has_features_around()} if request.args.get("near") == "1" else {}
    towns = (
        extract_towns(path, box, n_towns=MOST_TOWNS, n_lots=n_lots, area=principal().area, **wanted)
        if path.is_file()
        else ()
    )
    found = [town._asdict() for town in towns]
    return json_response({"format": "gis-capture.addresses/v1", "towns": found, "forms": FORMS})


def _has_features_around() -> Callable[[float, float], bool]:
    """Tells of a place whether features of layers that are seen lie in its tile or beside that."""
    tiles, keys = workspace().tiles, [layer.key for layer in workspace().store.layers() if may_read(layer.key)]

    @cache
    def is_used(tile: Tile) -> bool:
        return tiles.has_features(keys, tile, around=1)

    return lambda lon, lat: is_used(tile_at(lon, lat, NEAR_ZOOM))
