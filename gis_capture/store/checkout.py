"""Check-out: layers of a store as a plain GeoPackage for QGIS or QField, which says what it was cut from."""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely import Geometry

from gis_capture.definitions import layer_from_json, layer_to_json
from gis_capture.errors import SourceError
from gis_capture.geopackage.connection import connect
from gis_capture.geopackage.crs import shape_in
from gis_capture.geopackage.layer_styles import put_layer_styles
from gis_capture.geopackage.layer_tables import SYSTEM_TITLES
from gis_capture.geopackage.metadata import put_metadata
from gis_capture.model import BBox, Feature, Layer
from gis_capture.store.export import write_geopackage
from gis_capture.store.protocol import FeatureQuery, Snapshot, Store
from gis_capture.text import Text

FORMAT = "gis-capture.checkout/v1"
STANDARD_URI = "urn:gis-capture:checkout:v1"
_CHECKOUT_ID = re.compile(r"checkout_id\W+([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Checkout:
    """What a file was cut from.

    Attributes:
        epoch, revision: Of the store at that moment.
        layers: As they are in the file, without the fields that were left out.
        area: Only features that touch it, and those without a place, are in the file; EPSG:4326, None = all.
        with_personal: Whether fields with personal data are in the file.
    """

    checkout_id: str
    epoch: str
    revision: int
    made_at: str
    author: str
    layers: tuple[Layer, ...]
    n_features: int
    area: Geometry | None = None
    with_personal: bool = False

    @property
    def device_id(self) -> str:
        """The sender of the changes that come back with the file."""
        return f"checkout:{self.checkout_id}"

    def to_json(self) -> dict[str, Any]:
        """Gives the form of `gis-capture.checkout/v1`, without the definitions."""
        return {
            "format": FORMAT,
            "checkout_id": self.checkout_id,
            "epoch": self.epoch,
            "revision": self.revision,
            "made_at": self.made_at,
            "author": self.author,
            "layers": [layer.key for layer in self.layers],
            "n_features": self.n_features,
            "bbox": None if self.area is None else shapely.bounds(self.area).tolist(),
            "with_personal": self.with_personal,
        }


def write_checkout(
    path: Path,
    store: Store,
    layers: Sequence[str],
    *,
    checkout_id: str,
    made_at: str,
    author: str = "",
    area: Geometry | None = None,
    with_personal: bool = False,
) -> Checkout:
    """Writes a file to edit elsewhere, whole or not at all.

    Raises:
        LayerError: There is no such layer, or the area has no place in its CRS.
        StoreError: The file cannot be written.
    """
    made: list[Checkout] = []

    def select(moment: Snapshot, layer: Layer) -> Iterator[Feature]:
        return _features_in(moment, layer, area)

    def describe(connection: sqlite3.Connection, moment: Snapshot, counts: Mapping[Layer, int]) -> None:
        made[:] = [
            Checkout(
                checkout_id,
                store.epoch,
                moment.revision,
                made_at,
                author,
                tuple(counts),
                sum(counts.values()),
                area,
                with_personal,
            )
        ]
        _put_record(connection, made[0])
        put_layer_styles(connection, counts, SYSTEM_TITLES)

    write_geopackage(path, store, layers, with_personal=with_personal, select=select, also=describe)
    return made[0]


def read_checkout(path: Path) -> Checkout:
    """Reads what a file of ours was cut from.

    Raises:
        SourceError: It does not say so, or in a newer form.
    """
    with closing(connect(path, is_read_only=True)) as connection:
        texts = _metadata_in(connection, "md_standard_uri = ?", (STANDARD_URI,))
        record: dict[str, Any] = orjson.loads(texts[0]) if texts else {}
    if record.get("format") != FORMAT:
        found = record.get("format", "-")
        raise SourceError(
            Text(
                f"「{path}」は持ち出しの控えではありません(形式: {found})。",
                f'"{path}" is no check-out of this version (format: {found}).',
            ),
            path=path,
        )
    area = record["area"]
    return Checkout(
        record["checkout_id"],
        record["epoch"],
        record["revision"],
        record["made_at"],
        record["author"],
        tuple(layer_from_json(one) for one in record["definitions"]),
        record["n_features"],
        shapely.from_geojson(orjson.dumps(area)) if area else None,
        record["with_personal"],
    )


def checkout_id_in(connection: sqlite3.Connection) -> str | None:
    """The check-out that a file says it was cut from."""
    for text in _metadata_in(connection, "md_standard_uri = ?", (STANDARD_URI,)):
        if found := _CHECKOUT_ID.search(text):
            return found[1]
    return None


def _metadata_in(connection: sqlite3.Connection, where: str, values: tuple[str, ...]) -> list[str]:
    kind = connection.execute("SELECT type FROM sqlite_master WHERE name = 'gpkg_metadata'").fetchone()
    if kind != ("table",):
        return []
    sql = f"SELECT metadata FROM gpkg_metadata WHERE {where} AND typeof(metadata) = 'text' ORDER BY id LIMIT 100"
    return [row[0] for row in connection.execute(sql, values)]


def _put_record(connection: sqlite3.Connection, checkout: Checkout) -> None:
    """Writes the record as GeoPackage has it for metadata: QGIS lists every other table as a layer."""
    record = checkout.to_json()
    record["area"] = None if checkout.area is None else orjson.loads(shapely.to_geojson(checkout.area))
    record["definitions"] = [layer_to_json(layer) for layer in checkout.layers]
    put_metadata(connection, STANDARD_URI, orjson.dumps(record).decode(), at=checkout.made_at)


def _features_in(moment: Snapshot, layer: Layer, area: Geometry | None) -> Iterator[Feature]:
    if area is None:
        yield from moment.features(layer.key)
        return
    shape = shape_in(area, layer.crs)
    shapely.prepare(shape)
    for feature in moment.features(layer.key, FeatureQuery(bbox=BBox(*shapely.bounds(area).tolist()), is_located=True)):
        if shapely.intersects(shape, feature.geometry):
            yield feature
    # A feature without a place belongs to every area.
    yield from moment.features(layer.key, FeatureQuery(is_located=False))
