"""What a gazetteer is made of."""

from collections.abc import Callable
from typing import NamedTuple


class Place(NamedTuple):
    """A named place with a point.

    Attributes:
        town: 大字 or 町 with its 丁目, "" where the city has none.
        koaza: Name below the town, "".
        lot: Block or lot number, "" for a town.
        lon: Degrees, NaN-free; None where the source has no point.
        lat: Degrees.
    """

    pref: str
    city: str
    town: str
    koaza: str
    lot: str
    lon: float | None
    lat: float | None


def parse_degrees(text: str) -> float | None:
    """Reads a number; None where there is none."""
    try:
        return float(text)
    except ValueError:
        return None


def picker(header: list[str], *names: str) -> Callable[[list[str]], tuple[str, ...]]:
    """Gives a function that takes the named cells out of a row; "" for a name the header has not."""
    places = [header.index(name) if name in header else -1 for name in names]
    return lambda row: tuple(row[place] if 0 <= place < len(row) else "" for place in places)
