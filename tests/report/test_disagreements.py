"""Every row of an import that lies elsewhere than its address has its line on the map, or is counted beside it."""

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from gis_capture.convert import apart, convert
from gis_capture.locate.gazetteer import Gazetteer, build_gazetteer
from gis_capture.model import Field, Layer, Text
from gis_capture.report.html_map import import_map
from gis_capture.store import open_store
from gis_capture.store.protocol import Author, Store

TOWNS = {name: 36.10 + 0.01 * n for n, name in enumerate(["三之町", "本町", "末広町", "朝日町"])}
NUMBER, NOTE = (Field(f"light.{name}", name, Text(ja, name)) for name, ja in (("number", "番号"), ("note", "備考")))
LAYER = Layer("light", Text("外灯", "Lights"), "Point", (NUMBER, NOTE), key_fields=("number",))
N_TOLD = 1_001
"""Problems of a kind that are kept."""
AT = "2026-11-23T15:30:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Holds nothing yet."""
    opened = open_store(tmp_path / "layers.gpkg", create=True)
    yield opened
    opened.close()


@pytest.fixture
def gazetteer(tmp_path: Path) -> Iterator[Gazetteer]:
    """Four towns."""
    rows = [f"岐阜県,高山市,{name},,{lat:.4f},137.25" for name, lat in TOWNS.items()]
    (tmp_path / "towns.csv").write_text("\n".join(["pref,city,town,koaza,lat,lon", *rows]), encoding="utf-8")
    build_gazetteer([tmp_path / "towns.csv"], tmp_path / "gazetteer.sqlite")
    with Gazetteer(tmp_path / "gazetteer.sqlite") as opened:
        yield opened


@pytest.fixture
def leaflet_dir(tmp_path: Path) -> Path:
    """Stands for the built Leaflet."""
    for name in ("leaflet.js", "leaflet.css", "LICENSE"):
        (tmp_path / name).touch()
    return tmp_path


def bring_in(store: Store, gazetteer: Gazetteer, folder: Path, *, n_far: int) -> str:
    """Imports rows far from their town, and behind them somewhat more that are near it; gives the id."""
    lines = ["番号,住所,緯度,経度"]
    for n in range(2 * n_far + 100):
        town = [*TOWNS][n % 4]
        away = 0.2 if n < n_far else 0.0
        lines.append(f"{n},高山市{town}{n % 30 + 1},{TOWNS[town] + away + n / 1e6:.6f},{137.25 + n / 1e6:.6f}")
    path = folder / "外灯.csv"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    ids = count(1)
    conversion = convert(
        path,
        layer=LAYER,
        store=store,
        author="山田",
        clock=lambda: AT,
        new_id=lambda: f"00000000-0000-7000-8000-{next(ids):012d}",
        gazetteer=gazetteer,
    )
    assert conversion.import_id
    told = {problem.row_number for problem in conversion.problems if problem.code == "address_disagrees"}
    assert len(told - {None}) == min(n_far, N_TOLD)
    return conversion.import_id


def labels_of_lines(page: str) -> list[str]:
    """What is said with each line between two places."""
    collections = re.findall(r"geo_json_\w+_add\((\{.*\})\);", page)
    features = [feature for each in collections for feature in json.loads(each)["features"]]
    return [each["properties"]["label"] for each in features if each["geometry"]["type"] == "LineString"]


def test_rows_of_which_nothing_more_was_told_have_their_lines_too(
    store: Store, gazetteer: Gazetteer, tmp_path: Path, leaflet_dir: Path
) -> None:
    """The list of problems ends after a thousand; the map does not."""
    n_far = N_TOLD + 20
    page = import_map(store, bring_in(store, gazetteer, tmp_path, n_far=n_far), leaflet_dir=leaflet_dir)

    labels = labels_of_lines(page)
    assert len(labels) == n_far
    assert labels[0].startswith("2行目 ") and "三之町" in labels[0]
    assert labels[-1] == f"{n_far + 1}行目", "its problem was not kept"
    assert f"離れた行が {n_far:,} 行" in page and "線がありません" not in page


def test_beyond_a_bound_lines_are_chosen_evenly_and_the_others_counted(
    store: Store, gazetteer: Gazetteer, tmp_path: Path, leaflet_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of a hundred thousand lines would not open."""
    monkeypatch.setattr(apart, "MAX_KEPT", 10)
    page = import_map(store, bring_in(store, gazetteer, tmp_path, n_far=95), leaflet_dir=leaflet_dir)

    rows = [int(label.split("行目")[0]) for label in labels_of_lines(page)]
    assert rows == list(range(2, 97, 10))
    assert "食いちがう 95 行のうち、均等に選んだ 10 行に線を引いています。残りの 85 行には線がありません。" in page


def test_an_import_of_an_earlier_version_draws_what_it_told(
    store: Store, gazetteer: Gazetteer, tmp_path: Path, leaflet_dir: Path
) -> None:
    """It kept nothing else."""
    import_id = bring_in(store, gazetteer, tmp_path, n_far=20)
    record = store.imports()[0]
    del record["apart"]
    with store.transact(Author("office"), at=AT) as transaction:
        transaction.put_import(record, ())

    labels = labels_of_lines(import_map(store, import_id, leaflet_dir=leaflet_dir))
    assert len(labels) == 20
    assert labels[-1].startswith("21行目 ") and "朝日町" in labels[-1]
