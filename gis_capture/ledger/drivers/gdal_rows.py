"""Reads a layer feature by feature, through fiona, where the reader of whole columns gives up.

pyogrio reads a layer at once, and one feature that it cannot take ends the reading of all. fiona hands over one
feature after the other and goes on behind a broken one; it also has a GDAL of its own, of another version.
"""

import json
import logging
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import fiona
import numpy as np
import shapely
from fiona.errors import FionaError

from gis_capture.ledger.drivers.gdal import GdalLayer, crs_name
from gis_capture.ledger.opening import Opened, too_large

# Without a handler Python would write what GDAL says of a broken feature to the screen.
logging.getLogger("fiona").addHandler(logging.NullHandler())
_MAX_FAILURES = 1_000


def layer_names(path: Path) -> list[str]:
    """The layers of a file; raises FionaError when it is none."""
    return [str(name) for name in fiona.listlayers(path)]


def read_layer(
    opened: Opened, path: Path, *, layer: str | None = None, options: Mapping[str, str] | None = None
) -> GdalLayer:
    """Reads one layer; features that cannot be handed over at all are missing and counted.

    Raises SourceError beyond the limit of rows, FionaError when the layer cannot be opened.
    """
    fids: list[int] = []
    records: list[Mapping[str, Any]] = []
    geometries: list[shapely.Geometry | None] = []
    unread: list[int] = []
    n_failed = 0
    with fiona.open(path, layer=layer, **dict(options or {})) as source:
        names = [str(name) for name in source.schema["properties"]]
        has_geometry = source.schema["geometry"] != "None"
        features = iter(source)
        while n_failed < _MAX_FAILURES:
            try:
                feature = next(features, None)
            except (FionaError, ValueError, RuntimeError, TypeError):
                n_failed += 1
                continue
            if feature is None:
                break
            if len(records) >= opened.limits.max_rows:
                raise too_large(opened.path, f"{len(records) + 1:,} rows", f"{opened.limits.max_rows:,} rows")
            records.append(feature.properties)
            fids.append(int(feature.id))
            geometries.append(_geometry(feature))
            if has_geometry and geometries[-1] is None:
                unread.append(len(records))
        crs = crs_name(source.crs_wkt)
        n_claimed = _n_claimed(source)
    return GdalLayer(
        names=names,
        arrays=[_column([_plain(record.get(name)) for record in records]) for name in names],
        fids=fids,
        geometries=geometries if has_geometry else None,
        crs=crs,
        unread=list(islice(unread, _MAX_FAILURES)),
        n_failed=max(n_failed, n_claimed - len(records)),
    )


def _n_claimed(source: Any) -> int:
    """The number of features a layer says it has; 0 where it does not say."""
    try:
        return max(0, len(source))
    except (FionaError, TypeError, ValueError, OverflowError):
        return 0


def _geometry(feature: Any) -> shapely.Geometry | None:
    try:
        return None if feature.geometry is None else shapely.geometry.shape(feature.geometry)
    except (ValueError, TypeError, KeyError, shapely.errors.ShapelyError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        # Bytes that are no UTF-8 come as halves of surrogate pairs, which nothing behind could write.
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value


def _column(values: list[Any]) -> Any:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
