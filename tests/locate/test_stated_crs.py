"""What a source says about its CRS, wherever it says it."""

import pytest

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.crs import plane_name
from gis_capture.text import Text

X: list[str | None] = ["15876.3", "15976.3", "16076.3"]
Y: list[str | None] = ["7234.5", "7334.5", "7434.5"]
EAST: list[str | None] = ["702600.0", "702700.0", "702800.0"]
NORTH: list[str | None] = ["4002500.0", "4002600.0", "4002700.0"]


def locate(columns: dict[str, list[str | None]], *context: str) -> Located:
    """Locates in EPSG:6668."""
    return locate_rows(columns, crs=None, layer_crs="EPSG:6668", context=context)


def codes_of(located: Located) -> set[str]:
    """Codes of all problems."""
    return {problem.code for problem in located.problems}


@pytest.mark.parametrize(
    "header",
    [
        "{}座標(7系)",
        "{}座標（第Ⅶ系）",
        "平面直角7系{}",
        "{}7系",
        "{}（JGD2011 7系）",
        "7系_{}座標",
        "座標系7 {}",
        "{}(m) 系=7",
    ],
)
def test_the_zone_in_a_header_is_used_and_not_told_as_missing(header: str) -> None:
    """Wherever it stands in it, and in whatever digits."""
    located = locate({header.format("X"): X, header.format("Y"): Y})
    assert located.coordinates.crs == "EPSG:6675"
    assert not codes_of(located) & {codes.CRS_UNKNOWN, codes.ZONE_ASSUMED}


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("系番号", "7"),
        ("系番号", "7.0"),
        ("系番号(第7系)", None),
        ("平面直角座標系（第7系）", "JGD2011"),
        ("座標系", "第Ⅶ系"),
        ("ゾーン", "ＶＩＩ"),
        ("zone", "7"),
        ("EPSG", "6675"),
        ("CRS", "EPSG:6675"),
        ("SRID", "6675"),
        ("測地系", "世界測地系 第7系"),
    ],
)
def test_a_column_beside_the_coordinates_says_the_zone(header: str, cell: str | None) -> None:
    """By number, by name, by code of EPSG."""
    located = locate({"X座標": X, "Y座標": Y, header: [cell] * 3})
    assert located.coordinates.crs == "EPSG:6675"
    assert codes.CRS_UNKNOWN not in codes_of(located)
    assert located.crs_columns == (header,)


@pytest.mark.parametrize("cell", ["53", "53N", "53S", "UTM53", "UTM 53N", "53帯", "ゾーン53", "第53帯", "EPSG:6690"])
@pytest.mark.parametrize("header", ["ゾーン", "zone", "UTMゾーン", "UTM帯"])
def test_a_column_of_utm_zones_is_read(header: str, cell: str) -> None:
    """East before north or after it: the size of the numbers tells."""
    for east, north in (("E座標", "N座標"), ("UTM_E", "UTM_N"), ("UTM X", "UTM Y")):
        located = locate({east: EAST, north: NORTH, header: [cell] * 3})
        (point, *_) = located.geometries
        assert located.coordinates.crs == "EPSG:6690" and point is not None
        assert round(point.x, 2) == 137.25 and not codes_of(located) & {codes.CRS_UNKNOWN, codes.AXES_EXCHANGED}


def test_rows_of_two_zones_are_placed_each_in_its_own() -> None:
    """A column of zones counts row by row."""
    located = locate({"X座標": X, "Y座標": Y, "系": ["7", "8", "7"]})
    lons = [round(point.x, 2) if point else None for point in located.geometries]
    assert lons == [137.25, 138.58, 137.25]


@pytest.mark.parametrize("header", ["{}座標(Webメルカトル)", "mercator_{}", "{}(EPSG:3857)"])
def test_web_mercator_is_known_by_its_name(header: str) -> None:
    """A transverse Mercator is another one."""
    located = locate({header.format("X"): ["15278800.1"], header.format("Y"): ["4321000.2"]})
    assert located.coordinates.crs == "EPSG:3857" and not codes_of(located)
    assert locate({"X座標": X, "Y座標": Y}, "横メルカトル図法 7系").coordinates.crs == "EPSG:6675"


def test_the_zone_of_the_header_and_the_datum_of_the_title_go_together() -> None:
    """Each says one half."""
    assert locate({"X座標(7系)": X, "Y座標(7系)": Y}, "旧測地系").coordinates.crs == "EPSG:30167"
    assert locate({"X座標": X, "Y座標": Y, "系": ["7"] * 3, "測地系": ["JGD2000"] * 3}).coordinates.crs == "EPSG:2449"


@pytest.mark.parametrize("sheet", ["2024", "旧", "新", "1", "日本", "6675"])
def test_the_name_of_a_sheet_is_no_code_of_a_datum(sheet: str) -> None:
    """旧 is an old list, 2024 a year."""
    assert locate({"緯度": ["36.146123"], "経度": ["137.252234"]}, sheet).coordinates.crs == "unknown"


@pytest.mark.parametrize(
    ("columns", "context", "is_assumed"),
    [
        ({"X座標(7系)": X, "Y座標(7系)": Y}, "", True),
        ({"X座標(7系)": X, "Y座標(7系)": Y}, "世界測地系", False),
        ({"X座標": X, "Y座標": Y, "EPSG": ["6675"] * 3}, "", False),
        ({"UTMポイント": ["54SUE8379148322"]}, "", True),
        ({"UTMポイント": ["54SUE8379148322"], "測地系": ["世界測地系"]}, "", False),
    ],
)
def test_a_zone_without_a_datum_is_told_as_such(
    columns: dict[str, list[str | None]], context: str, is_assumed: bool
) -> None:
    """A zone says nothing of the datum, and the old one would be half a kilometre off."""
    located = locate(columns, *filter(None, [context]))
    assert (codes.DATUM_ASSUMED in codes_of(located)) == is_assumed


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("世界測地系（ITRF94座標系）", 4612),
        ("ITRF94系・GRS80楕円体", 4612),
        ("世界測地系(測地成果2000)", 4612),
        ("世界測地系（JGD2011・ITRF94）", 6668),
        ("世界測地系", 6668),
        ("日本測地系", 4301),
    ],
)
def test_the_frame_of_a_datum_names_it(words: str, code: int) -> None:
    """ITRF94 is JGD2000; 世界測地系 alone is the newest."""
    columns: dict[str, list[str | None]] = {"緯度": ["36.14601"], "経度": ["137.25221"]}
    assert locate(columns, words).coordinates.crs == f"EPSG:{code}"
    if code != 6668:
        return
    assert locate({"X": X, "Y": Y}, f"{words} 第7系").coordinates.crs == "EPSG:6675"


@pytest.mark.parametrize("words", ["ITRF94 第7系", "平面直角座標系第7系（ITRF94）", "ITRF94 7系"])
def test_a_zone_beside_its_frame_is_of_that_datum(words: str) -> None:
    """EPSG:2443 to 2461."""
    assert locate({"X": X, "Y": Y}, words).coordinates.crs == "EPSG:2449"


@pytest.mark.parametrize(
    ("code", "ja", "en"),
    [
        (6675, "平面直角座標系第7系（EPSG:6675）", "plane rectangular zone 7 (EPSG:6675)"),
        (6690, "UTM第53帯（EPSG:6690）", "UTM zone 53 (EPSG:6690)"),
        (3857, "Webメルカトル（EPSG:3857）", "web mercator (EPSG:3857)"),
        (4301, "日本測地系の緯度経度（EPSG:4301）", "latitude and longitude of the Tokyo datum (EPSG:4301)"),
    ],
)
def test_clerks_are_told_a_crs_as_they_call_it(code: int, ja: str, en: str) -> None:
    """Not by the English name of a database, which changes, too."""
    assert plane_name(code) == Text(ja, en)


def test_web_mercator_has_but_one_datum() -> None:
    """Nothing is assumed of it."""
    columns: dict[str, list[str | None]] = {
        "X": ["15278800.1", "15278900.1", "15279900.1"],
        "Y": ["4321000.2", "4321100.2", "4321200.2"],
    }
    assert codes.DATUM_ASSUMED not in codes_of(locate(columns))
