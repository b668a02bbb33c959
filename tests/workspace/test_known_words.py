"""Against what the values of a scanned ledger are checked."""

from pathlib import Path

from gis_capture.locate.gazetteer import build_gazetteer
from gis_capture.model import Code, Domain, Field, Layer, Text
from gis_capture.workspace.scanned.known import known_of

TOWNS = """pref,city,town,koaza,lon,lat
岐阜県,高山市,花岡町二丁目,,137.2518,36.1457
岐阜県,高山市,三福寺町,,137.2686,36.1562
東京都,港区,芝公園四丁目,,139.7454,35.6586
"""
STATE = Field(
    "light.state",
    "state",
    Text("状態", "State"),
    domain=Domain((Code("on", Text("点灯", "On"), ("良",)),)),
    aliases=("現況",),
)
LAYER = Layer(key="light", title=Text("外灯", "Lights"), geometry_type="Point", fields=(STATE,))


def test_titles_values_and_towns_of_the_own_city_are_known(tmp_path: Path) -> None:
    """A town of another city confirms nothing; 丁目 is written in digits, too."""
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    known = known_of([LAYER], tmp_path / "gazetteer.sqlite", "岐阜県高山市")
    assert {"状態", "現況", "点灯", "良"} <= set(known.words)
    assert {"花岡町二丁目", "花岡町2丁目", "三福寺町", "岐阜県高山市三福寺町"} <= set(known.towns)
    assert not any("芝公園" in town for town in known.towns)


def test_without_a_city_or_a_gazetteer_no_town_is_known(tmp_path: Path) -> None:
    """Those of all Japan would confirm anything; a broken gazetteer stops no reading."""
    broken = tmp_path / "gazetteer.sqlite"
    broken.write_bytes(b"no database" * 200)
    assert known_of([], broken, "").towns == known_of([], tmp_path / "none", "高山市").towns == ()
    assert known_of([], broken, "高山市").towns == ()
