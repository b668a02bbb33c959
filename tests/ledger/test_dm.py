"""DM files of public surveys: units, corners with fractions, all types of elements, texts, attributes."""

from collections.abc import Callable
from typing import Any

import pytest
import shapely

from gis_capture.errors import SourceError
from gis_capture.ledger import Reading, Table, codes
from tests.ledger.conftest import column, only_table, skipped
from tests.ledger.dm_writer import Dm, record

ReadText = Callable[..., Reading]
NAME = "髙﨑①㈱の家"


@pytest.fixture
def read(read_text: ReadText) -> Callable[[Dm], Reading]:
    """Writes a DM file and reads it."""
    return lambda dm, end=b"\r\n": read_text(dm.to_bytes(end), name="07GF283.dm")  # type: ignore[misc]


def geometry(table: Table, row: int = 0) -> Any:
    """The geometry of a row."""
    assert table.geometries is not None
    return table.geometries[row]


@pytest.mark.parametrize(
    ("unit", "level", "expected"),
    [
        (1, 500, (101.5, 202.5)),
        (10, 2500, (115.0, 225.0)),
        (999, 10000, (1600.0, 2700.0)),
        (None, 1000, (101.5, 202.5)),
    ],
)
def test_the_unit_of_the_sheet_counts(
    read: Callable[[Dm], Reading], unit: int | None, level: int, expected: tuple[float, float]
) -> None:
    """Millimetres, centimetres, metres; where it is missing the level decides and it is told."""
    dm = Dm().sheet(level=level, corner=(100, 200), unit=unit).element(5, "4221", place=(1500, 2500))
    reading = read(dm)
    assert geometry(only_table(reading)) == shapely.Point(expected[::-1])
    assert (codes.DRAWING_UNITS in [p.code for p in reading.problems]) is (unit is None)


@pytest.mark.parametrize(
    ("corner", "parts", "expected"),
    [((-1234, 5678), (-56, 78), (5678.078, -1234.056)), ((-1234, 0), (56, -9), (-0.009, -1234.056))],
)
def test_fractions_of_a_corner_have_its_sign(
    read: Callable[[Dm], Reading], corner: tuple[int, int], parts: tuple[int, int], expected: tuple[float, float]
) -> None:
    """-1234 and -56 are -1234.056; a corner of minus nine millimetres has no other sign than its fraction's."""
    dm = Dm().sheet(corner=corner, parts=parts, revisions=2).element(5, "4221", place=(0, 0))
    assert geometry(only_table(read(dm))) == shapely.Point(expected)


def test_x_is_north_and_the_zone_gives_the_crs(read: Callable[[Dm], Reading]) -> None:
    """The zone stands in the number of the sheet; that the datum is not stated is told."""
    reading = read(Dm().sheet(name="07GF283").layer("2101").element(2, "2101", [(1000, 2000), (3000, 4000)]))
    table = only_table(reading)
    assert (table.name, table.crs) == ("2101 真幅道路", "EPSG:6675")
    assert geometry(table) == shapely.LineString([(2, 1), (4, 3)])
    assert column(table, "図郭名称") == ["髙山"]
    assert codes.DATUM_ASSUMED in [problem.code for problem in reading.problems]


def test_the_zone_of_the_index_counts_where_the_sheet_names_none(read: Callable[[Dm], Reading]) -> None:
    """And where neither does, no CRS is given."""
    named = Dm().index(9).sheet(name="ZZ0001").element(5, "9901", place=(1, 1))
    assert only_table(read(named)).crs == "EPSG:6677"
    unnamed = read(Dm().sheet(name="ZZ0001").element(5, "9901", place=(1, 1)))
    assert only_table(unnamed).crs is None
    assert codes.NO_CRS in [problem.code for problem in unnamed.problems]


def test_all_types_of_elements(read: Callable[[Dm], Reading]) -> None:
    """Areas, long lines, circles and arcs through three points, heights, symbols with a direction."""
    square = [(0, 0), (0, 10_000), (10_000, 10_000), (10_000, 0), (0, 0)]
    long = [(i * 1000 + 1, i * 2000 + 1) for i in range(14)]
    reading = read(
        Dm()
        .sheet()
        .element(1, "3001", square)
        .element(2, "2101", long)
        .element(3, "4231", [(0, 1000), (1000, 0), (0, -1000)])
        .element(4, "2301", [(0, 1000), (1000, 0), (0, -1000)])
        .element(
            2, "7101", [(0, 0, 50_000), (1000, 1000, 50_000), (2000, 3000, 50_000), (1, 2, 50_000), (3, 4, 50_000)]
        )
        .element(6, "5241", [(0, 0), (0, 1000), (5000, 5000), (6000, 5000)])
    )
    tables = {table.name.split()[0]: table for table in reading.tables}
    assert geometry(tables["3001"]).area == 100
    assert shapely.get_num_points(geometry(tables["2101"])) == 14
    assert geometry(tables["4231"]).area == pytest.approx(3.14159, abs=0.01)
    assert geometry(tables["2301"]).length == pytest.approx(3.14159, abs=0.01)
    assert column(tables["7101"], "標高") == ["50"]
    assert shapely.get_num_points(geometry(tables["7101"])) == 5
    assert geometry(tables["7101"]).has_z
    assert column(tables["5241"], "角度") == ["0,90"]
    assert geometry(tables["5241"]) == shapely.MultiPoint([(0, 0), (5, 5)])


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
@pytest.mark.parametrize("text", [NAME, "長" * 40, "12.5"])
def test_annotations_survive(read: Callable[[Dm], Reading], encoding: str, text: str) -> None:
    """Also such that go over several records."""
    if encoding == "utf-8":
        text = text[:20]
    table = only_table(read(Dm(encoding).sheet().element(7, "8131", text=text, place=(500, 700))))
    assert column(table, "文字") == [text]
    assert column(table, "角度") == ["30"]
    assert geometry(table) == shapely.Point(0.7, 0.5)


def test_annotations_in_seven_bits_are_known_by_their_blanks(read_text: ReadText) -> None:
    """The oldest files hold JIS X 0208 without escapes, filled with ideographic blanks."""
    dm = Dm().sheet(title="").element(7, "8131", text="x", place=(1, 1))
    jis = bytes(byte - 0x80 for byte in "高山市役所".encode("euc_jp"))
    dm.records[-1] = dm.records[-1][:20] + jis.ljust(64, b"!")
    assert column(only_table(read_text(dm.to_bytes(), name="a.dm")), "文字") == ["高山市役所"]


def test_attributes_go_to_their_element(read: Callable[[Dm], Reading]) -> None:
    """E8 with the code and number of another element; one that belongs to none keeps a row."""
    reading = read(
        Dm()
        .sheet()
        .element(5, "4221", place=(1, 1), number=7)
        .element(8, "4221", text=f"樹種=けやき {NAME}", number=7)
        .element(8, "4221", text="迷子", number=8)
    )
    table = only_table(reading)
    assert column(table, "属性") == [f"樹種=けやき {NAME}", "迷子"]
    assert geometry(table, 1) is None


def test_erased_elements_and_terrain_are_left_out_with_a_reason(read: Callable[[Dm], Reading]) -> None:
    """消去年月 is set; grids are no features."""
    grid = record((0, "G ", 2), (2, "7500", 4), (26, 1, 4))
    reading = read(
        Dm()
        .sheet()
        .element(5, "4221", place=(1, 1), erased="2205")
        .raw(grid, record())
        .element(5, "4222", place=(1, 1))
    )
    left = {table.name: skipped(table) for table in reading.tables}
    assert left == {"4221 独立樹（広葉樹）": {1: "deleted"}, "7500": {1: "surface_model"}, "4222 独立樹（針葉樹）": {}}


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b""])
def test_line_ends_do_not_matter(read_text: ReadText, end: bytes) -> None:
    """Windows, Unix, none at all."""
    dm = Dm().sheet().element(2, "2101", [(1000, 2000), (3000, 4000)]).element(5, "4221", place=(1, 1))
    assert len(read_text(dm.to_bytes(end), name="a.dm").tables) == 2


def test_sheets_of_two_zones_do_not_mix(read: Callable[[Dm], Reading]) -> None:
    """Each table has one CRS."""
    dm = Dm().sheet("07AA001").element(5, "4221", place=(1, 1)).sheet("08AA001").element(5, "4221", place=(1, 1))
    assert [table.crs for table in read(dm).tables] == ["EPSG:6675", "EPSG:6676"]


def test_an_index_alone_says_so(read: Callable[[Dm], Reading]) -> None:
    """It holds no elements."""
    with pytest.raises(SourceError, match="no sheet"):
        read(Dm().index(7))


@pytest.mark.parametrize("n", [200, 500, 700])
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(read_text: ReadText, n: int) -> None:
    """No hang and no traceback, wherever it ends; counts that promise too much do no harm."""
    dm = Dm().sheet().element(2, "2101", [(1000, 2000), (3000, 4000)]).to_bytes()
    read_text(dm[:n].replace(b"   1 ", b"9999 "), name="a.dm")
