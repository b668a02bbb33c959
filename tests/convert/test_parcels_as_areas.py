"""Rows placed by their lots in a layer of areas."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from shapely import box

from gis_capture.convert import convert
from gis_capture.locate.keys import KeyLayer
from gis_capture.model import Layer
from gis_capture.store import GeoPackageStore

LAND = box(137.25, 36.14, 137.251, 36.141)


@pytest.mark.parametrize(("geometry_type", "kind"), [("MultiPolygon", "MultiPolygon"), ("Point", "Point")])
def test_land_is_the_parcel_itself_in_a_layer_of_areas(
    write_csv: Callable[..., Path],
    store: GeoPackageStore,
    layers: dict[str, Layer],
    new_id: Callable[[], str],
    clock: Callable[[], str],
    geometry_type: str,
    kind: str,
) -> None:
    """In a layer of points it is a point on the parcel; a row whose lot is not there stays without a place."""
    path = write_csv([["名称", "地番"], ["公園A", "880番地1"], ["公園B", "9"]])
    parcels = KeyLayer("parcel", "筆", {"地番": ["880-1"]}, [LAND])
    layer = replace(layers["park"], geometry_type=geometry_type)  # type: ignore[arg-type]  # parametrized
    conversion = convert(path, layer=layer, store=store, author="山田", clock=clock, new_id=new_id, against=parcels)
    assert (conversion.n_loaded, conversion.n_unlocated) == (1, 1)
    placed = next(feature for feature in store.features("park") if feature.geometry is not None)
    assert type(placed.geometry).__name__ == kind and placed.position.method == "parcel"
    assert placed.geometry is not None
    if kind == "Point":
        assert LAND.contains(placed.geometry)
    else:
        assert shapely.bounds(placed.geometry).tolist() == pytest.approx(shapely.bounds(LAND).tolist(), abs=1e-9)
