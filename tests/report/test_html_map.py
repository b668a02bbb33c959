"""The map of an import is one file that needs nothing else, hides nothing and runs nothing of a ledger."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod
from shapely import GeometryCollection, LineString, Point, Polygon

from gis_capture.convert import convert
from gis_capture.errors import ResourceError, StoreError
from gis_capture.model import Feature, Field, Layer, PositionQuality, Text
from gis_capture.report import import_rows
from gis_capture.report.html_map import import_map
from gis_capture.report.map_drawing import draw_map
from gis_capture.report.placings import COARSE, FAR, LATER, ROUGH, STATED, placing_of, position_words
from gis_capture.store import open_store
from gis_capture.store.protocol import Author, Store
from gis_capture.store.source_rows import SourceRow

LAYER = Layer(
    key="light",
    title=Text("外灯", "Lights"),
    geometry_type="Point",
    fields=(
        Field("light.number", "number", Text("管理番号", "Number")),
        Field("light.owner", "owner", Text("所有者", "Owner"), is_personal=True),
        Field("light.remarks", "remarks", Text("備考", "Remarks")),
    ),
    key_fields=("number",),
    label="{number} {owner}",
)
ATTACK = "<script>alert(1)</script>"
LEDGER = f"""管理番号,所有者,備考,緯度,経度
A-1,山田,{ATTACK},36.14,137.25
A-2{ATTACK},佐藤,,36.15,137.26
A-3,鈴木,"{ATTACK}&amp;",,
A-4,田中,,36.16,137.27
小計,,,,
"""
AT = "2026-11-23T15:30:00Z"


@pytest.fixture
def leaflet_dir(tmp_path: Path) -> Path:
    """Stands for the built Leaflet."""
    folder = tmp_path / "leaflet"
    folder.mkdir()
    for name in ("leaflet.js", "leaflet.css", "LICENSE"):
        (folder / name).write_text(f"/* {name} {{{{ 7 }}}} </script> */\n//# sourceMappingURL=x.map", encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Holds nothing yet."""
    opened = open_store(tmp_path / "layers.gpkg", create=True)
    yield opened
    opened.close()


def bring_in(store: Store, tmp_path: Path, ledger: str = LEDGER) -> str:
    """Imports a ledger; gives the import's id."""
    path = tmp_path / "外灯<b>台帳.csv"
    path.write_text(ledger, encoding="utf-8")
    ids = count(1)
    conversion = convert(
        path,
        layer=LAYER,
        store=store,
        author="係<i>",
        clock=lambda: AT,
        new_id=lambda: f"00000000-0000-7000-8000-{next(ids):012d}",
    )
    assert conversion.import_id
    return conversion.import_id


class Page(HTMLParser):
    """What a browser would see: tags, texts outside scripts, addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a tag and what it would load."""
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset")]

    def handle_data(self, data: str) -> None:
        """Notes a text; the contents of scripts and styles are none."""
        if self.tags and self.tags[-1] not in ("script", "style") and data.strip():
            self.texts.append(data.strip())

    @property
    def text(self) -> str:
        """All texts."""
        return "\n".join(self.texts)


def drawn_properties(page: str) -> list[dict[str, str]]:
    """Reads the features that the script gives to Leaflet."""
    collections = re.findall(r"geo_json_\w+_add\((\{.*\})\);", page)
    drawn = [feature["properties"] for each in collections for feature in json.loads(each)["features"]]
    return [properties for properties in drawn if properties]


def test_page_accounts_for_every_row(store: Store, tmp_path: Path, leaflet_dir: Path) -> None:
    """Read = loaded + unlocated + rejected + skipped; each row off the map stands there with its reason."""
    page = import_map(store, bring_in(store, tmp_path), leaflet_dir=leaflet_dir)
    texts = Page(page).texts

    account = [texts[texts.index(name) + 1] for name in ("読んだ行", "＝ 地図に載った行", "＋ 位置なし")]
    assert account == ["5", "3", "1"]
    assert {"座標が空", "小計", "管理番号", "A-3"} <= set(texts)
    assert "2026年11月24日 00:30" in texts, "the office's time, not UTC"
    assert [properties["row"] for properties in drawn_properties(page)] == [
        f"{row}行目 (外灯&lt;b&gt;台帳)" for row in (2, 3, 5)
    ]


def test_page_needs_no_network(store: Store, tmp_path: Path, leaflet_dir: Path) -> None:
    """Nothing is loaded from anywhere: no script, style or picture by address, neither jQuery nor Bootstrap."""
    page = import_map(store, bring_in(store, tmp_path), leaflet_dir=leaflet_dir)

    assert Page(page).addresses == []
    assert "http" not in page
    assert "jquery" not in page.lower() and "$." not in page and "$(" not in page
    assert "/* leaflet.js {{ 7 }}" in page and "/* leaflet.css {{ 7 }}" in page, "written in as they are"
    assert "sourceMappingURL=x.map" not in page[page.index("<body>") :]


def test_nothing_of_a_ledger_becomes_markup(store: Store, tmp_path: Path, leaflet_dir: Path) -> None:
    """Cells, the file's name and the author's are shown as they are written, in the table as in popups."""
    page = import_map(store, bring_in(store, tmp_path), leaflet_dir=leaflet_dir)
    seen = Page(page)

    assert ATTACK not in page and "<b>台" not in page and "<i>" not in page
    assert f"{ATTACK}&amp;" in seen.text and "外灯<b>台帳.csv → 外灯" in seen.text
    assert [each["label"] for each in drawn_properties(page)][1] == "A-2&lt;script&gt;alert(1)&lt;/script&gt;"


def test_personal_data_stay_out(store: Store, tmp_path: Path, leaflet_dir: Path) -> None:
    """Neither the table nor a popup tells a name, although the label asks for it."""
    page = import_map(store, bring_in(store, tmp_path), leaflet_dir=leaflet_dir)

    assert not re.search("山田|佐藤|鈴木|田中", page)
    assert "(個人情報のため省略)" in page


def test_english_page(store: Store, tmp_path: Path, leaflet_dir: Path) -> None:
    """The page's own words are English throughout, reasons too."""
    page = import_map(store, bring_in(store, tmp_path), leaflet_dir=leaflet_dir, language="en")
    seen = Page(page)

    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert {"Rows read", "position empty", "Unlocated", "Legend"} & set(seen.texts) >= {"Rows read", "position empty"}
    assert not re.search("[ぁ-ん]", seen.text)


def test_undone_import_is_told(store: Store, tmp_path: Path, leaflet_dir: Path) -> None:
    """The account stays; the map is empty, and the page says why."""
    import_id = bring_in(store, tmp_path)
    record = {**store.imports()[0], "state": "undone", "undone_at": AT}
    with store.transact(Author("office"), at=AT) as transaction:
        for feature in list(transaction.features("light")):
            transaction.delete("light", feature.feature_id)
        transaction.put_import(record, ())
    page = import_map(store, import_id, leaflet_dir=leaflet_dir)

    assert "取り消されています" in page and "地図に描く位置はありません。" in page
    assert "<script>" not in page


def test_large_imports_are_bounded_and_say_so(
    store: Store, tmp_path: Path, leaflet_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Features to draw are chosen evenly over the ledger; the rows left out of the list are counted."""
    monkeypatch.setattr(import_rows, "MAX_DRAWN", 10)
    monkeypatch.setattr(import_rows, "MAX_LISTED", 5)
    monkeypatch.setattr("gis_capture.report.html_map.MAX_LISTED", 5)
    lines = [f"B-{n},,,{36 + n / 1000:.3f},{137 + n / 1000:.3f}" for n in range(25)] + ["C-1,,x,,"] * 8
    ledger = "\n".join(["管理番号,所有者,備考,緯度,経度", *lines, ""])
    page = import_map(store, bring_in(store, tmp_path, ledger), leaflet_dir=leaflet_dir)

    assert [each["label"] for each in drawn_properties(page)] == [f"B-{n}" for n in range(0, 25, 3)]
    assert "9 件を均等に選んで" in page and "ほかに 3 行あります。" in page
    assert page.count("<td>位置なし") + page.count('unlocated">位置なし') == 5


def test_lines_areas_and_collections_are_drawn_and_what_has_no_place_in_the_world_is_not() -> None:
    """Each feature counts once, whatever its parts; coordinates of a local drawing are left out."""
    square = Polygon([(137, 36), (137.1, 36), (137.1, 36.1)])
    shapes = [
        Point(137, 36),
        LineString([(137, 36), (137.1, 36.1)]),
        GeometryCollection([Point(137, 36), square]),
        Point(-12_000, 5_000),
    ]
    features = [
        Feature("light", str(number), shape, {}, position=PositionQuality("geometry"))
        for number, shape in enumerate(shapes)
    ]
    rows = {"1": SourceRow(7, "loaded", None, "1", {})}
    drawing = draw_map(LAYER, features, rows=rows, language="en")

    assert drawing and drawing.counts == {STATED: 3}
    assert len(drawn_properties(drawing.script)) == 4
    assert drawn_properties(drawing.script)[1]["row"] == "row 7"
    assert draw_map(LAYER, features[3:], rows={}, language="en") is None


def test_what_lies_far_away_does_not_shrink_the_rest_to_a_dot() -> None:
    """The map opens with the city; a mistake a thousand kilometres off is drawn, and is not what it opens with."""
    places = [(137.25 + n / 500, 36.14) for n in range(9)]

    def corners(*more: tuple[float, float]) -> str:
        features = [
            Feature("light", str(n), Point(place), {}, position=PositionQuality("geometry"))
            for n, place in enumerate((*places, *more))
        ]
        drawing = draw_map(LAYER, features, rows={}, language="ja")
        assert drawing is not None
        (found,) = re.findall(r"fitBounds\(\s*(\[\[.*?\]\])", drawing.script, re.DOTALL)
        return str(found)

    assert corners((127.7, 26.2)) == corners()
    # A town that has a second quarter is shown whole.
    assert corners(*((137.4 + n / 500, 36.3) for n in range(4))) != corners()


def test_how_far_off_a_place_may_be_is_drawn_around_it() -> None:
    """A circle of that radius around a rough place, none around a survey point; nothing to press on it."""
    features = [
        Feature("light", str(radius_m), Point(137, 36), {}, position=PositionQuality("address", radius_m))
        for radius_m in (300.0, 5.0)
    ]
    drawing = draw_map(LAYER, features, rows={}, language="ja")
    assert drawing is not None
    (ring,) = (
        np.array(each["geometry"]["coordinates"][0])
        for collection in re.findall(r"geo_json_\w+_add\((\{.*\})\);", drawing.script)
        for each in json.loads(collection)["features"]
        if each["geometry"]["type"] == "Polygon"
    )
    lon, lat = ring.T
    away_m = Geod(ellps="GRS80").inv(np.full(len(lon), 137.0), np.full(len(lat), 36.0), lon, lat)[2]
    assert away_m == pytest.approx(300, rel=0.01)


@pytest.mark.parametrize(
    ("position", "placing", "words"),
    [
        (PositionQuality("coordinates", 1.5), STATED, "台帳の緯度・経度(誤差 約 1.5 m)"),
        (PositionQuality("dms", 31.0), COARSE, "台帳の度分秒(誤差 約 31 m)"),
        (PositionQuality("mesh", 500.0), ROUGH, "メッシュコード(誤差 約 500 m)"),
        (PositionQuality("mesh", 700.0), FAR, "メッシュコード(誤差 約 700 m)"),
        (PositionQuality("field"), LATER, "現場で入力"),
        (PositionQuality("laser"), LATER, "laser"),
    ],
)
def test_marks_tell_how_a_place_was_found(position: PositionQuality, placing: object, words: str) -> None:
    """Method and accuracy choose the mark; a method of tomorrow is shown by its name."""
    assert placing_of(position) is placing
    assert position_words(position, "ja") == words


def test_what_is_missing_is_named(store: Store, tmp_path: Path, leaflet_dir: Path) -> None:
    """An import that is not there, and Leaflet that was not built."""
    with pytest.raises(StoreError, match="no such import"):
        import_map(store, "nowhere", leaflet_dir=leaflet_dir)
    with pytest.raises(ResourceError, match="just web"):
        import_map(store, bring_in(store, tmp_path), leaflet_dir=tmp_path / "none")


def test_a_row_that_lies_elsewhere_than_its_address_is_a_line_to_it(
    store: Store, tmp_path: Path, leaflet_dir: Path
) -> None:
    """Both ends are drawn, the steps tell of it; what the message holds of a ledger stays text."""
    import_id = bring_in(store, tmp_path)
    record = next(record for record in store.imports() if record["import_id"] == import_id)
    places = [[137.25, 36.14], [137.45, 36.34]]
    problem = {
        **{name: None for name in ("column", "cell", "field")},
        **{"row": 2, "code": "address_disagrees", "severity": "warning", "message": f"`${{1}}{ATTACK}"},
        **{"suggestion": "", "places": places},
    }
    record["result"]["problems"] = [problem]
    with store.transact(Author("office", ""), at=AT, note="") as transaction:
        transaction.put_import(record, ())
    page = import_map(store, import_id, leaflet_dir=leaflet_dir)
    assert '"coordinates": [[137.25, 36.14], [137.45, 36.34]]' in page
    assert "離れた行が 1 行" in page
    assert ATTACK not in page
    assert '{"label": "2\\u884c\\u76ee"}' in page


def test_no_kind_of_problem_hides_the_others_and_a_row_is_one_line(
    store: Store, tmp_path: Path, leaflet_dir: Path
) -> None:
    """Two hundred cells that are no numbers stand before one disagreement; the row outside the area has that line."""
    import_id = bring_in(store, tmp_path)
    record = next(record for record in store.imports() if record["import_id"] == import_id)
    nothing: dict[str, object] = {name: None for name in ("column", "cell", "field")}
    here, there = [137.25, 36.14], [137.45, 36.34]
    apart = {**nothing, "row": 2, "severity": "warning", "suggestion": ""}
    record["result"]["problems"] = [
        *(
            {**nothing, "row": n, "code": "not_a_number", "severity": "error", "message": f"数{n}", "suggestion": ""}
            for n in range(200)
        ),
        {**apart, "code": "position_outside_area", "message": "外", "places": [here, [137.26, 36.15]]},
        {**apart, "code": "address_disagrees", "message": "離れている", "places": [here, there]},
    ]
    with store.transact(Author("office", ""), at=AT, note="") as transaction:
        transaction.put_import(record, ())
    page = import_map(store, import_id, leaflet_dir=leaflet_dir)
    assert "離れている" in page and "数39<" in page and "数40<" not in page
    assert "同じ種類がほかに 160 件あります。" in page
    assert "離れた行が 1 行" in page and '"coordinates": [[137.25, 36.14], [137.45, 36.34]]' in page
