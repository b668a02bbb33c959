"""The answer to an address."""

from typing import NamedTuple

from gis_capture.locate.gazetteer.spots import Level


class Match(NamedTuple):
    """How much of an address is known, and where that is.

    Attributes:
        level: What was found; nothing finer is claimed.
        name: Of the place, as the gazetteer writes it: 静岡県焼津市本町五丁目.
        matched: The part of the address that was recognised, as it was written.
        tail: The rest of it: lot, building, or what is not known.
        lon: Degrees; None where the place has no point.
        lat: Degrees.
        accuracy_m: Radius of the place.
        candidates: Names of other readings.
        is_sure: Nothing speaks for another reading.
    """

    level: Level
    name: str
    matched: str
    tail: str
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    candidates: tuple[str, ...] = ()
    is_sure: bool = True
