"""Field sheets: where things are on paper, what is printed, what is kept."""

from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import shapely
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.errors import FeatureError, LayerError, ResourceError, SourceError
from gis_capture.paper import extra
from gis_capture.paper.sheet import N_MARKED, PAPERS_MM, Sheet, marker_ids, number_of, parse_qr
from gis_capture.workspace import Workspace
from gis_capture.workspace.sheets import SheetOrder
from tests.paper.conftest import EAST, LAYER, NORTH, SOUTH, WEST

AREA = shapely.box(WEST, SOUTH, EAST, NORTH)


def a_sheet(number: int = 12, **others: object) -> Sheet:
    """A sheet near the origin of its zone."""
    values = {"epoch": "ab12cd34", "crs": "EPSG:6675", "west": 1000, "north": 2000, "scale": 500, "paper": "A4"}
    return Sheet(number=number, **{**values, "revision": 7, **others})  # type: ignore[arg-type]


@given(st.integers(1, N_MARKED - 1), st.integers(0, 3))
def test_any_three_markers_tell_the_number(number: int, missing: int) -> None:
    """One corner may be torn off."""
    found = {corner: one for corner, one in enumerate(marker_ids(number)) if corner != missing}
    assert all(one % 4 == corner for corner, one in found.items())
    low, high = number_of(found)
    assert low is not None and high is not None and high * 146 + low == number


@given(st.sampled_from(sorted(PAPERS_MM)), st.sampled_from([100, 500, 2500]), st.floats(0, 200), st.floats(0, 200))
def test_paper_and_ground_are_inverse(paper: str, scale: int, x: float, y: float) -> None:
    """A millimetre at 1:500 is half a metre, and what goes to the ground comes back."""
    sheet = a_sheet(paper=paper, scale=scale)
    ground = sheet.to_ground(np.array([[x, y], [x + 1, y + 2]]))
    np.testing.assert_allclose(sheet.to_paper(ground), [[x, y], [x + 1, y + 2]], atol=1e-6)
    np.testing.assert_allclose(ground[1] - ground[0], [scale / 1000, -2 * scale / 1000], atol=1e-6)


def test_code_of_another_kind_or_damaged_is_no_sheet() -> None:
    """Whatever a QR code says; one that lost a letter is not taken for another sheet."""
    text = a_sheet(number=345).qr_text()
    assert parse_qr(text) == ("ab12cd34", 345)
    for other in (text.replace("345", "346"), text[:-1], "https://example.jp/", ""):
        assert parse_qr(other) is None


@pytest.mark.usefixtures("font")
def test_printed_sheet_is_true_to_scale_and_names_its_features(workspace: Workspace, tmp_path: Path) -> None:
    """Symbols are where their features are; the list on the back names them; codes and markers can be read."""
    path = tmp_path / "sheet.pdf"
    (record,) = workspace.sheets.print_sheets(SheetOrder([LAYER], AREA, crew="第1班", survey_on="11月30日"), path)
    assert (record.sheet.crs, record.sheet.number, record.sheet.revision) == ("EPSG:6675", 1, 1)
    assert [one.number for one in record.features] == list(range(1, 21))
    pdf = pypdfium2.PdfDocument(path)
    assert [round(edge / 72 * 25.4) for edge in pdf[0].get_size()] == [297, 210] and len(pdf) == 2
    pixels = pdf[0].render(scale=10 / 72 * 25.4).to_numpy()[..., :3]
    red_over_blue = pixels[..., 2].astype(int) - pixels[..., 0]
    assert red_over_blue.max() < 30, "something red was printed"
    places = record.sheet.to_paper(np.array([shapely.get_coordinates(one.geometry)[0] for one in record.features]))
    for x, y in (places * 10).round().astype(int):
        assert pixels[y, x].min() < 60 < pixels[y, x].max(), "no dot of a symbol where its feature is"
    read = [parse_qr(one.text) for one in zxingcpp.read_barcodes(pixels)]
    assert read == [(record.sheet.epoch, 1)] * 2
    family = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_APRILTAG_36h11)
    ids = cv2.aruco.ArucoDetector(family).detectMarkers(np.ascontiguousarray(pixels))[1]
    assert sorted(map(int, ids.ravel())) == sorted(record.sheet.marker_ids())
    front, back = (page.get_textpage().get_text_range() for page in pdf)
    assert "第1班" in front and "11月30日" in front and all(f"L-{n:03}" in back for n in range(1, 21))


@pytest.mark.usefixtures("font")
def test_large_area_becomes_an_atlas(workspace: Workspace, tmp_path: Path) -> None:
    """Every feature of the area is on some sheet; numbers go on from what was printed before."""
    path = tmp_path / "atlas.pdf"
    order = SheetOrder([LAYER], AREA, scale=200, paper="A4")
    records = workspace.sheets.print_sheets(order, path)
    again = workspace.sheets.print_sheets(order, path)
    assert len(records) >= 4 and [one.sheet.number for one in again] == [
        one.sheet.number + len(records) for one in records
    ]
    assert {one.feature_id for record in records for one in record.features} == {
        one.feature_id
        for one in workspace.store.features(LAYER)
        if one.geometry is not None and shapely.intersects(one.geometry, AREA)
    }
    assert len(pypdfium2.PdfDocument(path)) == sum(2 for _ in records)
    kept = workspace.sheets.kept
    assert kept.read(records[0].sheet.number) == records[0] and kept.pdf_of(records[-1].sheet.number).is_file()
    assert len(pypdfium2.PdfDocument(kept.pdf_of(records[-1].sheet.number))) == 1
    assert {kept.atlas_of(one).read_bytes() for one in again} == {path.read_bytes()}


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize(
    ("order", "error", "code"),
    [
        (SheetOrder([LAYER], AREA, scale=123), FeatureError, "sheet_scale"),
        (SheetOrder([LAYER], AREA, paper="B5"), FeatureError, "sheet_scale"),
        (SheetOrder([LAYER], shapely.box(136, 35, 139, 37), scale=100), FeatureError, "sheet_too_many"),
        (SheetOrder([LAYER], AREA, crs="EPSG:6668"), FeatureError, "sheet_crs"),
        (SheetOrder(["nothing"], AREA), LayerError, None),
    ],
)
def test_order_that_cannot_be_printed_leaves_nothing(
    workspace: Workspace, tmp_path: Path, order: SheetOrder, error: type[Exception], code: str | None
) -> None:
    """What was printed before under the name stays, and no number is used."""
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"former")
    with pytest.raises(error) as told:
        workspace.sheets.print_sheets(order, path)
    assert told.value.subject.get("code") == code  # type: ignore[attr-defined]
    assert path.read_bytes() == b"former" and workspace.sheets.kept.numbers() == []
    with pytest.raises(SourceError):
        workspace.sheets.kept.read(1)


def test_missing_libraries_are_named(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office without the extra is told what to install."""
    monkeypatch.setattr(extra, "find_spec", lambda name: None if name == "fpdf" else object())
    with pytest.raises(ResourceError, match=r"fpdf.*gis-capture\[paper\]"):
        workspace.sheets.print_sheets(SheetOrder([LAYER], AREA), tmp_path / "sheet.pdf")
