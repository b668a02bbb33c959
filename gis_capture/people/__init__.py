"""Who may do what: accounts, sessions, paired tablets, grants by layer, and the account of what they did."""

from gis_capture.people.people import Lasting, People
from gis_capture.people.principals import ALL_LAYERS, OWN_SCREEN, Principal, Right, Role

__all__ = ["ALL_LAYERS", "OWN_SCREEN", "Lasting", "People", "Principal", "Right", "Role"]
