"""The one place that calls GDAL. Drivers import it when they read, because it draws in pandas and geopandas."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.opening import Opened, broken
from gis_capture.model import Problem
from gis_capture.text import Text


@dataclass(frozen=True, slots=True)
class GdalLayer:
    """One layer: names of its fields, one array per field, ids, geometries (x, y) and CRS.

    Attributes:
        unread: Places, from 1, of features whose geometry could not be read.
        n_failed: Features of which nothing could be read.
    """

    names: list[str]
    arrays: Sequence[Any]
    fids: list[int]
    geometries: list[shapely.Geometry | None] | None
    crs: str | None
    unread: Sequence[int] = ()
    n_failed: int = 0


_UNDEFINED = re.compile(r"^\w+\[\"Undefined |^(?:LOCAL_CS|ENGCRS|LOCALCS)\[", re.IGNORECASE)
# Numbers that GDAL gives features for itself; ids as they are written stay.
_ABOUT_FIDS = "Several features with id ="
READ_ERRORS = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.FeatureError,
    ValueError,
    RuntimeError,
    OSError,
    shapely.errors.ShapelyError,
)
"""What the readers raise for what is not whole."""


@contextmanager
def telling(opened: Opened, problems: list[Problem]) -> Iterator[None]:
    """Turns what GDAL warns of into problems, and what it raises into SourceError."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except SourceError:
            raise
        except READ_ERRORS as error:
            raise broken(opened.path, _first_line(error)) from error
    for message in dict.fromkeys(_first_line(w.message) for w in caught):
        if message.startswith(_ABOUT_FIDS):
            continue
        told = Text(f"読み取り時の注意：{message}", f"The reader says: {message}")
        problems.append(Problem(codes.DRIVER_WARNING, "warning", told))


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def layer_names(path: Path) -> list[str]:
    """The layers of a file."""
    return [str(name) for name, _ in pyogrio.list_layers(path)]


def read_layer(
    opened: Opened,
    path: Path,
    *,
    layer: str | None = None,
    columns: Sequence[str] | None = None,
    options: Mapping[str, str] | None = None,
) -> GdalLayer:
    """Reads one layer; `columns` limits the fields, `options` are those of its GDAL driver.

    Raises SourceError beyond the limit of rows.
    """
    given = dict(options or {})
    info = pyogrio.read_info(path, layer=layer, force_feature_count=True, **given)
    n_claimed = int(info["features"])
    opened.check_size(n_claimed, 1 if columns is not None else len(info["fields"]))
    # A row takes some bytes in every format; a count beyond that is a lie, and room would be made for it.
    room = max(1, min(n_claimed, opened.size_bytes))
    meta, fids, raw, arrays = pyogrio.raw.read(
        path, layer=layer, columns=columns, max_features=room, return_fids=True, datetime_as_string=True, **given
    )
    geometries = None if raw is None else list(shapely.from_wkb(raw, on_invalid="ignore"))
    return GdalLayer(
        names=[str(name) for name in meta["fields"]],
        arrays=arrays,
        fids=fids.tolist(),
        geometries=geometries,
        crs=crs_name(meta["crs"]),
        unread=[n for n, (g, wkb) in enumerate(zip(geometries or (), raw, strict=True), 1) if g is None and wkb]
        if geometries and None in geometries
        else (),
    )


def read_layer_or_rows(
    opened: Opened,
    path: Path,
    problems: list[Problem],
    *,
    layer: str | None = None,
    columns: Sequence[str] | None = None,
    options: Mapping[str, str] | None = None,
) -> GdalLayer:
    """Does what `read_layer` does; a layer that cannot be read at once is read feature by feature, which is told."""
    try:
        found = read_layer(opened, path, layer=layer, columns=columns, options=options)
    except SourceError:
        raise
    except READ_ERRORS as error:
        from fiona.errors import FionaError

        from gis_capture.ledger.drivers import gdal_rows

        try:
            found = gdal_rows.read_layer(opened, path, layer=layer, options=options)
        except FionaError:
            raise error from None
        problems.append(_by_rows(_first_line(error), found))
    if found.unread:
        problems.append(geometries_not_read(found.unread))
    return found


def _by_rows(reason: str, found: GdalLayer) -> Problem:
    lost_ja = f"まったく読めない地物が{found.n_failed:,}件あります。" if found.n_failed else ""
    lost_en = f" {found.n_failed:,} features could not be read at all." if found.n_failed else ""
    return Problem(
        codes.READ_BY_ANOTHER,
        "error" if found.n_failed else "warning",
        Text(
            f"壊れた所があるので、1件ずつ読みました（{len(found.fids):,}件）。{lost_ja}",
            f"Some feature cannot be read with the others ({reason}); {len(found.fids):,} were read singly.{lost_en}",
        ),
        Text(
            "元のソフトで確かめ、書き出し直してください。", "Look at it in the program it came from; export it again."
        ),
    )


def geometries_not_read(places: Sequence[int]) -> Problem:
    """Tells at which places, from 1, the geometry of a feature could not be read."""
    shown = ", ".join(str(place) for place in places[:20])
    return Problem(
        codes.GEOMETRY_NOT_READ,
        "warning",
        Text(
            f"図形を読み取れない地物が{len(places):,}件あります（{shown}件目）。属性は読みました。",
            f"The geometry of {len(places):,} features cannot be read (number {shown}); their attributes were.",
        ),
        Text("元のソフトで図形を直してください。", "Mend them in the program they came from."),
        row_number=places[0],
    )


def restore_missing_index(*, is_wanted: bool) -> None:
    """Lets GDAL write the index of a shapefile that lacks it."""
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True if is_wanted else None})


def crs_name(crs: str | None) -> str | None:
    """Gives "EPSG:6668" for what a source says of its CRS, where it can be told; else its WKT; None for nothing."""
    if not crs:
        return None
    if re.fullmatch(r"EPSG:\d+", crs):
        return crs
    if _UNDEFINED.search(crs):
        return None
    try:
        authority = CRS.from_user_input(crs).to_authority(min_confidence=50)
    except CRSError:
        return None
    return ":".join(authority) if authority else crs
