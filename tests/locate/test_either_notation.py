"""36.0846 may be a decimal or 36°08'46": few rows, and columns that mix both."""

import random
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from gis_capture.locate import Located, codes, locate_rows
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.model import BBox

CITY = BBox(139.40, 35.48, 139.50, 35.56)
TOWNS = """pref,city,town,koaza,lon,lat
神奈川県,大和市,東町,,139.4580,35.5130
神奈川県,大和市,西町,,139.4480,35.5010
神奈川県,大和市,南町,,139.4680,35.4910
"""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """Three towns of a city, which is nobody's home."""
    folder = tmp_path_factory.mktemp("gazetteer")
    (folder / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([folder / "towns.csv"], folder / "gazetteer.sqlite")
    with Gazetteer(folder / "gazetteer.sqlite") as opened:
        yield opened


def packed(degrees: float, digits: int = 0) -> str:
    """Writes 36.1461 as 36.0846."""
    seconds = round(degrees * 3600, digits)
    rest = f"{seconds % 60:0{3 + digits if digits else 2}.{digits}f}".replace(".", "")
    return f"{seconds // 3600:.0f}.{seconds // 60 % 60:02.0f}{rest}"


def locate(
    pairs: Sequence[tuple[str, str]],
    area: BBox | None = None,
    gazetteer: Gazetteer | None = None,
    **more: Sequence[str | None],
) -> Located:
    """Locates latitudes and longitudes of JGD2011."""
    columns: dict[str, Sequence[str | None]] = {"緯度": [lat for lat, _ in pairs], "経度": [lon for _, lon in pairs]}
    return locate_rows(columns | more, crs="EPSG:6668", layer_crs="EPSG:6668", area=area, gazetteer=gazetteer)


def places(located: Located) -> list[tuple[float, float]]:
    """Latitude and longitude of all rows."""
    return [(point.y, point.x) if point else (np.nan, np.nan) for point in located.geometries]


def doubted(located: Located) -> list[int]:
    """The rows that ask to be looked at."""
    return [row for row, note in enumerate(located.notes) if "確認：" in (note or "")]


@pytest.mark.parametrize(
    "pairs",
    [
        [("35.3045", "139.2730")],
        [(f"35.30{row:02d}12", f"139.27{row:02d}31") for row in range(6)],
        [("35.3045", "139.2730"), ("35.3051", "139.2730"), ("35.3045", "139.2731")],
    ],
)
def test_few_rows_that_may_be_either_are_all_marked_and_asked_about(pairs: list[tuple[str, str]]) -> None:
    """The radius reaches to the other reading."""
    located = locate(pairs)
    assert doubted(located) == list(range(len(pairs)))
    assert min(metres or 0 for metres in located.accuracies_m) > 25_000
    assert codes.NOTATION_UNCERTAIN in {problem.code for problem in located.problems}
    assert {one.notation for one in located.readings} == {"decimal", "packed_dms"}


@pytest.mark.parametrize(
    "pair",
    [("35.3061", "139.2730"), ("35.6045", "139.2730"), ("35.30451", "139.27612"), ("35.3045123", "139.2730123")],
)
def test_digits_that_are_no_seconds_are_decimals(pair: tuple[str, str]) -> None:
    """Sixty minutes or seconds, or more digits than are packed."""
    located = locate([pair])
    assert doubted(located) == [] and places(located) == [(float(pair[0]), float(pair[1]))]
    assert max(metres or 0 for metres in located.accuracies_m) < 10


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_few_rows_of_more_than_four_decimals_are_decimals(n_rows: int) -> None:
    """Their digits may be seconds and parts of such, which is rarer than a third of all decimals that look so."""
    pairs = [(f"35.304{row}12", f"139.273{row}1") for row in range(n_rows)]
    located = locate(pairs)
    assert doubted(located) == [] and places(located) == [(float(lat), float(lon)) for lat, lon in pairs]
    assert max(metres or 0 for metres in located.accuracies_m) < 10
    assert codes.NOTATION_UNCERTAIN not in {problem.code for problem in located.problems}


def test_zeros_that_are_written_count_as_decimals() -> None:
    """35.304500 has six of them."""
    located = locate([("35.304500", "139.273000")])
    assert doubted(located) == [] and places(located) == [(35.3045, 139.273)]


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("by", ["city", "address"])
def test_the_city_or_one_address_decides(gazetteer: Gazetteer, is_packed: bool, by: str) -> None:
    """One row is enough."""
    pair = ("35.3045", "139.2730") if is_packed else ("35.5125", "139.4555")
    if by == "city":
        located = locate([pair], area=CITY)
    else:
        located = locate([pair], gazetteer=gazetteer, 住所=["神奈川県大和市東町1"])
    assert places(located)[0] == pytest.approx((35.5125, 139.4583), abs=0.003)
    assert doubted(located) == []


def mixed(n_rows: int, seed: int) -> tuple[list[tuple[str, str]], np.ndarray, np.ndarray]:
    """Rows of a town in both notations, where they are, and which are packed."""
    rng = random.Random(seed)
    true = np.array([(rng.uniform(35.50, 35.53), rng.uniform(139.44, 139.47)) for _ in range(n_rows)])
    is_packed = np.array([rng.random() < 0.4 for _ in range(n_rows)])
    pairs = [
        (packed(lat, 1), packed(lon, 1)) if is_so else (f"{lat:.6f}", f"{lon:.6f}")
        for (lat, lon), is_so in zip(true.tolist(), is_packed.tolist(), strict=True)
    ]
    return pairs, true, is_packed


@pytest.mark.parametrize("n_rows", [6, 12, 200])
@pytest.mark.parametrize("seed", range(5))
def test_a_column_that_mixes_both_is_judged_row_by_row_by_its_rows(n_rows: int, seed: int) -> None:
    """What is certainly decimal says where the rest should be; what was read otherwise is told."""
    pairs, true, is_packed = mixed(n_rows, seed)
    located = locate(pairs)
    away = np.abs(np.array(places(located)) - true).max(axis=1)
    marked = doubted(located)
    assert all(row in marked for row in np.flatnonzero((away > 1e-4) | is_packed).tolist())
    if n_rows == 200:
        assert away.max() < 1e-4 and set(marked) == set(np.flatnonzero(is_packed).tolist())


def test_a_column_that_mixes_both_is_judged_row_by_row_by_addresses(gazetteer: Gazetteer) -> None:
    """Most rows are packed here."""
    towns = {"東町": (35.5130, 139.4580), "西町": (35.5010, 139.4480), "南町": (35.4910, 139.4680)}
    names = [name for name in towns for _ in range(4)]
    pairs = [(packed(towns[name][0]), packed(towns[name][1])) for name in names]
    pairs[4] = (f"{towns['西町'][0]:.4f}", f"{towns['西町'][1]:.4f}")
    located = locate(pairs, gazetteer=gazetteer, 住所=[f"神奈川県大和市{name}1" for name in names])
    assert np.array(places(located)) == pytest.approx(np.array([towns[name] for name in names]), abs=3e-4)
    assert doubted(located) == [4]


@pytest.mark.parametrize("seed", range(5))
def test_decimals_are_left_alone(seed: int) -> None:
    """A third of them looks like seconds by chance; one that lies far away does so, too."""
    rng = random.Random(seed)
    true = [(rng.uniform(35.30, 35.55), rng.uniform(139.20, 139.47)) for _ in range(60)] + [(35.904512, 139.953012)]
    located = locate([(f"{lat:.6f}", f"{lon:.6f}") for lat, lon in true])
    assert doubted(located) == [] and np.abs(np.array(places(located)) - true).max() < 1e-6
