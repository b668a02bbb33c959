"""DXF drawings: texts in every writing, blocks, areas, paper space, broken files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ezdxf
import pytest
import shapely
from ezdxf.document import Drawing
from ezdxf.layouts import Modelspace

from gis_capture.errors import SourceError
from gis_capture.ledger import Limits, Reading, Table, codes, read_ledger
from tests.ledger.conftest import column, names, skipped

NAME = "髙﨑𠮷①㈱ ソ表"
Draw = Callable[[Drawing, Modelspace], object]


@pytest.fixture
def read_drawing(tmp_path: Path) -> Callable[..., Reading]:
    """Draws a drawing, changes its bytes perhaps, and reads it."""

    def read(draw: Draw, *, version: str = "R2000", kind: str = "asc", change: Any = None) -> Reading:
        drawing = ezdxf.new(version)
        if version in ("R12", "R2000"):
            drawing.encoding = "cp932"
        draw(drawing, drawing.modelspace())
        path = tmp_path / "図面.dxf"
        drawing.saveas(path, fmt=kind)
        if change is not None:
            path.write_bytes(change(path.read_bytes()))
        return read_ledger(path)

    return read


def draw_text(_: Drawing, model: Modelspace) -> None:
    """A text on a layer with a Japanese name."""
    model.add_text(NAME, dxfattribs={"layer": "消火栓"}).set_placement((-12345.678, 45678.9))


def table_of(reading: Reading, name: str) -> Table:
    """The table of a CAD layer."""
    return next(table for table in reading.tables if table.name == name)


@pytest.mark.parametrize("kind", ["asc", "bin"])
@pytest.mark.parametrize("version", ["R12", "R2000", "R2004", "R2007", "R2018"])
def test_texts_of_every_version_survive(read_drawing: Callable[..., Reading], version: str, kind: str) -> None:
    """Code page 932, UTF-8 and the escapes for what neither holds; text and binary files."""
    table = table_of(read_drawing(draw_text, version=version, kind=kind), "消火栓")
    assert column(table, "文字") == [NAME]
    assert table.geometries is not None
    assert table.geometries[0] == shapely.Point(-12345.678, 45678.9)


@pytest.mark.parametrize("stated", [b"ANSI_1252", b"ANSI_932"])
def test_a_wrong_code_page_does_not_garble(read_drawing: Callable[..., Reading], stated: bytes) -> None:
    """The bytes decide: cp932 under a Western code page, UTF-8 under a Japanese one."""
    draw: Draw = lambda _, model: model.add_text("消火栓の表示", dxfattribs={"layer": "設備"})  # noqa: E731
    as_cp932 = read_drawing(draw, change=lambda data: data.replace(b"ANSI_932", stated))
    as_utf8 = read_drawing(draw, change=lambda data: data.decode("cp932").encode("utf-8").replace(b"ANSI_932", stated))
    for reading, encoding in ((as_cp932, "cp932"), (as_utf8, "utf-8")):
        assert column(table_of(reading, "設備"), "文字") == ["消火栓の表示"]
        assert reading.source.encoding == encoding


def test_old_escapes_are_resolved(read_drawing: Callable[..., Reading]) -> None:
    r"""`\U+XXXX` and `\M+1XXXX` in the middle of a text."""
    draw: Draw = lambda _, model: model.add_text(r"A\U+9AD9\M+1938Cz")  # noqa: E731
    assert column(table_of(read_drawing(draw), "0"), "文字") == ["A髙東z"]


def test_blocks_are_points_with_their_attributes(read_drawing: Callable[..., Reading]) -> None:
    """The name of the block, its turn, and every attribute as a column; the tag 図形 is no victim of ours."""

    def draw(drawing: Drawing, model: Modelspace) -> None:
        drawing.blocks.new("仕切弁").add_circle((0, 0), 1)
        for n in range(2):
            block = model.add_blockref("仕切弁", (n, 6), dxfattribs={"rotation": 30, "layer": "弁"})
            block.add_attrib("口径", f"φ{75 + n}㎜")
            block.add_attrib("図形", "髙級")

    table = table_of(read_drawing(draw), "弁")
    assert column(table, "ブロック") == ["仕切弁", "仕切弁"]
    assert column(table, "口径") == ["φ75㎜", "φ76㎜"]
    assert column(table, "図形") == ["INSERT", "INSERT"]
    assert column(table, "図形_2") == ["髙級", "髙級"]
    assert column(table, "角度") == ["30", "30"]
    assert table.geometries is not None
    assert table.geometries[1] == shapely.Point(1, 6)
    assert all(column(table, "ハンドル"))


def test_a_block_that_stands_once_and_holds_much_is_taken_apart(read_drawing: Callable[..., Reading]) -> None:
    """A whole drawing put in as one block keeps its layers and lies where the block lies."""

    def draw(drawing: Drawing, model: Modelspace) -> None:
        part = drawing.blocks.new("平面図")
        for n in range(30):
            part.add_line((n, 0), (n, 1), dxfattribs={"layer": "道路"})
        model.add_blockref("平面図", (1000, 2000))

    table = table_of(read_drawing(draw), "道路")
    assert len(table.row_numbers) == 30
    assert set(column(table, "ブロック")) == {"平面図"}
    assert table.geometries is not None
    assert table.geometries[29] == shapely.LineString([(1029, 2000), (1029, 2001)])


def test_shapes_become_what_they_are(read_drawing: Callable[..., Reading]) -> None:
    """Open lines are lines; closed lines, circles, hatches with holes and faces are areas."""

    def draw(_: Drawing, model: Modelspace) -> None:
        model.add_line((0, 0), (3, 4))
        model.add_lwpolyline([(0, 0), (10, 0), (10, 10)])
        model.add_lwpolyline([(0, 0), (10, 0), (10, 10)], close=True)
        model.add_polyline2d([(0, 0), (1, 1), (2, 0)], close=True)
        model.add_circle((0, 0), 5)
        model.add_arc((0, 0), 2, 0, 90)
        model.add_spline([(0, 0), (5, 5), (10, 0)])
        hatch = model.add_hatch()
        hatch.paths.add_polyline_path([(0, 0), (10, 0), (10, 10), (0, 10)])
        hatch.paths.add_polyline_path([(2, 2), (4, 2), (4, 4), (2, 4)])
        model.add_3dface([(0, 0), (1, 0), (1, 1), (0, 1)])

    geometries = table_of(read_drawing(draw), "0").geometries
    assert geometries is not None
    kinds = [str(shapely.to_wkt(geometry)).split()[0] for geometry in geometries]
    assert kinds == ["LINESTRING"] * 2 + ["POLYGON"] * 3 + ["LINESTRING"] * 2 + ["POLYGON"] * 2
    areas = shapely.area(list(geometries)).tolist()
    assert areas[2:4] == [50, 1]
    assert areas[4] == pytest.approx(78.5, abs=0.2)
    assert areas[7:] == [96, 1]


def test_paper_space_and_dimensions_are_left_out_with_a_reason(read_drawing: Callable[..., Reading]) -> None:
    """They are no things on the ground, but they are accounted for."""

    def draw(drawing: Drawing, model: Modelspace) -> None:
        model.add_point((1, 2))
        model.add_linear_dim(base=(0, 2), p1=(0, 0), p2=(3, 0)).render()
        drawing.layout("Layout1").add_text("図枠", dxfattribs={"layer": "枠"})

    reading = read_drawing(draw)
    assert skipped(table_of(reading, "枠")) == {1: "paper_space"}
    assert "dimension" in skipped(table_of(reading, "0")).values()
    assert codes.NO_CRS in [problem.code for problem in reading.problems]


@pytest.mark.parametrize(("far", "expected"), [(12_345_678.0, 12345.678), (12_345.0, 12_345.0)])
def test_millimetres_become_metres_only_where_they_must_be(
    read_drawing: Callable[..., Reading], far: float, expected: float
) -> None:
    """Many templates say millimetres over coordinates in metres; either way it is told."""

    def draw(drawing: Drawing, model: Modelspace) -> None:
        drawing.header["$INSUNITS"] = 4
        drawing.header["$EXTMAX"] = (far, far, 0)
        model.add_point((far, far))

    reading = read_drawing(draw)
    geometries = table_of(reading, "0").geometries
    assert geometries is not None
    assert geometries[0] == shapely.Point(expected, expected)
    assert codes.DRAWING_UNITS in [problem.code for problem in reading.problems]


def test_a_damaged_drawing_is_repaired_and_told(read_drawing: Callable[..., Reading]) -> None:
    """The end of a section is missing: the entities are read all the same."""
    reading = read_drawing(draw_text, change=lambda data: data.replace(b"ENDSEC", b"", 1))
    assert column(table_of(reading, "消火栓"), "文字") == [NAME]
    assert codes.DRAWING_REPAIRED in [problem.code for problem in reading.problems]


@pytest.mark.parametrize("tail", [b"", b"XYZ\n\xff\xfe\n", b"  0\nINSERT\n  2\nA\n 70\n99999999999999999999\n"])
def test_rubbish_behind_the_first_lines_is_refused(tmp_path: Path, tail: bytes) -> None:
    """A message, never a traceback; or an empty reading."""
    path = tmp_path / "a.dxf"
    path.write_bytes(b"  0\nSECTION\n  2\nENTITIES\n" + tail)
    try:
        assert read_ledger(path).tables == ()
    except SourceError as error:
        assert "a.dxf" in error.message.ja


def test_a_drawing_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """Before it is read into memory."""
    path = tmp_path / "a.dxf"
    ezdxf.new("R2000").saveas(path)
    with pytest.raises(SourceError, match="too large"):
        read_ledger(path, limits=Limits(max_drawing_bytes=1000))


def test_every_handle_is_a_row_of_its_own(read_drawing: Callable[..., Reading]) -> None:
    """Rows are numbered within their layer."""

    def draw(_: Drawing, model: Modelspace) -> None:
        for n in range(4):
            model.add_point((n, 0), dxfattribs={"layer": f"L{n % 2}"})

    reading = read_drawing(draw)
    assert [list(table.row_numbers) for table in reading.tables] == [[1, 2], [1, 2]]
    assert names(reading.tables[0])[:3] == ["レイヤ", "図形", "ハンドル"]


@pytest.mark.parametrize(
    ("head", "name", "way_out"),
    [
        (b"JwwData.", "a.jww", "SFC形式で保存"),
        (b"JWC  ", "a.jwc", "DXF形式で保存"),
        (b"AC1032\0", "a.dwg", "DXF"),
    ],
)
def test_drawings_of_closed_formats_are_refused_with_the_way_out(
    tmp_path: Path, head: bytes, name: str, way_out: str
) -> None:
    """What it is, and how to save it so that it can be read."""
    path = tmp_path / name
    path.write_bytes(head + bytes(1000))
    with pytest.raises(SourceError) as caught:
        read_ledger(path)
    assert name in caught.value.message.ja
    assert way_out in caught.value.message.ja
