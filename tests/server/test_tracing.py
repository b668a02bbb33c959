"""A scanned map that is a layer helps to trace its lines and areas."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from flask import Flask
from flask.testing import FlaskClient
from pyproj import Transformer

from gis_capture.people import People, Role
from gis_capture.workspace import Workspace
from tests.paper.traced import INSIDE, LOT, SIZE_PX, drawn, line_of, off_px
from tests.server.conftest import PASSWORD, sign_in

PIXEL_M = 0.2
# The sheet lies aslant in Takayama's zone.
PLACED = Affine.translation(5000, 16000) @ Affine.rotation(17) @ Affine.scale(PIXEL_M, -PIXEL_M)
PLANE, DEGREES = "EPSG:6675", "EPSG:4326"


@pytest.fixture
def scanned(workspace: Workspace, tmp_path: Path) -> Workspace:
    """A workspace with a map of one lot with a break in its line; the lower right of the sheet is torn off."""
    line = shapely.difference(line_of(LOT, 4), LOT.exterior.interpolate(200).buffer(3))
    grey = drawn(line, words=[("123", 300, 300)])
    alpha = np.full_like(grey, 255)
    alpha[600:, 560:] = 0
    profile = {"width": SIZE_PX, "height": SIZE_PX, "count": 4, "dtype": "uint8", "crs": PLANE, "transform": PLACED}
    with rasterio.open(tmp_path / "図.tif", "w", driver="GTiff", photometric="RGB", alpha="YES", **profile) as target:
        target.write(np.stack([grey, grey, grey, alpha]))
    workspace.rasters.prepare([tmp_path / "図.tif"], name="plan")
    workspace.rasters.build("plan")
    return workspace


def place_of(x: float, y: float) -> dict[str, float]:
    """Where a pixel of the sheet is, in degrees."""
    lon, lat = Transformer.from_crs(PLANE, DEGREES, always_xy=True).transform(*(PLACED @ (x, y)))
    return {"lon": lon, "lat": lat}


def on_sheet(geometry: dict[str, Any]) -> Any:
    """The same in pixels of the sheet."""
    back = Transformer.from_crs(DEGREES, PLANE, always_xy=True)

    def pixels(places: np.ndarray) -> np.ndarray:
        return np.array([~PLACED @ back.transform(*place) for place in places])

    return shapely.transform(shapely.geometry.shape(geometry), pixels)


def ask(client: FlaskClient, aid: str, x: float, y: float, **more: object) -> Any:
    """Asks for an aid at a pixel of the sheet."""
    return client.get("/rasters/plan/trace", query_string={"aid": aid, **place_of(x, y), **more})


def test_lines_and_areas_come_back_where_they_are(scanned: Workspace, client: FlaskClient) -> None:
    """Within a pixel of the scan, though it lies aslant; the words inside are no holes."""
    assert scanned.rasters.get("plan")
    at = LOT.exterior.interpolate(0.37, normalized=True)
    found = on_sheet(ask(client, "snap", at.x + 6, at.y - 4).get_json()["geometry"])
    assert LOT.exterior.distance(found) <= 1
    assert ask(client, "snap", at.x + 6, at.y - 4, within_m=0.5).get_json() == {"geometry": None}
    answer = ask(client, "fill", *INSIDE)
    area = on_sheet(answer.get_json()["geometry"])
    usual, worst = off_px(area, LOT)
    assert usual <= 1 and worst <= 2.5, (usual, worst)
    assert [ring.bounds for ring in area.interiors] == []
    assert len(area.exterior.coords) <= 40
    ring = shapely.get_exterior_ring(shapely.geometry.shape(answer.get_json()["geometry"]))
    assert shapely.is_ccw(ring)


def test_no_area_is_made_up(scanned: Workspace, client: FlaskClient) -> None:
    """On a line, outside all lines and beyond the sheet it says why in both languages; in many windows at once too."""
    on_line = LOT.exterior.interpolate(100)
    for (x, y), code in [
        ((on_line.x, on_line.y), "trace_line"),
        ((20, 20), "trace_open"),
        ((620, 620), "trace_outside"),
        ((9000, 9000), "trace_outside"),
    ]:
        answer = ask(client, "fill", x, y)
        assert (answer.status_code, answer.get_json()["code"]) == (422, code)
        assert answer.get_json()["detail_ja"] and answer.get_json()["detail_en"]
    assert ask(client, "snap", 9000, 9000).get_json() == {"geometry": None}
    assert client.get("/rasters/none/trace?aid=fill&lon=137&lat=36").status_code == 404
    url = "/rasters/plan/trace"
    asked = [{"aid": "fill", **place_of(*INSIDE)} for _ in range(4)]
    application = client.application
    with ThreadPoolExecutor(4) as several:
        found = list(several.map(lambda one: ReadingOf(application).get(url, one), asked))
    assert len({str(one) for one in found}) == 1


class ReadingOf:
    """A client of its own, as each thread needs one."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def get(self, url: str, asked: dict[str, Any]) -> Any:
        """Gives the answer's content."""
        return self._client.get(url, query_string=asked).get_json()


@pytest.mark.parametrize(
    "changed",
    [
        {"aid": ""},
        {"aid": "erase"},
        {"lon": ""},
        {"lon": "nan"},
        {"lon": "1e999"},
        {"lon": "181"},
        {"lat": "-90"},
        {"lat": "36,1"},
        {"lat": "3６"},
        {"within_m": "-1"},
        {"within_m": "1e9"},
        {"within_m": "inf"},
    ],
)
def test_arguments_that_are_none_are_refused(client: FlaskClient, changed: dict[str, str]) -> None:
    """Each by its name."""
    asked = {"aid": "snap", "lon": "137.25", "lat": "36.14", **changed}
    answer = client.get("/rasters/plan/trace", query_string=asked)
    assert answer.status_code == 400
    assert next(iter(changed)) in answer.get_json()["detail_en"]
    assert (
        client.get(
            "/rasters/none/trace", query_string={**asked, "aid": "snap", "lon": "1", "lat": "1", "within_m": "1"}
        ).status_code
        == 404
    )


def test_who_only_looks_is_not_helped(app: Flask, people: People) -> None:
    """Tracing is work of a crew."""
    people.add_account("閲覧", PASSWORD, Role.VIEWER)
    answer = sign_in(app, people, "閲覧").get("/rasters/plan/trace", query_string={"aid": "snap", "lon": 1, "lat": 1})
    assert answer.get_json()["code"] == "role_too_low"
