"""CSV that opens rightly in Excel, whatever stands in the cells."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry, LineString, Point

from gis_capture.model import Feature, Field, FieldType, Layer, Problem, Text, Value
from gis_capture.report.table import CHARACTERS_LOST, Writer, neutral, write_csv


def layer_of(geometry_type: str = "Point") -> Layer:
    """A layer with a text and a number."""
    return Layer(
        key="light",
        title=Text("外灯", "Lights"),
        geometry_type=geometry_type,  # type: ignore[arg-type]
        fields=(
            Field("light.name", "name", Text("名称", "Name")),
            Field("light.power", "power", Text("電力", "Power"), FieldType.REAL),
        ),
    )


def written(
    rows: Sequence[tuple[Geometry | None, Value, Value]], encoding: str = "utf-8-sig", geometry_type: str = "Point"
) -> tuple[list[list[str]], tuple[Problem, ...]]:
    """Writes features and reads the file again, through its encoding."""
    features = [
        Feature("light", f"id-{n}", geometry, {"name": name, "power": power})
        for n, (geometry, name, power) in enumerate(rows)
    ]
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, newline="", write_through=True) as file:
        n_features, problems = write_csv(file, layer_of(geometry_type), features, encoding=encoding)
        content = raw.getvalue()
    assert n_features == len(features)
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""))), problems


def test_headers_are_japanese_and_values_are_as_stored() -> None:
    """Titles, position and id; what is missing is empty."""
    rows, problems = written([(Point(137.25, 36.14), "駅前", 40.5), (None, None, None)])

    assert rows == [
        ["名称", "電力", "経度", "緯度", "feature_id"],
        ["駅前", "40.5", "137.25", "36.14", "id-0"],
        ["", "", "", "", "id-1"],
    ]
    assert problems == ()


def test_lines_carry_a_point_and_their_shape() -> None:
    """Longitude and latitude lie on the line; WKT keeps every digit."""
    rows, _ = written([(LineString([(137.1, 36.1), (137.3, 36.1)]), "川", None)], geometry_type="LineString")

    assert rows[0][2:5] == ["経度", "緯度", "図形(WKT)"]
    assert 137.1 <= float(rows[1][2]) <= 137.3
    assert rows[1][4] == "LINESTRING (137.1 36.1, 137.3 36.1)"


def test_characters_that_cp932_has_not_are_counted() -> None:
    """They become 〓, a variant loses only its selector; the number is told."""
    rows, problems = written([(None, "𠮷野家と葛󠄀城", None), (None, "髙﨑①㈱", None)], "cp932")

    assert [row[0] for row in rows[1:]] == ["〓野家と葛城", "髙﨑①㈱"]
    assert [problem.code for problem in problems] == [CHARACTERS_LOST]
    assert "2字" in problems[0].message.ja


def test_look_alikes_of_windows_are_not_lost() -> None:
    """〜 and − have another code in Windows and look the same there."""
    rows, problems = written([(None, "3〜5−1", None)], "cp932")

    assert (rows[1][0], problems) == ("3～5－1", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+81-577", "'+81-577"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("-5", "-5"),
        ("+3.5", "+3.5"),
        ("-", "-"),
        ("駅前=西", "駅前=西"),
    ],
)
def test_formulas_are_made_harmless(text: str, expected: str) -> None:
    """What Excel would run gets an apostrophe; numbers and lone signs stay."""
    assert neutral(text) == expected


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_every_text_can_be_written_in_cp932(text: str) -> None:
    """It comes back through the encoding; nothing counted as lost means nothing was, but for look-alikes."""
    writer = Writer("cp932")
    cell = writer.cell(text)
    expected = neutral(text.translate(str.maketrans("〜−—‖¢£¬", "～－―∥￠￡￢")))

    assert cell.encode("cp932").decode("cp932") == cell
    assert (writer.n_lost == 0) == (cell == expected)
