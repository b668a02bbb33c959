"""What stands behind or beside the name of a town, and what that leaves open."""

from collections.abc import Iterator

import pytest

from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer

TOWNS = """pref,city,town,koaza,lon,lat
岐阜県,高山市,赤保木町,,137.22,36.16
岐阜県,高山市,本町一丁目,,137.258,36.139
岐阜県,高山市,大新町一丁目,,137.263,36.150
岐阜県,高山市,大新町二丁目,,137.264,36.152
岐阜県,高山市,清見町三日町,,137.19,36.12
岐阜県,高山市,清見町夏厩,,137.06,36.15
岐阜県,高山市,荘川町新渕,,136.95,36.02
滋賀県,犬上郡多賀町,大字一円,,136.31,35.21
福島県,喜多方市,字市道,,139.87,37.65
静岡県,静岡市清水区,旭町,,138.49,35.02
静岡県,浜松市中央区,旭町,,137.73,34.71
埼玉県,さいたま市大宮区,大門町三丁目,,139.63,35.91
埼玉県,秩父市,大宮,,139.08,35.98
兵庫県,丹波篠山市,北新町,,135.22,35.08
"""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    """A few towns, far apart."""
    folder = tmp_path_factory.mktemp("gazetteer")
    (folder / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([folder / "towns.csv"], folder / "gazetteer.sqlite")
    with Gazetteer(folder / "gazetteer.sqlite") as opened:
        yield opened


@pytest.mark.parametrize(
    "address", ["赤保木町字上野100", "高山市赤保木町バス停前", "赤保木町 公民館横", "本町一丁目 中橋東詰"]
)
def test_words_behind_a_town_are_a_part_of_it(gazetteer: Gazetteer, address: str) -> None:
    """A 小字 or landmark that nobody lists leaves the town, a little wider and not sure; not the whole city."""
    match = gazetteer.search(address, city="岐阜県高山市")
    whole = gazetteer.search("赤保木町" if "赤" in address else "本町一丁目", city="岐阜県高山市")
    assert not match.is_sure and match.name == whole.name
    assert whole.accuracy_m is not None and match.accuracy_m == pytest.approx(1.5 * whole.accuracy_m, abs=1)


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("清見町三日町・夏厩", "岐阜県高山市清見町夏厩"),
        ("大新町1丁目・2丁目", "岐阜県高山市大新町二丁目"),
        ("本町1丁目、赤保木町", "岐阜県高山市赤保木町"),
    ],
)
def test_the_radius_of_two_towns_reaches_over_both(gazetteer: Gazetteer, address: str, other: str) -> None:
    """The first is taken, the second is a candidate."""
    match, second = gazetteer.search(address, city="岐阜県高山市"), gazetteer.search(other)
    assert not match.is_sure and match.candidates == (other,)
    assert None not in (match.lon, match.lat, second.lon, second.lat, match.accuracy_m)
    away_m = 90_000 * abs((second.lon or 0) - (match.lon or 0))
    assert (match.accuracy_m or 0) >= away_m


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("静岡県清水市旭町5", "静岡県静岡市清水区旭町"),
        ("大宮市大門町3丁目1", "埼玉県さいたま市大宮区大門町三丁目"),
        ("篠山市北新町41", "兵庫県丹波篠山市北新町"),
    ],
)
def test_a_former_city_is_a_ward_or_a_part_of_a_new_one(gazetteer: Gazetteer, address: str, name: str) -> None:
    """It is not sure, and no town that only sounds like it."""
    match = gazetteer.search(address)
    assert match.name == name and not match.is_sure


@pytest.mark.parametrize("city", [None, "岐阜県高山市"])
@pytest.mark.parametrize("address", ["市内一円", "市内各所", "町内全域", "市内", "一円", "市道"])
def test_all_of_a_city_is_no_town(gazetteer: Gazetteer, address: str, city: str | None) -> None:
    """大字一円 of 多賀町 is not meant."""
    match = gazetteer.search(address, city=city)
    assert match.lon is None and not match.is_sure
