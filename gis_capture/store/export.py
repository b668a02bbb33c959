"""Layers of a store as a plain GeoPackage to hand on: no history, no tables of our own."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis_capture.errors import StoreError
from gis_capture.geopackage.files import create_geopackage
from gis_capture.geopackage.layer_tables import create_layer_table, note_dimensions
from gis_capture.geopackage.names import REVISION
from gis_capture.geopackage.second_reader import check_with_gdal
from gis_capture.model import Feature, FeatureColumns, Layer
from gis_capture.store.geopackage.rows import GeoPackageRows
from gis_capture.store.protocol import Snapshot, Store
from gis_capture.store.tables.layer_rows import BATCH, LayerRows
from gis_capture.text import Text

Select = Callable[[Snapshot, Layer], Iterator[Feature]]


def everything(moment: Snapshot, layer: Layer) -> Iterator[Feature]:
    """All features of a layer."""
    return moment.features(layer.key)


def at_revision(revision: int) -> Select:
    """Selects the features of a layer as they were after a revision."""
    return lambda moment, layer: moment.features_at(layer.key, revision)


def nothing_more(connection: sqlite3.Connection, moment: Snapshot, counts: Mapping[Layer, int]) -> None:
    """Adds nothing to a written file."""


def write_geopackage(
    path: Path,
    store: Store,
    layers: Sequence[str],
    *,
    with_personal: bool = True,
    select: Select = everything,
    also: Callable[[sqlite3.Connection, Snapshot, Mapping[Layer, int]], None] = nothing_more,
) -> int:
    """Writes layers to a GeoPackage, whole or not at all; gives the number of features.

    Args:
        path: Of the file; an older one is replaced.
        store: Where the layers are.
        layers: Their keys.
        with_personal: Whether fields with personal data are written.
        select: Gives the features of a layer to write; asked twice, for the second reading.
        also: Writes more into the file, once the layers are in it.

    Raises:
        LayerError: There is no such layer.
        StoreError: The file cannot be written, is a store, or holds something else than the store when read back.
    """
    refuse_store(path)
    counts: dict[Layer, int] = {}
    # One moment for all layers and for both readings, whatever is written meanwhile.
    with store.snapshot() as moment:
        chosen = [moment.layer(key) for key in dict.fromkeys(layers)]
        if not with_personal:
            chosen = [layer.without_personal() for layer in chosen]

        def fill(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN")
            for layer in chosen:
                create_layer_table(connection, layer)
                counts[layer] = _copy(connection, select(moment, layer), layer)
                _verify(connection, select(moment, layer), layer)
            also(connection, moment, counts)
            connection.execute("COMMIT")

        create_geopackage(path, fill, check=lambda written: check_with_gdal(written, counts))
    return sum(counts.values())


def refuse_store(path: Path) -> None:
    """Keeps a store, which has a history, from being replaced by a file that has none."""
    if not path.is_file():
        return
    with closing(sqlite3.connect(path)) as older, suppress(sqlite3.DatabaseError):
        if older.execute("SELECT 1 FROM sqlite_master WHERE name = 'gis_capture_meta'").fetchone():
            message = Text(
                f"「{path}」は台帳データの本体なので、上書きできません。別の名前にしてください。",
                f'"{path}" is a store and is not replaced: give another name.',
            )
            raise StoreError(message, path=path)


def _copy(connection: sqlite3.Connection, features: Iterator[Feature], layer: Layer) -> int:
    """Copies the features of a layer, each with the revision that wrote it; notes extent and dimensions."""
    rows = GeoPackageRows(layer)
    n_copied, boxes = 0, [np.full(4, np.nan)]
    while batch := list(islice(features, BATCH)):
        contents = rows.to_contents(FeatureColumns.from_features(batch), 0) | {
            REVISION: [one.revision for one in batch]
        }
        connection.executemany(rows.insert(contents), zip(*contents.values(), strict=True))
        geometries = [one.geometry for one in batch]
        note_dimensions(connection, layer.key, geometries)
        boxes.append(shapely.total_bounds(geometries))
        n_copied += len(batch)
    corners = np.array(boxes)
    if np.isfinite(corners).any():
        extent = (*np.nanmin(corners[:, :2], axis=0).tolist(), *np.nanmax(corners[:, 2:], axis=0).tolist())
        connection.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
            (*extent, layer.key),
        )
    return n_copied


def _verify(connection: sqlite3.Connection, features: Iterator[Feature], layer: Layer) -> None:
    """Reads a layer back and compares every value of every column."""
    rows = GeoPackageRows(layer)
    cursor = connection.execute(f"{rows.select} ORDER BY fid")
    while True:
        written = [row[1:] for row in cursor.fetchmany(BATCH)]
        batch = list(islice(features, max(len(written), 1)))
        parameters = rows.to_rows(FeatureColumns.from_features(batch), 0) if batch else []
        expected = [(*row[:2], one.revision, *row[3:]) for row, one in zip(parameters, batch, strict=True)]
        if written != expected:
            raise _differs(rows, written, expected)
        if not written:
            return


def _differs(rows: LayerRows, written: list[Any], expected: list[Any]) -> StoreError:
    """Names the first column that differs, and how many values each side has in it."""
    position = ("position_method", "position_accuracy_m", "position_note")
    names = ("geometry", "feature_id", "revision", *position, *rows.names)
    columns = [([row[place] for row in written], [row[place] for row in expected]) for place in range(len(names))]
    place = next((place for place, (here, there) in enumerate(columns) if here != there), 1)
    n_written, n_expected = (sum(value is not None for value in side) for side in columns[place])
    return StoreError(
        Text(
            f"レイヤー「{rows.layer.title.ja}」の書き出しを確かめたところ、列「{names[place]}」が元と違いました"
            f"(元{n_expected:,}件、書き出し{n_written:,}件)。ファイルは作りませんでした。",
            f'Layer "{rows.key}" was read back and column "{names[place]}" differs ({n_expected:,} values in the '
            f"store, {n_written:,} in the file); no file was made.",
        ),
        layer=rows.key,
        column=names[place],
    )
