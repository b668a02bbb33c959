"""SXF drawings: parts on the paper taken back to the ground, attributes of all three kinds, both writings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezsxf
import pytest
import shapely

from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, Table, codes, read_ledger
from tests.ledger.conftest import column, only_table, skipped

NAME = "髙﨑①㈱"
SURVEY, MATHEMATICAL = 2, 1


def geometry(table: Table, row: int = 0) -> Any:
    """The geometry of a row."""
    assert table.geometries is not None
    return table.geometries[row]


def drawn(suffix: str, *, kind: int = SURVEY, turn: float = 30.0, scale: float = 0.002) -> bytes:
    """A part at 1/500 with a line from X=1000 m, Y=-2000 m, a text, and a frame on the paper."""
    drawing = ezsxf.new_sfc("a.sfc", paper="A3")
    layer = drawing.add_layer("道路")
    line = drawing.add_line((1_000_000, -2_000_000), (1_010_000, -2_000_000), layer=layer)
    ring = drawing.add_polyline([(0, 0), (10_000, 0), (10_000, 20_000), (0, 0)], layer=layer)
    text = drawing.add_text(NAME, (1_005_000, -1_999_000), layer=layer)
    drawing.add_line((0, 0), (420, 0), layer=layer)
    drawing.group_elements(
        "部分図1", [line, ring, text], kind=kind, position=(100, 50), angle=turn, scale=(scale, scale)
    )
    return drawing.to_bytes() if suffix == ".sfc" else drawing.to_p21_bytes()


@pytest.mark.parametrize("suffix", [".sfc", ".p21"])
@pytest.mark.parametrize(("turn", "scale"), [(30.0, 0.002), (0.0, 0.001), (270.0, 0.0004)])
def test_parts_are_taken_back_to_the_ground(
    read_text: Callable[..., Reading], suffix: str, turn: float, scale: float
) -> None:
    """Whatever their place, turn and scale on the paper; X is north, lengths are metres."""
    table = only_table(read_text(drawn(suffix, turn=turn, scale=scale), name=f"図面{suffix}"))
    kinds = {str(shape.geom_type): shape for shape in (geometry(table, row) for row in range(3))}
    assert kinds["LineString"].equals_exact(shapely.LineString([(-2000, 1000), (-2000, 1010)]), 1e-4)
    assert kinds["Point"].equals_exact(shapely.Point(-1999, 1005), 1e-4)
    assert kinds["Polygon"].area == pytest.approx(100, abs=1e-3)
    assert NAME in column(table, "文字")
    assert column(table, "部分図") == ["部分図1"] * 3
    assert set(skipped(table).values()) == {"paper_space"}


def test_parts_in_mathematical_coordinates_are_not_turned_round(read_text: Callable[..., Reading]) -> None:
    """Their x stays x; that they have no place on the earth is told."""
    reading = read_text(drawn(".sfc", kind=MATHEMATICAL), name="a.sfc")
    assert geometry(only_table(reading)).equals_exact(shapely.LineString([(1000, -2000), (1010, -2000)]), 1e-4)
    assert {codes.LOCAL_COORDINATES, codes.NO_CRS} <= {problem.code for problem in reading.problems}


def attributed(folder: Path) -> Path:
    """A drawing with attributes in the drawing itself, in its texts, and in a file beside it."""
    drawing = ezsxf.new_sfc("a.sfc", paper="A3")
    layer = drawing.add_layer("管路①")
    in_drawing = drawing.add_line((0, 0), (1, 1), layer=layer)
    in_file = drawing.add_line((1, 1), (2, 2), layer=layer)
    as_text = drawing.add_text(NAME, (5, 5), layer=layer)
    drawing.set_single_attribute(in_drawing, "管", "口径", "φ75㎜")
    drawing.set_attribute(in_file, "口径", f"φ100 {NAME}𠮷")
    drawing.set_text_attribute(as_text, "施工者")
    drawing.save_bundle(folder, file_name="a.sfc")
    return folder / "a.sfc"


def test_attributes_of_all_three_kinds_become_columns(tmp_path: Path) -> None:
    """ATRU in the drawing, ATRF in a SAF file, ATRS as the text itself."""
    table = only_table(read_ledger(attributed(tmp_path / "set")))
    assert table.name == "管路①"
    assert sorted(filter(None, column(table, "口径"))) == [f"φ100 {NAME}𠮷", "φ75㎜"]
    assert [value for value in column(table, "施工者") if value] == [NAME]


def test_a_missing_file_of_attributes_is_told(tmp_path: Path) -> None:
    """The rest is read."""
    path = attributed(tmp_path / "set")
    next(path.parent.glob("*.SAF")).unlink()
    reading = read_ledger(path)
    assert codes.NO_ATTRIBUTES in [problem.code for problem in reading.problems]
    assert [value for value in column(only_table(reading), "口径") if value] == ["φ75㎜"]


def test_a_drawing_without_parts_stays_on_its_paper(tmp_path: Path) -> None:
    """Its millimetres are no coordinates of the ground; that is told."""
    reading = read_ledger(attributed(tmp_path / "set"))
    assert codes.LOCAL_COORDINATES in [problem.code for problem in reading.problems]
    assert reading.tables[0].crs is None


@pytest.mark.parametrize("suffix", [".sfc", ".p21"])
@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.95])
def test_drawings_cut_anywhere_are_read_or_refused(
    read_text: Callable[..., Reading], suffix: str, share: float
) -> None:
    """Nothing but a SourceError comes out."""
    data = drawn(suffix)
    try:
        read_text(data[: int(len(data) * share)], name=f"a{suffix}")
    except SourceError as error:
        assert f"a{suffix}" in error.message.ja


def test_a_scale_of_nothing_does_no_harm(read_text: Callable[..., Reading]) -> None:
    """A part that cannot be taken back counts as none."""
    data = drawn(".sfc").replace(b"'0.002','0.002'", b"'0.0','0.0'")
    assert len(read_text(data, name="a.sfc").tables) == 1
