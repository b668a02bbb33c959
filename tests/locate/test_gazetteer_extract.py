"""What a tablet takes along of the gazetteer: the towns of its area with their lots."""

from pathlib import Path

import pytest

from gis_capture.locate.gazetteer import build_gazetteer
from gis_capture.locate.gazetteer.extract import extract_towns
from gis_capture.locate.gazetteer.places import Place
from gis_capture.model import BBox

HIDA = BBox(137.0, 36.0, 137.5, 36.5)


@pytest.fixture
def gazetteer(tmp_path: Path) -> Path:
    """Holds a town with lots, a 丁目 of it, and a town far away."""
    places = [
        Place("岐阜県", "高山市", "花里町", "", "", 137.2505, 36.1405),
        Place("岐阜県", "高山市", "花里町", "", "880-1", 137.25012345, 36.14098765),
        Place("岐阜県", "高山市", "花里町", "", "881", 137.2511, 36.1411),
        Place("岐阜県", "高山市", "花里町二丁目", "", "", 137.2515, 36.1415),
        Place("岐阜県", "高山市", "清見町三日町", "", "12", 137.18, 36.12),
        Place("東京都", "千代田区", "丸の内一丁目", "", "", 139.766, 35.681),
    ]
    build_gazetteer([], tmp_path / "gazetteer.sqlite", places=places)
    return tmp_path / "gazetteer.sqlite"


def test_the_towns_of_an_area_come_with_their_lots(gazetteer: Path) -> None:
    """Towns elsewhere stay behind; one that has only lots lies in their middle."""
    towns = {town.name: town for town in extract_towns(gazetteer, HIDA, n_towns=10, n_lots=10)}
    assert set(towns) == {"花里町", "花里町二丁目", "清見町三日町"}
    assert towns["花里町"].city == "高山市"
    assert (towns["花里町"].lon, towns["花里町"].lat) == (137.2505, 36.1405)
    assert set(towns["花里町"].lots) == {("880-1", 137.250123, 36.140988), ("881", 137.2511, 36.1411)}
    assert (towns["清見町三日町"].lon, towns["清見町三日町"].lat) == (137.18, 36.12)
    assert towns["花里町二丁目"].lots == ()


@pytest.mark.parametrize("n_lots", [0, 2])
def test_an_area_of_too_many_lots_comes_without_any(gazetteer: Path, n_lots: int) -> None:
    """Half a list of lots would be taken for a whole one; the towns are whole."""
    towns = list(extract_towns(gazetteer, HIDA, n_towns=10, n_lots=n_lots))
    assert len(towns) == 3
    assert not any(town.lots for town in towns)


def test_no_more_towns_than_a_tablet_can_search(gazetteer: Path) -> None:
    """The rest stays behind."""
    assert len(list(extract_towns(gazetteer, HIDA, n_towns=2, n_lots=10))) == 2
