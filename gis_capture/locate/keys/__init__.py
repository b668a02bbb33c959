"""Positions by keys other than coordinates and addresses: lots, route and kilometre post, numbers and names.

The features to look the keys up in come in as values; this part knows no store.
"""

from gis_capture.locate.keys.applying import add_key_places
from gis_capture.locate.keys.placing import place_by_key, propose_ways
from gis_capture.locate.keys.values import KeyLayer, KeyPlaces, Miss, Place
from gis_capture.model.roles import WAYS, Way

__all__ = ["WAYS", "KeyLayer", "KeyPlaces", "Miss", "Place", "Way", "add_key_places", "place_by_key", "propose_ways"]
