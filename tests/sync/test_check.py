"""What a change is checked for before it meets the layer."""

from dataclasses import replace
from typing import Any

import pytest
import shapely

from gis_capture.model import (
    GEOMETRY,
    Change,
    Code,
    Condition,
    Constraints,
    Domain,
    Edit,
    Field,
    FieldType,
    Layer,
    Text,
)
from gis_capture.sync.check import Checked, check
from gis_capture.sync.codes import _WORDS, words

NAME = Text("名前", "Name")
DOMAIN = Domain((Code("点灯", Text("点灯", "On")), Code("球切れ", Text("球切れ", "Off"))))
LAYER = Layer(
    key="street_light",
    title=Text("街路灯", "Street lights"),
    geometry_type="Point",
    definition_version=3,
    fields=(
        Field("a", "name", NAME, constraints=Constraints(required=True, max_length=5, pattern="[^!]*")),
        Field("b", "status", NAME, domain=DOMAIN),
        Field("c", "height_m", NAME, FieldType.REAL, constraints=Constraints(minimum=0, maximum=30)),
        Field("d", "n_lamps", NAME, FieldType.INTEGER, constraints=Constraints(enum=(1, 2))),
        Field("e", "is_led", NAME, FieldType.BOOLEAN),
        Field("f", "built_on", NAME, FieldType.DATE, constraints=Constraints(minimum="1945-01-01")),
        Field("g", "seen_at", NAME, FieldType.DATETIME),
        Field("h", "number", NAME, is_read_only=True),
        Field("i", "owner", NAME, is_personal=True),
        Field(
            "j", "cause", NAME, constraints=Constraints(required=True), visible_when=Condition("status", ("球切れ",))
        ),
    ),
)
POINT = {"type": "Point", "coordinates": [137.25, 36.14]}


def checked(kind: Any = "update", *, layer: Layer = LAYER, stored: Any = None, **edits: Any) -> Checked:
    """Checks a change that sets these values."""
    seen = {name: edit if isinstance(edit, Edit) else Edit(None, edit) for name, edit in edits.items()}
    return check(Change("c", layer.key, "f", kind, seen, definition_version=3), layer, stored=stored)


def codes_of(found: Checked) -> list[str]:
    """Codes of all problems."""
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("name", "value", "clean"),
    [
        ("name", "𠮷野", "𠮷野"),
        ("height_m", 3, 3.0),
        ("n_lamps", 2.0, 2),
        ("is_led", False, False),
        ("built_on", "2026-11-23", "2026-11-23"),
        ("seen_at", "2026-11-23T02:10:00Z", "2026-11-23T02:10:00Z"),
        ("seen_at", "2026-11-23T02:10:00.472Z", "2026-11-23T02:10:00.472Z"),
        ("seen_at", "2026-11-23T11:10:00+09:00", "2026-11-23T02:10:00Z"),
        ("seen_at", "2026-11-23 02:10:00", "2026-11-23T02:10:00Z"),
        ("status", None, None),
    ],
)
def test_a_good_value_is_taken_in_its_one_form(name: str, value: Any, clean: Any) -> None:
    """Whole numbers may come as 2.0, instants in any zone."""
    found = checked(**{name: value})
    assert found.problems == ()
    assert found.change.edits[name].new == clean
    assert type(found.change.edits[name].new) is type(clean)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("name", 5, "wrong_type"),
        ("name", None, "required"),
        ("name", "", "required"),
        ("name", "123456", "too_long"),
        ("name", "a!", "pattern_mismatch"),
        ("status", "消灯", "not_in_domain"),
        ("height_m", "3", "wrong_type"),
        ("height_m", True, "wrong_type"),
        ("height_m", float("nan"), "wrong_type"),
        ("height_m", 10**400, "wrong_type"),
        ("height_m", -0.1, "out_of_range"),
        ("n_lamps", 1.5, "wrong_type"),
        ("n_lamps", 2**63, "wrong_type"),
        ("n_lamps", 3, "not_in_domain"),
        ("is_led", 1, "wrong_type"),
        ("built_on", "2026-02-30", "wrong_type"),
        ("built_on", "20261123", "wrong_type"),
        ("built_on", "1900-01-01", "out_of_range"),
        ("seen_at", "yesterday", "wrong_type"),
        ("number", "7", "field_read_only"),
    ],
)
def test_a_value_that_cannot_be_is_named(name: str, value: Any, code: str) -> None:
    """The change is not valid, and the problem names the field in words for people."""
    found = checked(**{name: value})
    assert not found.is_valid
    assert codes_of(found) == [code]
    assert found.problems[0].field == name
    assert "名前" in found.problems[0].message.ja


def test_a_domain_may_be_a_suggestion() -> None:
    """With `allows_other` any text goes."""
    status = replace(LAYER.fields[1], domain=replace(DOMAIN, allows_other=True))
    assert checked(layer=replace(LAYER, fields=(status,)), status="消灯").is_valid


def test_a_read_only_field_comes_with_an_insert_and_may_be_repeated() -> None:
    """Only changing it is refused."""
    assert checked("insert", name="a", number="7").is_valid
    assert checked(number=Edit("7", "7")).is_valid


def test_personal_fields_need_permission() -> None:
    """Without it the change is rejected."""
    change = Change("c", LAYER.key, "f", "update", {"owner": Edit(None, "山田")})
    assert check(change, LAYER, stored=None).is_valid
    found = check(change, LAYER, stored=None, may_write_personal=False)
    assert codes_of(found) == ["field_personal"]


def test_required_hangs_on_what_is_visible() -> None:
    """The cause is asked for only where a lamp is broken, now or after the change."""
    assert codes_of(checked("insert", name="a", status="球切れ")) == ["required"]
    assert checked("insert", name="a", status="点灯").is_valid
    assert codes_of(checked(stored={"status": "球切れ"}, cause=Edit("x", None))) == ["required"]
    assert checked(stored={"status": "点灯"}, cause=Edit("x", None)).is_valid


def test_required_hangs_on_what_is_visible_through_other_conditions() -> None:
    """Where the kind of a fault is not asked for any more, what else it is, is not either; a circle ends."""
    fault = Field("l", "fault", NAME, visible_when=Condition("is_led", (True,)))
    other = Field("m", "other", NAME, constraints=Constraints(required=True), visible_when=Condition("fault", ("x",)))
    layer = replace(LAYER, fields=(*LAYER.fields, fault, other))
    assert codes_of(checked("insert", layer=layer, name="a", is_led=True, fault="x")) == ["required"]
    assert checked("insert", layer=layer, name="a", is_led=False, fault="x").is_valid
    circle = replace(layer, fields=(*LAYER.fields, replace(fault, visible_when=Condition("other", ("y",))), other))
    assert checked("insert", layer=circle, name="a", fault="x", other="y").is_valid
    assert codes_of(checked("insert", layer=circle, name="a", fault="x")) == []


def test_an_older_tablet_is_not_stopped_by_a_field_it_does_not_know() -> None:
    """A field that has become required since is only pointed out."""
    change = Change("c", LAYER.key, "f", "insert", {"status": Edit(None, "点灯")}, definition_version=2)
    found = check(change, LAYER, stored=None)
    assert found.is_valid
    assert codes_of(found) == ["required_since"]


def test_a_field_that_is_gone_is_set_aside_with_its_value() -> None:
    """The rest of the change goes on."""
    found = checked(name=Edit("a", "b"), colour=Edit("red", "blue"))
    assert found.is_valid
    assert found.unknown == {"colour": Edit("red", "blue")}
    assert set(found.change.edits) == {"name"}


def test_nul_is_removed_and_told() -> None:
    """Also from the value that was seen, so that it can be compared."""
    found = checked(name=Edit("a\0", "b\0c"))
    assert found.change.edits["name"] == Edit("a", "bc")
    assert codes_of(found) == ["nul_removed"]
    assert found.is_valid


@pytest.mark.parametrize(
    ("geometry_type", "geometry", "code"),
    [
        ("Point", {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "geometry_type"),
        ("Point", {"type": "Point", "coordinates": []}, "geometry_invalid"),
        ("Point", {"type": "Point", "coordinates": [36.14, 137.25]}, "position_outside_world"),
        ("Point", {"type": "Point", "coordinates": ["x", 1]}, "geometry_unreadable"),
        ("Polygon", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "geometry_invalid"),
        ("LineString", {"type": "LineString", "coordinates": [[0, 0], [0, 0]]}, "geometry_invalid"),
    ],
)
def test_a_geometry_that_cannot_be_is_named(geometry_type: Any, geometry: Any, code: str) -> None:
    """Type, place on Earth, validity."""
    layer = replace(LAYER, geometry_type=geometry_type)
    assert codes_of(checked(layer=layer, geometry=geometry)) == [code]


def test_a_local_drawing_may_lie_anywhere() -> None:
    """A layer can allow coordinates outside the world; plane coordinates are metres anyway."""
    far = {"type": "Point", "coordinates": [5000, -90000]}
    assert checked(layer=replace(LAYER, allows_any_position=True), geometry=far).is_valid
    assert checked(layer=replace(LAYER, crs="EPSG:6675"), geometry=far).is_valid


def test_a_height_that_is_no_number_is_missing() -> None:
    """It is stored without Z, and told."""
    found = checked(geometry={"type": "Point", "coordinates": [137, 36, float("nan")]})
    assert found.is_valid
    assert codes_of(found) == ["ordinate_missing"]


def test_a_single_part_fits_a_layer_of_many() -> None:
    """A point becomes a multi-point of one; no coordinate changes."""
    layer = replace(LAYER, geometry_type="MultiPoint")
    found = checked(layer=layer, geometry=Edit(POINT, POINT))
    edit = found.change.edits[GEOMETRY]
    assert shapely.to_wkt(edit.new) == "MULTIPOINT ((137.25 36.14))"
    assert edit.old == edit.new


def test_a_delete_is_not_held_up_by_what_it_carries() -> None:
    """The old values only say what the author saw."""
    found = checked("delete", name=Edit(5), colour=Edit("red"))
    assert found.problems == ()


def test_every_code_has_words_in_both_languages() -> None:
    """And they name the same things."""
    for code, text in _WORDS.items():
        names = [set(part.split("}")[0] for part in side.split("{")[1:]) for side in (text.ja, text.en)]
        assert names[0] == names[1], code
        assert words(code, **dict.fromkeys(names[0], "x")).ja
