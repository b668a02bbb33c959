"""Mesh codes in layers of points and of areas."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gis_capture.convert import convert
from gis_capture.locate import codes
from gis_capture.model import Layer
from gis_capture.store import GeoPackageStore


@pytest.mark.parametrize(
    ("geometry_type", "kind"),
    [("Point", "Point"), ("Polygon", "Polygon"), ("MultiPolygon", "MultiPolygon"), ("Geometry", "Polygon")],
)
def test_a_layer_of_areas_gets_cells_and_a_layer_of_points_their_middles(
    write_csv: Callable[..., Path],
    store: GeoPackageStore,
    layers: dict[str, Layer],
    new_id: Callable[[], str],
    clock: Callable[[], str],
    geometry_type: str,
    kind: str,
) -> None:
    """Both with the radius of the cell and a note with its size; an unreadable code is told, not placed."""
    path = write_csv([["名称", "メッシュコード"], ["公園A", "54371270"], ["公園B", "5437127X"]])
    layer = replace(layers["park"], geometry_type=geometry_type)  # type: ignore[arg-type]  # parametrized
    conversion = convert(path, layer=layer, store=store, author="山田", clock=clock, new_id=new_id)
    assert (conversion.n_loaded, conversion.reasons) == (1, {codes.COORDINATE_UNREADABLE: 1})
    placed = next(feature for feature in store.features("park") if feature.geometry is not None)
    assert type(placed.geometry).__name__ == kind
    assert placed.position.method == "mesh" and placed.position.accuracy_m == pytest.approx(730, abs=10)
    assert "約1km" in (placed.position.note or "")
