"""A layer as a file to hand on: GeoPackage, GeoJSON, CSV or FlatGeobuf."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shapely import Geometry

from gis_capture.errors import StoreError
from gis_capture.model import Problem
from gis_capture.report.flatgeobuf import encode_flatgeobuf
from gis_capture.report.geojson import encode_collection, to_geojson
from gis_capture.report.table import ENCODINGS, write_csv
from gis_capture.store.export import Select, at_revision, everything, write_geopackage
from gis_capture.store.protocol import Store
from gis_capture.text import Text

MEDIA_TYPES = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "fgb": "application/flatgeobuf",
}


@dataclass(frozen=True, slots=True)
class Export:
    """What was written, and what could not be written as it is."""

    path: Path
    n_features: int
    problems: tuple[Problem, ...] = ()


def export_layer(
    store: Store,
    key: str,
    path: Path,
    *,
    file_format: str = "gpkg",
    encoding: str = "utf-8-sig",
    with_personal: bool = True,
    revision: int | None = None,
    keeps: Callable[[Geometry | None], bool] | None = None,
) -> Export:
    """Writes a layer to a file; the file is replaced at once when it is whole.

    Args:
        store: Where the layer is.
        key: Of the layer.
        path: Of the file.
        file_format: "gpkg", "geojson", "csv" or "fgb".
        encoding: Of a CSV file.
        with_personal: Whether fields with personal data are written.
        revision: As the layer was after it, by the field names of now; None = as it is.
        keeps: Tells by its geometry whether a feature is written; None = all are.

    Raises:
        LayerError: There is no such layer.
        StoreError: The format is not known, or the file cannot be written.
    """
    layer = store.layer(key) if with_personal else store.layer(key).without_personal()
    for value, allowed in ((file_format, MEDIA_TYPES), (encoding, ENCODINGS)):
        if value not in allowed:
            raise StoreError(
                Text(
                    f"「{value}」では書き出せません。{'・'.join(allowed)} のどれかにしてください。",
                    f'Cannot export as "{value}": choose one of {", ".join(allowed)}.',
                ),
                value=value,
            )
    chosen = everything if revision is None else at_revision(revision)
    select = chosen if keeps is None else _only(chosen, keeps)
    with replacing(path) as unfinished:
        if file_format == "gpkg":
            n_features = write_geopackage(
                unfinished,
                store,
                [key],
                with_personal=with_personal,
                select=select,
            )
            return Export(path, n_features)
        features = store.features(key) if revision is None else store.features_at(key, revision)
        if keeps is not None:
            features = (feature for feature in features if keeps(feature.geometry))
        if file_format == "csv":
            with unfinished.open("w", encoding=encoding, newline="") as file:
                return Export(path, *write_csv(file, layer, features, encoding=encoding))
        if file_format == "fgb":
            everything_there = list(features)
            unfinished.write_bytes(encode_flatgeobuf(layer, everything_there))
            return Export(path, len(everything_there))
        n_features = 0
        with unfinished.open("wb") as stream:
            for number, piece in enumerate(encode_collection(to_geojson(layer, features))):
                stream.write(piece)
                n_features = max(number - 1, 0)
        return Export(path, n_features)


def _only(select: Select, keeps: Callable[[Geometry | None], bool]) -> Select:
    return lambda moment, layer: (feature for feature in select(moment, layer) if keeps(feature.geometry))


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives the path of a file that takes the place of `path` when the block ends well, and is gone when not.

    Raises:
        StoreError: The file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        raise StoreError(
            Text(
                f"「{path}」に書き込めません({error.strerror or error})。"
                "開いているプログラムを閉じるか、別の場所を指定してください。",
                f'Cannot write "{path}" ({error.strerror or error}): '
                "close the program that has it open, or name another place.",
            ),
            path=path,
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
