"""KML of which the folders hold things of different kinds."""

from collections.abc import Callable, Mapping, Sequence

from gis_capture.ledger import Reading
from tests.ledger.conftest import column, names, only_table

ReadText = Callable[..., Reading]
POINT = "<Point><coordinates>137.25,36.14</coordinates></Point>"
LINE = "<LineString><coordinates>137,36 137.1,36.1</coordinates></LineString>"


def placemark(name: str, values: Mapping[str, str], geometry: str = POINT) -> str:
    """One placemark with its values."""
    data = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in values.items())
    return f"<Placemark><name>{name}</name><ExtendedData>{data}</ExtendedData>{geometry}</Placemark>"


def read_folders(read_text: ReadText, folders: Sequence[tuple[str, Sequence[str]]]) -> Reading:
    """Reads folders of placemarks."""
    body = "".join(f"<Folder><name>{name}</name>{''.join(inside)}</Folder>" for name, inside in folders)
    return read_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>', name="地図.kml")


def hydrants(*numbers: int) -> list[str]:
    """Hydrants, some with a remark."""
    return [placemark(f"栓{n}", {"口径": "75", "種別": "地上"} | ({"備考": "x"} if n % 2 else {})) for n in numbers]


def lamps(*numbers: int) -> list[str]:
    """Lamps."""
    return [placemark(f"灯{n}", {"灯種": "LED", "W数": "20"}) for n in numbers]


def test_folders_with_other_columns_are_tables_of_their_own(read_text: ReadText) -> None:
    """Two kinds, two tables; rows are known by their place in the file."""
    reading = read_folders(
        read_text, [("消火栓", hydrants(1, 2)), ("街路灯", lamps(1, 2, 3)), ("消火栓（北）", hydrants(4, 6))]
    )
    first, second = reading.tables
    assert (first.name, names(first)) == ("消火栓、消火栓（北）", ["folder", "name", "口径", "種別", "備考"])
    assert (list(first.row_numbers), list(second.row_numbers)) == ([1, 2, 6, 7], [3, 4, 5])
    assert (second.name, names(second)) == ("街路灯", ["folder", "name", "灯種", "W数"])


def test_folders_of_one_kind_are_one_table(read_text: ReadText) -> None:
    """A folder a town, or a folder a feature as map services write them."""
    table = only_table(read_folders(read_text, [(f"町{n}", hydrants(n)) for n in range(5)]))
    assert (table.name, column(table, "folder")) == ("地図", ["町0", "町1", "町2", "町3", "町4"])


def test_without_columns_shapes_tell_folders_apart(read_text: ReadText) -> None:
    """Points and lines without attributes; a single placemark goes with the most."""
    reading = read_folders(
        read_text,
        [
            ("地点", [placemark(f"点{n}", {}) for n in range(4)]),
            ("路線", [placemark(f"線{n}", {}, LINE) for n in range(2)]),
            ("庁舎", [placemark("市役所", {"電話": "32-3333"})]),
        ],
    )
    assert [(table.name, len(table.row_numbers)) for table in reading.tables] == [("地点、庁舎", 5), ("路線", 2)]
