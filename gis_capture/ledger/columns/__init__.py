"""From the columns of a table to the fields of a layer: which is which, which layer fits, and a layer of its own."""

from gis_capture.ledger.columns.choosing import (
    LayerSuggestion,
    choose_layer,
    share_of_fitting,
    sort_suggestions,
    suggest_layers,
    tells_features_apart,
)
from gis_capture.ledger.columns.keys import propose_keys
from gis_capture.ledger.columns.making import is_made_key, layer_key_of, layer_key_of_words, make_layer
from gis_capture.ledger.columns.matching import GENERIC_KEY, ColumnMatch, Match, match_columns

__all__ = [
    "GENERIC_KEY",
    "ColumnMatch",
    "LayerSuggestion",
    "Match",
    "choose_layer",
    "is_made_key",
    "layer_key_of",
    "layer_key_of_words",
    "make_layer",
    "match_columns",
    "propose_keys",
    "share_of_fitting",
    "sort_suggestions",
    "suggest_layers",
    "tells_features_apart",
]
