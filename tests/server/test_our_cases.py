"""Edit histories of our own, through HTTP alone, with the receipts that docs/format.md requires."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from gis_capture.definitions import layer_to_json
from gis_capture.model import Constraints, Field, FieldType, Layer, Text
from gis_capture.server import create_app
from gis_capture.workspace import Workspace
from tests.sync.tablets import POLE

NAN = float("nan")


def field(name: str, kind: FieldType = FieldType.TEXT, **more: Any) -> Field:
    """A field of the layer."""
    return Field(f"lamp.{name}", name, Text(name, name), kind, **more)


LAMP = Layer(
    "lamp",
    Text("灯", "Lamps"),
    "Geometry",
    (
        field("name"),
        field("number", constraints=Constraints(unique=True)),
        field("n", FieldType.INTEGER),
        field("height_m", FieldType.REAL),
        field("is_lit", FieldType.BOOLEAN),
        field("day", FieldType.DATE),
        field("seen_at", FieldType.DATETIME),
        field("pole", relation="pole"),
    ),
    crs="EPSG:4326",
)
BASE = {
    "name": "甲",
    "number": "K-1",
    "n": 9007199254740993,
    "height_m": 5,
    "seen_at": "2026-11-23T11:10:00+09:00",
}


def point(*ordinates: float | None) -> dict[str, Any]:
    """A point in GeoJSON."""
    return {"type": "Point", "coordinates": list(ordinates)}


class Story:
    """A server with one lamp, and crews that push to it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.ids = client, itertools.count(1)
        for layer in (POLE, LAMP):
            assert client.post("/layers", json={"definition": layer_to_json(layer)}).status_code == 201
        geometry = {"old": None, "new": point(137, 36, 5)}
        first = self.change("insert", "f1", {name: (None, value) for name, value in BASE.items()}, geometry=geometry)
        assert self.push("office", first) == ["applied"]

    def change(self, kind: str, feature_id: str, fields: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """A change; edits are `{name: (old, new)}`, with `...` for a half that is left out."""
        halves = {
            name: {half: value for half, value in zip(("old", "new"), edit, strict=True) if value is not ...}
            for name, edit in (fields or {}).items()
        }
        head = {"change_id": f"c{next(self.ids)}", "layer": "lamp", "feature_id": feature_id, "kind": kind}
        return {**head, "fields": halves, **more}

    def push(self, device_id: str, *changes: dict[str, Any]) -> list[str]:
        """Pushes; gives "status field,field" of each receipt."""
        message = {"format": "gis-capture.push/v1", "device_id": device_id, "changes": changes}
        answer = self.client.post("/sync/push", data=json.dumps(message), content_type="application/json")
        assert answer.status_code == 200, answer.get_json()
        return [f"{one['status']} {','.join(one['conflicts'])}".strip() for one in answer.get_json()["receipts"]]

    def feature(self, feature_id: str = "f1") -> dict[str, Any] | None:
        """A feature as a pull gives it."""
        lines = map(json.loads, self.client.get("/sync/pull?layers=lamp").get_data().splitlines())
        return next((one for one in lines if one["type"] == "feature" and one["feature_id"] == feature_id), None)

    def revision(self) -> int:
        """The newest revision."""
        return int(self.client.get("/health").get_json()["revision"])


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A new story."""
    with Workspace.create(tmp_path / "w") as workspace:
        yield Story(create_app(workspace).test_client())
        assert workspace.check_integrity() == []


@pytest.mark.parametrize(
    ("theirs", "mine", "outcome"),
    [
        ({"name": ("甲", "乙")}, {"name": ("甲", "乙")}, "merged"),
        ({"name": ("甲", "乙")}, {"name": ("甲", "丙")}, "conflict name"),
        ({"name": ("甲", "")}, {"name": ("甲", None)}, "conflict name"),
        ({"name": ("甲", None)}, {"name": ("甲", None)}, "merged"),
        ({"name": ("甲", "Ａ")}, {"name": ("甲", "A")}, "conflict name"),
        ({"n": (9007199254740993, 1)}, {"height_m": (5.0, 6)}, "merged"),
        ({"height_m": (5, 6)}, {"height_m": (5, 6.0)}, "merged"),
        ({"is_lit": (None, False)}, {"is_lit": (None, None)}, "merged"),
        ({"is_lit": (None, False)}, {"is_lit": (None, True)}, "conflict is_lit"),
        (
            {"seen_at": ("2026-11-23T02:10:00Z", "2026-11-24T00:00:00Z")},
            {"seen_at": ("2026-11-23T11:10:00+09:00", "2026-11-24T09:00:00.000+09:00")},
            "merged",
        ),
        (
            {"seen_at": (BASE["seen_at"], "2026-11-24T00:00:00.500Z")},
            {"seen_at": (BASE["seen_at"], "2026-11-24T00:00:00.501Z")},
            "conflict seen_at",
        ),
        ({"name": ("甲", "乙")}, {"name": (..., "丙")}, "conflict name"),
        ({"name": ("甲", "乙")}, {"number": (..., "K-2")}, "merged"),
        ({"n": (9007199254740993, 9007199254740994)}, {"n": (9007199254740993, 9007199254740992)}, "conflict n"),
    ],
)
def test_two_edits_of_one_value(story: Story, theirs: Any, mine: Any, outcome: str) -> None:
    """Compared as values of their type: numbers, instants, NULL and empty text, width; to the last digit."""
    base = story.revision()
    assert story.push("a", story.change("update", "f1", theirs, base_revision=base)) == ["applied"]

    assert story.push("b", story.change("update", "f1", mine, base_revision=base)) == [outcome]

    feature = story.feature()
    assert feature is not None
    (name,) = theirs
    if "conflict" in outcome:
        assert feature["fields"][name] == theirs[name][1]


@pytest.mark.parametrize(
    ("theirs", "mine", "outcome"),
    [
        (point(138, 36, 5), point(138, 36, 5), "merged"),
        (point(138, 36, 5), point(138, 36), "conflict geometry"),
        (point(138, 36, NAN), point(138, 36), "merged"),
        (point(138, 36, None, 7), point(138, 36, 7), "conflict geometry"),
        (point(138, 36, 5), point(138.00000000000003, 36, 5), "conflict geometry"),
        (None, None, "merged"),
        (None, point(138, 36), "conflict geometry"),
        (
            {"type": "GeometryCollection", "geometries": [point(1, 2, 3, 4)]},
            {"type": "GeometryCollection", "geometries": [point(1, 2, 3, 4)]},
            "merged",
        ),
        ({"type": "MultiPoint", "coordinates": [[1, 2]]}, point(1, 2), "conflict geometry"),
    ],
)
def test_two_moves_of_one_feature(story: Story, theirs: Any, mine: Any, outcome: str) -> None:
    """Compared ordinate for ordinate, height and measure included."""
    base, seen = story.revision(), point(137, 36, 5)
    first = story.change("update", "f1", base_revision=base, geometry={"old": seen, "new": theirs})
    assert story.push("a", first) == ["applied"]

    second = story.change("update", "f1", base_revision=base, geometry={"old": seen, "new": mine})
    assert story.push("b", second) == [outcome]


def test_there_and_back_is_no_clash(story: Story) -> None:
    """A → B → A by others, then mine."""
    base = story.revision()
    story.push("a", story.change("update", "f1", {"name": ("甲", "乙")}, base_revision=base))
    story.push("a", story.change("update", "f1", {"name": ("乙", "甲")}, base_revision=base + 1))

    assert story.push("b", story.change("update", "f1", {"name": ("甲", "丙")}, base_revision=base)) == ["merged"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_chain_may_come_in_any_order(story: Story, order: tuple[int, ...]) -> None:
    """Insert, two updates and a restore after a delete: all of it is there at the end, whatever came first."""
    first = story.change("insert", "g1", {"name": (None, "一")})
    second = story.change("update", "g1", {"name": ("一", "二")}, after=first["change_id"])
    third = story.change("update", "g1", {"name": ("二", "三"), "n": (None, 3)}, after=second["change_id"])
    fourth = story.change("update", "g1", {"n": (3, 4)}, after=third["change_id"])
    chain = [first, second, third, fourth]

    for place in order:
        story.push("a", chain[place])

    assert story.push("a", *chain) == ["applied"] * 4
    feature = story.feature("g1")
    assert feature is not None
    assert (feature["fields"]["name"], feature["fields"]["n"]) == ("三", 4)


def test_a_feature_may_be_made_only_once(story: Story) -> None:
    """Again, under another id, with nulls: no second row. Another body is on record; after the deletion it restores."""
    insert = story.change("insert", "h1", {"name": (None, "甲")})
    same = {**insert, "change_id": "same"}
    nulls = {**insert, "change_id": "nulls", "fields": {**insert["fields"], "n": {"old": None, "new": None}}}
    other = {**insert, "change_id": "other", "fields": {"name": {"old": None, "new": "乙"}}}
    assert story.push("a", insert, insert, same, nulls, other) == [*["applied"] * 4, "conflict name"]
    assert story.push("b", {**insert, "fields": {"name": {"new": "丁"}}}) == ["rejected"]
    gone = story.change("delete", "h1", {"name": ("甲", ...)})
    assert story.push("a", gone, story.change("delete", "h1", {"name": ("甲", ...)})) == ["applied", "merged"]
    assert story.push("b", story.change("insert", "h1", {"name": (None, "丙")})) == ["conflict name"]

    back = story.change("insert", "h1", {"name": (None, "戊")}, base_revision=story.revision())
    assert story.push("b", back) == ["applied"]


def test_unique_values_stop_one_change_only(story: Story) -> None:
    """Nobody's NULL clashes; a value that is given up is free in the same push, also for a change that came before."""
    outcome = story.push(
        "a",
        story.change("insert", "u1", {"number": (None, None)}),
        story.change("insert", "u2", {"number": (None, None)}),
        story.change("insert", "u3", {"number": (None, "K-1")}),
        story.change("insert", "u4", {"number": (None, "K-4")}),
        story.change("delete", "u4", {"number": ("K-4", ...)}),
        story.change("insert", "u5", {"number": (None, "K-4")}),
        story.change("update", "f1", {"number": ("K-1", "K-4")}),
    )

    assert outcome == ["applied", "applied", "applied", "applied", "applied", "rejected", "applied"]


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"n": (None, 2**63 - 1)}, "applied"),
        ({"n": (None, -(2**63))}, "applied"),
        ({"n": (None, 2**63)}, "rejected"),
        ({"n": (None, 5.0)}, "applied"),
        ({"n": (None, 5.5)}, "rejected"),
        ({"height_m": (None, float("inf"))}, "rejected"),
        ({"is_lit": (None, 1)}, "rejected"),
        ({"day": (None, "2026-02-30")}, "rejected"),
        ({"day": (None, "2028-02-29")}, "applied"),
        ({"pole": (None, "nowhere")}, "applied"),
        ({"__proto__": (None, "x")}, "conflict __proto__"),
        ({"name": (None, "\U0001f4a1\u0000𠮷野家")}, "applied"),
    ],
)
def test_odd_values(story: Story, fields: Any, outcome: str) -> None:
    """Taken as they are or refused; never taken as something else."""
    assert story.push("a", story.change("insert", "o1", fields)) == [outcome]

    feature = story.feature("o1")
    (name,) = fields
    if outcome == "applied" and feature is not None:
        assert feature["fields"][name] == (
            fields[name][1].replace("\0", "") if isinstance(fields[name][1], str) else fields[name][1]
        )
    assert (feature is None) == (outcome == "rejected")
