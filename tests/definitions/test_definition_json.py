"""The JSON form of a layer holds all of it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_capture.definitions import layer_from_json, layer_to_json
from gis_capture.errors import LayerError
from gis_capture.model import (
    Code,
    Condition,
    Constraints,
    Domain,
    Field,
    FieldType,
    Layer,
    PhotoRules,
    Section,
    Style,
    StyleCategory,
    Text,
)

WORDS = st.text("あいう街路灯ABC", min_size=1, max_size=6)
TEXTS = st.builds(Text, WORDS, WORDS)
COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
SHAPES = st.sampled_from(["circle", "square", "triangle", "diamond", "cross"])
VALUES: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: WORDS,
    FieldType.INTEGER: st.integers(-9, 9),
    FieldType.REAL: st.floats(-9, 9),
    FieldType.BOOLEAN: st.booleans(),
    FieldType.DATE: st.dates().map(str),
    FieldType.DATETIME: st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
}


@st.composite
def fields(draw: st.DrawFn, number: int) -> Field:
    """A field whose names and headers carry its number, so that no two fields claim the same."""
    kind = draw(st.sampled_from(FieldType))
    default = draw(st.none() | VALUES[kind])
    low, high = sorted(draw(st.tuples(st.integers(0, 9), st.integers(0, 9))))
    is_number = kind in (FieldType.INTEGER, FieldType.REAL)
    codes = tuple(Code(f"値{n}", draw(TEXTS), (f"別{n}",) * draw(st.integers(0, 1))) for n in range(3))
    return Field(
        field_id=f"made.f{number}",
        name=f"f{number}",
        title=Text(f"項目{number}", "Field"),
        type=kind,
        help=draw(st.none() | TEXTS),
        unit=draw(st.none() | WORDS),
        domain=Domain(codes, allows_other=True) if kind is FieldType.TEXT and draw(st.booleans()) else None,
        constraints=Constraints(
            required=draw(st.booleans()),
            unique=draw(st.booleans()),
            minimum=low if is_number else None,
            maximum=high if is_number else None,
            max_length=draw(st.none() | st.integers(1, 99)),
            pattern=draw(st.none() | st.just("[0-9]+")),
            enum=tuple(draw(st.lists(VALUES[kind], max_size=2))),
        ),
        default=default,
        visible_when=draw(st.none() | st.just(Condition("f0", ()))),
        is_read_only=draw(st.booleans()),
        is_personal=draw(st.booleans()),
        aliases=(f"見出し{number}",) * draw(st.integers(0, 1)),
        relation=draw(st.none() | st.just("park")),
    )


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """A layer without mistakes."""
    members = tuple(draw(fields(number)) for number in range(draw(st.integers(1, 4))))
    names = tuple(field.name for field in members)
    codes = [code.code for code in members[0].domain.codes] if members[0].domain else []
    categories = tuple(StyleCategory(code, draw(COLORS), draw(SHAPES)) for code in codes)
    return Layer(
        key="made",
        title=draw(TEXTS),
        geometry_type=draw(st.sampled_from(["Point", "MultiPolygon", "Geometry"])),
        fields=members,
        definition_version=draw(st.integers(1, 99)),
        description=draw(st.none() | TEXTS),
        crs=draw(st.sampled_from(["EPSG:6668", "EPSG:6675"])),
        key_fields=names[:1],
        label=draw(st.sampled_from(["", "{f0} 番"])),
        aliases=tuple(draw(st.lists(WORDS, max_size=2))),
        sections=(Section("all", draw(TEXTS), names),) if draw(st.booleans()) else (),
        photo=PhotoRules(draw(st.integers(0, 9)), draw(st.integers(320, 4000)), draw(st.booleans())),
        style=Style(draw(COLORS), draw(SHAPES), 3, 12.5, "f0" if draw(st.booleans()) or codes else None, categories),
        on_conflict=draw(st.sampled_from(["keep_stored", "take_incoming"])),
        allows_any_position=draw(st.booleans()),
    )


@given(layers())
@settings(max_examples=60, deadline=None)
def test_a_layer_comes_back_from_its_json(layer: Layer) -> None:
    """Round trip: layer → JSON → layer is the same, and so is the JSON made of it again."""
    document = layer_to_json(layer)
    assert layer_from_json(document) == layer
    assert layer_to_json(layer_from_json(document)) == document


@given(st.recursive(st.none() | st.booleans() | st.integers() | WORDS, lambda inner: st.lists(inner, max_size=2)))
@settings(max_examples=40, deadline=None)
def test_rubbish_in_any_place_is_told_and_not_thrown(rubbish: Any) -> None:
    """Whatever stands where a part of a layer should be, the answer is a LayerError or a layer."""
    parts = ("key", "title", "fields", "sections", "style", "photo", "label", "crs", "key_fields", "aliases")
    for part in parts:
        document: dict[str, Any] = {"format": "gis-capture.layer/v1", "key": "a", "title": {"ja": "あ", "en": "a"}}
        document |= {"geometry_type": "Point", "fields": [{"name": rubbish, "domain": rubbish}], part: rubbish}
        with pytest.raises(LayerError):
            layer_from_json(document)


def test_what_has_no_value_is_left_out() -> None:
    """The tablet reads a short document: no empty lists, no nulls, no false flags of a field."""
    layer = Layer("made", Text("あ", "a"), "Point", (Field("made.n", "n", Text("番号", "Number")),))
    document = layer_to_json(layer)
    assert document["fields"] == [
        {"field_id": "made.n", "name": "n", "title": {"ja": "番号", "en": "Number"}, "type": "text"}
    ]
    assert not {"sections", "label", "aliases", "description", "key_fields"} & set(document)


@pytest.mark.parametrize("domain", ["status", {"file": "status"}, {"allows_other": True}])
def test_a_domain_of_a_message_has_its_codes(domain: object) -> None:
    """A message has no folder in which the name of a domain file could be looked up."""
    field = {
        "field_id": "made.n",
        "name": "n",
        "title": {"ja": "番号", "en": "Number"},
        "type": "text",
        "domain": domain,
    }
    document = layer_to_json(Layer("made", Text("あ", "a"), "Point", (Field("made.n", "n", Text("番号", "Number")),)))
    with pytest.raises(LayerError, match=r"fields\.n\.domain: has no codes"):
        layer_from_json({**document, "fields": [field]})
