"""Addresses to places without a network, from public tables that the office downloads."""

from gis_capture.locate.gazetteer.build import build_gazetteer
from gis_capture.locate.gazetteer.match import Match
from gis_capture.locate.gazetteer.search import Gazetteer

__all__ = ["Gazetteer", "Match", "build_gazetteer"]
