"""What rows are placed against, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shapely import Geometry

from gis_capture.locate.layouts import Columns
from gis_capture.model.roles import Way


@dataclass(frozen=True, slots=True)
class KeyLayer:
    """Features that rows are placed against.

    Attributes:
        way: What the rows say: a lot, a place on a route, the number of a feature, its name.
        title: Of the layer, as people call it.
        columns: Texts of the features by the title of their field.
        geometries: Of the features, parallel to the texts; in degrees of JGD2011.
        key_titles: Titles of the fields that are the key of the layer.
        layers: Keys of the layers, for the record.
        column: Where the key stands in the ledger, if a person says so; "" = found by the headers.
    """

    way: Way
    title: str
    columns: Columns
    geometries: Sequence[Geometry | None]
    key_titles: tuple[str, ...] = ()
    column: str = ""
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key leads: degrees of JGD2011, the radius within which the place lies, and how it was found.

    Attributes:
        shape: Of the feature or features that the key names; None for a place on a route.
    """

    lon: float
    lat: float
    accuracy_m: float
    note: str
    is_sure: bool = True
    shape: Geometry | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a key leads nowhere: the code of the problem and its particulars, in Japanese and English."""

    code: str
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """Places of the rows of a table; None where a row has no key.

    Attributes:
        columns: Of the ledger, where the keys stand; () = none was found.
        texts: The keys as written, parallel to the rows.
    """

    columns: tuple[str, ...]
    texts: Sequence[str]
    found: Sequence[Place | Miss | None]


def joined(columns: Mapping[str, Sequence[str | None]], names: Sequence[str], row: int) -> str:
    """The texts of some columns of one row, put together."""
    return "".join((columns[name][row] or "").strip() for name in names)
