"""What a pull gives, and that whoever applies it holds what the store holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from shapely import Point

from gis_capture.errors import LayerError, SyncError
from gis_capture.model import BBox, Feature
from gis_capture.store import GeoPackageStore, open_store
from gis_capture.store.geopackage.store import GeoPackageSnapshot
from gis_capture.store.protocol import Author
from gis_capture.sync.messages import schema
from tests.sync.tablets import AT, LAMP, POINT, POLE, Tablet, fill, lamp

TOWN = BBox(137.2, 36.1, 137.3, 36.2)
FAR = {"type": "Point", "coordinates": [139.7, 35.6]}
VALIDATOR = Draft202012Validator(schema("pull"))


class Copy:
    """What a device holds after applying lines: features by id."""

    def __init__(self) -> None:
        self.features: dict[str, dict[str, Any]] = {}

    def apply(self, lines: list[dict[str, Any]]) -> None:
        """Applies a page."""
        for line in lines:
            VALIDATOR.validate(line)
            if line["type"] == "feature":
                self.features[line["feature_id"]] = line
            elif line["type"] in ("deletion", "out_of_scope"):
                self.features.pop(line["feature_id"], None)


def types(lines: list[dict[str, Any]]) -> list[str]:
    """The types of lines, in order."""
    return [line["type"] for line in lines]


def test_a_first_pull_gives_everything(store: GeoPackageStore) -> None:
    """Header, definition, features, end; each fits the schema."""
    base = fill(store, lamp("f1", name="駅前", status="点灯"), lamp("f2"))
    lines = Tablet(store).pull()
    assert types(lines) == ["header", "layer", "feature", "feature", "end"]
    for line in lines:
        VALIDATOR.validate(line)
    assert lines[0] == {
        "type": "header",
        "format": "gis-capture.pull/v1",
        "epoch": store.epoch,
        "since": 0,
        "revision": base,
        "clock_at": AT,
    }
    assert lines[2]["geometry"] == POINT
    assert lines[2]["fields"]["status"] == "点灯"
    assert lines[2]["position"]["method"] == "coordinates"
    assert lines[-1] == {"type": "end", "revision": base, "next": None}


def test_a_later_pull_gives_what_changed(store: GeoPackageStore) -> None:
    """One edit, one deletion, one conflict; nothing of the rest."""
    base = fill(store, lamp("f1", status="点灯"), lamp("f2"), lamp("f3"))
    tablet = Tablet(store)
    tablet.push(tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "撤去")}))
    tablet.push(tablet.change("delete", "f2", base_revision=base))
    tablet.push(tablet.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}))
    lines = tablet.pull(since=base)
    assert types(lines) == ["header", "layer", "feature", "deletion", "conflict", "end"]
    assert [line["revision"] for line in lines[2:]] == [2, 3, 4, 4]
    assert types(tablet.pull(since=store.revision())) == ["header", "layer", "end"]


def test_pages_end_where_the_next_begins(store: GeoPackageStore) -> None:
    """All pages together give what one pull gives, in the same order."""
    fill(store, *(lamp(f"f{number}") for number in range(7)), Feature("pole", "p1", None, {}))
    tablet = Tablet(store)
    layers = ["pole", "lamp"]
    whole = [line for line in tablet.pull(layers=layers) if line["type"] == "feature"]
    paged, cursor = [], None
    for _ in range(4):
        page = tablet.pull(layers=layers, limit=2, cursor=cursor)
        paged += [line for line in page if line["type"] == "feature"]
        cursor = page[-1]["next"]
    assert (paged, cursor) == (whole, None)
    assert [line["layer"] for line in whole] == ["pole"] + ["lamp"] * 7


def test_a_feature_that_left_the_area_is_no_deletion(store: GeoPackageStore) -> None:
    """And one that came in is given; what has no position belongs to every area."""
    far = replace(lamp("far"), geometry=Point(139.7, 35.6))
    nowhere = replace(lamp("nowhere"), geometry=None)
    base = fill(store, lamp("near"), far, nowhere)
    tablet = Tablet(store)
    copy = Copy()
    copy.apply(tablet.pull(bbox=TOWN))
    assert set(copy.features) == {"near", "nowhere"}
    tablet.push(
        tablet.change("update", "near", base_revision=base, geometry={"old": POINT, "new": FAR}),
        tablet.change("update", "far", base_revision=base, geometry={"old": FAR, "new": POINT}),
    )
    lines = tablet.pull(bbox=TOWN, since=base)
    assert sorted(types(lines[2:-1])) == ["feature", "out_of_scope"]
    copy.apply(lines)
    assert set(copy.features) == {"far", "nowhere"}


def test_the_area_of_a_plane_layer_is_given_in_degrees(store: GeoPackageStore) -> None:
    """The box is brought into the layer's CRS."""
    plane = replace(LAMP, crs="EPSG:6675")
    near, far = replace(lamp("near"), geometry=Point(7500, 15000)), replace(lamp("far"), geometry=Point(90000, 90000))
    fill(store, near, far, layers=(POLE, plane))
    assert [line["feature_id"] for line in Tablet(store).pull(bbox=TOWN) if line["type"] == "feature"] == ["near"]


def test_personal_fields_are_left_out_unless_granted(store: GeoPackageStore) -> None:
    """From features, definition and conflict records."""
    base = fill(store, lamp("f1", owner="山田", name="甲"))
    tablet = Tablet(store)
    seen = {"owner": ("鈴木", "佐藤"), "name": ("乙", "丙")}
    tablet.push(tablet.change("update", "f1", base_revision=base, fields=seen))
    for with_personal in (False, True):
        _, layer, feature, conflict, _ = tablet.pull(with_personal=with_personal)
        names = {field["name"] for field in layer["layer"]["fields"]}
        clashes = {clash["field"] for clash in conflict["fields"]}
        assert ("owner" in names, "owner" in feature["fields"], "owner" in clashes) == (with_personal,) * 3
        assert "name" in names and "name" in feature["fields"] and "name" in clashes


def test_another_epoch_or_cursor_is_refused(store: GeoPackageStore) -> None:
    """Before the first line; so is a layer that is not there."""
    fill(store)
    tablet = Tablet(store)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"epoch": "x"}, "epoch_changed"),
        ({"since": 9}, "epoch_changed"),
        ({"cursor": "x"}, "bad_cursor"),
    ]
    for query, code in cases:
        with pytest.raises(SyncError) as raised:
            tablet.pull(**query)
        assert raised.value.subject["code"] == code
    with pytest.raises(LayerError):
        tablet.pull(layers=["bridge"])


def test_a_restored_feature_is_there_again(store: GeoPackageStore) -> None:
    """Its deletion is not told any more."""
    base = fill(store, lamp("f1", name="甲"))
    tablet = Tablet(store)
    tablet.push(tablet.change("delete", "f1", base_revision=base))
    insert = tablet.change("insert", "f1", base_revision=store.revision(), fields={"name": (None, "甲")})
    assert tablet.push(insert)[0]["status"] == "applied"
    assert types(tablet.pull(since=base)) == ["header", "layer", "feature", "end"]


@pytest.mark.geopackage
def test_the_cost_grows_with_what_changed(store: GeoPackageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding one change among many features takes a few steps of SQLite, not a walk through the layer."""
    base = fill(store, *(lamp(f"f{number}") for number in range(5_000)))
    tablet = Tablet(store)
    tablet.push(tablet.change("update", "f77", base_revision=base, fields={"name": (None, "甲")}))
    steps, snapshot_of = [], store.snapshot

    @contextmanager
    def counted() -> Iterator[GeoPackageSnapshot]:
        with snapshot_of() as snapshot:
            snapshot.connection.set_progress_handler(lambda: steps.append(1), 100)
            yield snapshot
            snapshot.connection.set_progress_handler(None, 0)

    monkeypatch.setattr(store, "snapshot", counted)
    assert [line.get("feature_id") for line in tablet.pull(since=base)] == [None, None, "f77", None]
    assert len(steps) < 30


STEPS = st.lists(
    st.tuples(st.sampled_from(["insert", "move", "rename", "delete", "page"]), st.integers(0, 5)), max_size=25
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, limit=st.integers(1, 3), bbox=st.sampled_from([None, TOWN]))
def test_a_copy_converges_whatever_happens_between_pages(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], limit: int, bbox: BBox | None
) -> None:
    """Pages are applied, twice at that, while features come, move in and out of the area and go."""
    store = open_store(tmp_path_factory.mktemp("store") / "layers.gpkg", create=True)
    fill(store, lamp("f0"), lamp("f1"))
    tablet, copy = Tablet(store), Copy()
    place: dict[str, Any] = {"since": 0, "cursor": None}

    def page() -> bool:
        lines = tablet.pull(bbox=bbox, limit=limit, **place)
        copy.apply(lines)
        copy.apply(lines)
        place["cursor"] = lines[-1]["next"]
        if place["cursor"] is None:
            place["since"] = lines[-1]["revision"]
        return place["cursor"] is not None

    for kind, number in steps:
        if kind == "page":
            page()
            continue
        with store.transact(Author("office"), at=AT) as transaction:
            feature = transaction.feature("lamp", f"f{number}")
            if feature is None:
                transaction.insert([lamp(f"f{number}")] if kind == "insert" else [])
            elif kind == "delete":
                transaction.delete("lamp", feature.feature_id)
            elif kind == "move":
                is_far = feature.geometry == Point(139.7, 35.6)
                transaction.update(replace(feature, geometry=Point(137.25, 36.14) if is_far else Point(139.7, 35.6)))
            else:
                transaction.update(replace(feature, fields={"name": str(store.revision())}))
    while page():
        pass
    fresh = Copy()
    fresh.apply(tablet.pull(bbox=bbox))
    assert copy.features == fresh.features
    assert {f.feature_id for f in store.features("lamp") if bbox is None or f.geometry != Point(139.7, 35.6)} == set(
        copy.features
    )
    store.close()
