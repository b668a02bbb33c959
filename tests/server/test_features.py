"""Pages of features: chosen by ids, values and boxes, with the fields that are wanted, in three formats."""

import csv
import dataclasses
import io
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from flask.testing import FlaskClient
from shapely import Point

from gis_capture.model import Feature
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace

FEATURES = "/layers/street_light/features"


def light(number: int) -> str:
    """The id of a light of the workspace."""
    return f"00000000-0000-7000-8000-{number:012d}"


def numbers(page: dict[str, Any]) -> list[str]:
    """The numbers of the lights of a page."""
    return [feature["properties"]["ledger_number"] for feature in page["features"]]


def hide_status(workspace: Workspace) -> None:
    """Makes the field of the state a personal one."""
    layer = workspace.store.layer("street_light")
    fields = tuple(dataclasses.replace(one, is_personal=one.name == "status") for one in layer.fields)
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.put_layer(
            dataclasses.replace(layer, fields=fields, definition_version=layer.definition_version + 1)
        )


def test_ids_and_values_choose_features(client: FlaskClient) -> None:
    """By ids, by the value of a field, by a field without a value; together they narrow one another."""
    by_ids = client.get(f"{FEATURES}?ids={light(3)},{light(8)},unknown").get_json()
    by_value = client.get(f"{FEATURES}?status=点灯").get_json()
    by_nothing = client.get(f"{FEATURES}?status=").get_json()
    by_both = client.get(f"{FEATURES}?status=点灯&ids={light(3)},{light(8)}").get_json()

    assert numbers(by_ids) == ["A-003", "A-008"]
    assert (by_value["numberMatched"], by_nothing["numberMatched"]) == (15, 0)
    assert numbers(by_both) == ["A-008"]


def test_only_the_fields_that_are_wanted_are_sent(client: FlaskClient) -> None:
    """With id and revision; no fields at all are a choice, too."""
    (some,) = client.get(f"{FEATURES}?properties=status&limit=1").get_json()["features"]
    (none,) = client.get(f"{FEATURES}?properties=&limit=1").get_json()["features"]

    assert some["properties"] == {"status": "点灯", "revision": 1}
    assert (none["properties"], none["id"]) == ({"revision": 1}, light(0))


@pytest.mark.parametrize(
    "query",
    [
        "statsu=点灯",
        "properties=status,nothing",
        "format=xml",
        "bbox=1,2,3",
        "bbox=nan,0,1,1",
        "bbox=-inf,0,inf,1",
        "bbox=١٣٧,٣٦,١٣٨,٣٧",
        "bbox=1_37,36,138,37",
        "limit=٣",
        "power_w=٣",
        "installed_on=yesterday",
        "limit=0",
        "after=x",
        "ids=" + ",".join("x" * 1_001),
        "status=%00",
        "q=%00",
        "q=" + "x" * 201,
    ],
)
def test_what_does_not_fit_is_refused(client: FlaskClient, query: str) -> None:
    """A misspelt argument chooses nothing silently."""
    answer = client.get(f"{FEATURES}?{query}")

    assert answer.status_code == 400
    assert answer.get_json()["detail_ja"] and answer.get_json()["detail_en"]


@pytest.mark.parametrize(
    ("query", "n_given"),
    [
        (f"limit={10**17}", 2),
        (f"after={10**17}", 0),
        (f"limit={10**17}&bbox=-180,-90,180,90", 2),
        ("properties=" + ",".join(["status"] * 5_000), 2),
        ("ids=" + ",".join("x" * 1_000), 0),
    ],
)
def test_nobody_gets_more_than_a_page(client: FlaskClient, workspace: Workspace, query: str, n_given: int) -> None:
    """Whatever is asked for; a place behind the last feature is found at once."""
    settings = dataclasses.replace(workspace.settings, page_features=2, max_page_features=2)
    workspace.folder = dataclasses.replace(workspace.folder, settings=settings)
    page = client.get(f"{FEATURES}?{query}").get_json()

    assert (page["numberReturned"], len(page["features"])) == (n_given, n_given)


def test_a_page_of_large_geometries_ends_early_and_goes_on(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it takes bounded memory; nobody is lost, and each page holds somebody."""
    monkeypatch.setattr("gis_capture.store.tables.reading.PAGE_BYTES", 60)
    url: str | None = f"{FEATURES}?limit=20"
    sizes, found = list[int](), list[str]()
    while url:
        page = client.get(url).get_json()
        sizes.append(page["numberReturned"])
        found += numbers(page)
        url = next((link["href"] for link in page["links"]), None)

    assert found == [f"A-{number:03d}" for number in range(30)]
    assert max(sizes) <= 4 < len(sizes) and page["numberMatched"] == 30


def test_large_pages_of_files_end_early_and_go_on_too(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the link in their headers."""
    monkeypatch.setattr("gis_capture.server.areas.features.PAGE_BYTES", 40)
    url, sizes, found = f"{FEATURES}?format=csv", list[int](), list[str]()
    while url:
        answer = client.get(url)
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        sizes.append(len(rows))
        found += [next(value for value in row.values() if value.startswith("A-")) for row in rows]
        url = answer.headers.get("Link", "").partition("<")[2].partition(">")[0]

    assert found == [f"A-{number:03d}" for number in range(30)]
    assert max(sizes) <= 4 < len(sizes)


@pytest.mark.parametrize("box", ["-180,-90,180,90", "-inf,-inf,inf,inf", "-1e308,-1e308,1e308,1e308"])
def test_boxes_beyond_the_world_hold_what_has_a_place(client: FlaskClient, box: str) -> None:
    """They cost no more than a page, and give one."""
    answer = client.get(f"{FEATURES}?bbox={box}&limit=10")

    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.get_json()["numberReturned"] == 10
        assert answer.get_json()["numberMatched"] == 29


def test_a_box_may_cross_the_antimeridian(client: FlaskClient, workspace: Workspace) -> None:
    """Its west is east of its east then (RFC 7946); heights beside its corners are left out."""
    places = {"west": (179.9, 50), "east": (-179.9, 50), "north": (179.9, 70)}
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.insert(
            Feature("street_light", light(100 + number), Point(place), {"ledger_number": name})
            for number, (name, place) in enumerate(places.items())
        )
    both = client.get(f"{FEATURES}?bbox=179,40,-179,60").get_json()
    first = client.get(f"{FEATURES}?bbox=179,40,-179,60&limit=1").get_json()

    assert (numbers(both), both["numberMatched"]) == (["west", "east"], 2)
    assert (numbers(first), first["numberMatched"]) == (["west"], 2)
    assert numbers(client.get(first["links"][0]["href"]).get_json()) == ["east"]
    assert numbers(client.get(f"{FEATURES}?bbox=179,40,0,180,60,99").get_json()) == ["west"]
    assert numbers(client.get(f"{FEATURES}?bbox=170,-90,137,90&limit=3").get_json()) == ["west", "east", "north"]
    assert client.get(f"{FEATURES}?bbox=181,40,-179,60").status_code == 400
    assert client.get(f"{FEATURES}?bbox=179,60,-179,40").status_code == 400


def test_a_crowded_box_is_paged_without_losing_anybody(
    client: FlaskClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether those in a box are listed first or met on the way makes no difference."""
    monkeypatch.setattr("gis_capture.store.geopackage.reading._MANY", 3)
    url: str | None = f"{FEATURES}?bbox=137.2495,36.1,137.2625,36.2&limit=5"
    found: list[str] = []
    while url:
        page = client.get(url).get_json()
        found += numbers(page)
        url = next((link["href"] for link in page["links"]), None)

    assert found == [f"A-{number:03d}" for number in range(13) if number != 7]


def test_counts_follow_edits(client: FlaskClient, workspace: Workspace) -> None:
    """A count that was kept is that of the newest revision."""
    urls = (FEATURES, f"{FEATURES}?status=点灯", f"{FEATURES}?bbox=137,36,138,37")
    before = [client.get(url).get_json()["numberMatched"] for url in urls]
    with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
        transaction.insert([Feature("street_light", light(99), Point(137.3, 36.2), {"status": "点灯"})])
        transaction.delete("street_light", light(1))
    after = [client.get(url).get_json()["numberMatched"] for url in urls]

    assert (before, after) == ([30, 15, 29], [30, 16, 29])


def test_a_page_as_csv_opens_in_excel(client: FlaskClient) -> None:
    """With the mark of its encoding, the count of all, and the way to the next page."""
    answer = client.get(f"{FEATURES}?format=csv&status=点灯&limit=4&properties=ledger_number")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert [len(rows), rows[1][-1], answer.headers["Feature-Count"]] == [5, light(0), "15"]
    assert "status" in answer.headers["Link"] and answer.headers["Link"].endswith('>; rel="next"')


def test_a_page_as_flatgeobuf_is_read_by_gdal(client: FlaskClient, tmp_path: Path) -> None:
    """Coordinates to the last bit, Japanese text, and those without a place."""
    answer = client.get(f"{FEATURES}?format=fgb&properties=ledger_number,status&limit=100")
    path = tmp_path / "lights.fgb"
    path.write_bytes(answer.data)
    meta, _, geometries, columns = pyogrio.raw.read(path)
    values = dict(zip(meta["fields"], columns, strict=True))
    places = zip(shapely.from_wkb(geometries), values["status"], strict=True)
    by_number = dict(zip(values["ledger_number"], places, strict=True))

    assert len(by_number) == 30 and meta["crs"] == "EPSG:6668"
    assert by_number["A-011"] == (Point(137.25 + 11 / 1000, 36.14), "球切れ")
    assert by_number["A-007"][0] is None


def test_personal_fields_are_not_there_for_others(
    client: FlaskClient, elsewhere: FlaskClient, workspace: Workspace
) -> None:
    """Neither sent in any format, nor to be asked for, nor found by their values."""
    hide_status(workspace)
    for name in ("geojson", "csv", "fgb"):
        assert "点灯".encode() in client.get(f"{FEATURES}?format={name}").data
        answer = elsewhere.get(f"{FEATURES}?format={name}")
        assert answer.status_code == 200 and "点灯".encode() not in answer.data and b"status" not in answer.data
    for query in ("status=点灯", "properties=status"):
        answer = elsewhere.get(f"{FEATURES}?{query}")
        assert answer.status_code == 400 and "status, " not in answer.get_json()["detail_en"]
    assert elsewhere.get(f"{FEATURES}?q=点灯").get_json()["numberMatched"] == 0
