"""Reading `layers/*/layer.toml`: what is given back, and how mistakes are told."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from gis_capture.definitions import layer_from_json, layer_to_json, read_layer, read_layers
from gis_capture.definitions.schema import schema
from gis_capture.errors import LayerError
from gis_capture.resources import layers_dir

SMALL: dict[str, Any] = {
    "format": "gis-capture.layer/v1",
    "key": "bench",
    "title": {"ja": "ベンチ", "en": "Benches"},
    "geometry_type": "Point",
    "label": "{number}",
    "key_fields": ["number"],
    "sections": [{"key": "all", "title": {"ja": "全部", "en": "All"}, "fields": ["number", "state"]}],
    "fields": [
        {"field_id": "bench.number", "name": "number", "title": {"ja": "番号", "en": "Number"}, "type": "text"},
        {
            "field_id": "bench.state",
            "name": "state",
            "title": {"ja": "状態", "en": "Condition"},
            "type": "text",
            "domain": "state",
        },
    ],
}
STATES = "code,title_ja,title_en,aliases\n良,良,Good,良好|異常なし\n不良,不良,Bad,\n"


def write_layer(folder: Path, document: dict[str, Any], *, states: str | bytes = STATES) -> Path:
    """Writes a folder with one layer and its domain; gives the folder."""
    (folder / "domains").mkdir(parents=True)
    (folder / "layer.toml").write_bytes(tomli_w.dumps(document).encode())
    content = states if isinstance(states, bytes) else states.encode()
    (folder / "domains" / "state.csv").write_bytes(content)
    return folder


def changed(**parts: Any) -> dict[str, Any]:
    """A copy of the small layer with other parts."""
    return {**json.loads(json.dumps(SMALL)), **parts}


def with_field(**parts: Any) -> dict[str, Any]:
    """A copy of the small layer whose first field has other parts."""
    document = changed()
    document["fields"][0].update(parts)
    return document


def test_a_domain_file_becomes_the_codes_of_its_field(tmp_path: Path) -> None:
    """Codes keep their order; aliases are split at "|"; other values are not allowed unless said so."""
    layer = read_layer(write_layer(tmp_path / "bench", SMALL))
    domain = layer.field("state").domain
    assert domain is not None and not domain.allows_other
    assert [(code.code, code.aliases) for code in domain.codes] == [("良", ("良好", "異常なし")), ("不良", ())]


def test_a_domain_file_may_be_a_suggestion(tmp_path: Path) -> None:
    """`{ file, allows_other }` is the same list, left open."""
    document = changed()
    document["fields"][1]["domain"] = {"file": "state", "allows_other": True}
    domain = read_layer(write_layer(tmp_path / "bench", document)).field("state").domain
    assert domain is not None and domain.allows_other and len(domain.codes) == 2


def test_a_byte_order_mark_in_a_domain_file_is_no_part_of_its_header(tmp_path: Path) -> None:
    """Excel writes one when it saves as "CSV UTF-8"."""
    folder = write_layer(tmp_path / "bench", SMALL, states=b"\xef\xbb\xbf" + STATES.encode())
    assert read_layer(folder).field("state").domain is not None


def test_all_layers_come_sorted_by_key(tmp_path: Path) -> None:
    """A folder without layer.toml is no layer."""
    for key in ("swing", "bench"):
        write_layer(tmp_path / key, changed(key=key))
    (tmp_path / "notes").mkdir()
    assert [layer.key for layer in read_layers(tmp_path)] == ["bench", "swing"]


MISTAKES: dict[str, tuple[Callable[[], dict[str, Any]], str, str]] = {
    "missing key": (lambda: {k: v for k, v in SMALL.items() if k != "title"}, "title", "必要な設定です"),
    "wrong type": (lambda: changed(label=5), "label", "文字で書いてください"),
    "unknown format": (lambda: changed(format="gis-capture.layer/v9"), "format", "gis-capture.layer/v1"),
    "not in the list": (lambda: with_field(type="string"), "fields.number.type", "integer"),
    "bad name": (
        lambda: changed(sections=[{**SMALL["sections"][0], "key": "全部"}]),
        "sections.全部.key",
        "半角の英小文字",
    ),
    "misspelled": (lambda: with_field(alias=["番"]), "fields.number.alias", "「aliases」ではありませんか"),
    "reserved name": (
        lambda: changed(
            fields=[
                *SMALL["fields"],
                {**SMALL["fields"][0], "name": "fid", "field_id": "x", "title": {"ja": "あ", "en": "a"}},
            ]
        ),
        "fields.fid.name",
        "システムが使います",
    ),
    "field_id twice": (lambda: with_field(field_id="bench.state"), "fields.2.field_id", "重なっています"),
    "header twice": (lambda: with_field(aliases=["状 態"]), "fields.state.aliases", "fields.number"),
    "label": (lambda: changed(label="{nummer}"), "label", "「nummer」という項目"),
    "braces": (lambda: changed(label="{number"), "label", "合っていません"),
    "key field": (lambda: changed(key_fields=["nummer"]), "key_fields", "「nummer」という項目"),
    "crs": (lambda: changed(crs="EPSG:99999"), "crs", "座標系はありません"),
    "default type": (lambda: with_field(type="integer", default="一"), "fields.number.default", "integer"),
    "default date": (lambda: with_field(type="date", default="2026/1/1"), "fields.number.default", "date"),
    "limits": (
        lambda: with_field(type="real", constraints={"minimum": 3, "maximum": 2}),
        "fields.number.constraints.minimum",
        "maximum より大きく",
    ),
    "pattern": (lambda: with_field(constraints={"pattern": "("}), "fields.number.constraints.pattern", "正規表現"),
    "condition": (
        lambda: with_field(visible_when={"field": "state", "values": ["並"]}),
        "fields.number.visible_when.values",
        "良, 不良",
    ),
    "category": (
        lambda: changed(style={"category_field": "state", "categories": [{"code": "並", "color": "#000000"}]}),
        "style.categories",
        "良, 不良",
    ),
    "colour": (lambda: changed(style={"color": "red"}), "style.color", "#0017c1"),
    "folder": (lambda: changed(key="seat"), "key", "フォルダーの名前「bench」"),
    "number": (lambda: changed(photo={"max_count": -1}), "photo.max_count", "0〜100"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_file_and_key(case: str, tmp_path: Path) -> None:
    """The message names layer.toml, the dotted key, and what to do, and nothing else is reported."""
    make, key, words = MISTAKES[case]
    folder = write_layer(tmp_path / "bench", make())
    with pytest.raises(LayerError) as caught:
        read_layer(folder)
    mistakes = caught.value.subject["mistakes"]
    assert isinstance(mistakes, tuple)
    assert [mistake.key for mistake in mistakes] == [key]
    assert f"{folder / 'layer.toml'}: {key}: " in caught.value.message.ja
    assert words in caught.value.message.ja
    assert mistakes[0].message.en != mistakes[0].message.ja


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ("コード,名前\n良,良\n", "1行目を「code,title_ja,title_en,aliases」に"),
        (STATES + "並,並\n", "4行目の列の数が4ではありません"),
        (STATES.encode("cp932"), "UTF-8 ではありません"),
    ],
)
def test_a_broken_domain_file_is_named(states: str | bytes, words: str, tmp_path: Path) -> None:
    """The mistake stands with the domain file, not with layer.toml."""
    folder = write_layer(tmp_path / "bench", SMALL, states=states)
    with pytest.raises(LayerError) as caught:
        read_layer(folder)
    assert f"{folder / 'domains' / 'state.csv'}: {words}" in caught.value.message.ja


def test_a_spelling_of_two_codes_is_a_mistake(tmp_path: Path) -> None:
    """Width and case do not make two spellings different: the cleaner could not tell them apart either."""
    folder = write_layer(tmp_path / "bench", SMALL, states=STATES.replace("Bad,", "Bad,Ａ").replace("良好", "a"))
    with pytest.raises(LayerError, match=r'"Ａ" is already used by fields\.state\.domain\.codes\.良'):
        read_layer(folder)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """A broken schema does not hide a contradiction, one file does not hide another, a relation may lead nowhere."""
    write_layer(tmp_path / "bench", {**with_field(type="string"), "label": "{gone}"})
    write_layer(tmp_path / "swing", changed(key="swing", crs="WGS84"))
    with pytest.raises(LayerError) as caught:
        read_layers(tmp_path)
    lines = caught.value.message.ja.splitlines()
    assert lines[0] == "レイヤー定義に直すところが3か所あります。"
    assert [line.split(": ")[1] for line in lines[1:]] == ["fields.number.type", "label", "crs"]


@pytest.mark.parametrize(
    ("relation", "is_known"), [("swing", True), ("swing.number", True), ("park", False), ("swing.a", False)]
)
def test_a_relation_leads_to_a_known_layer_or_field(relation: str, is_known: bool, tmp_path: Path) -> None:
    """Only reading all layers together can know it."""
    write_layer(tmp_path / "bench", with_field(relation=relation))
    write_layer(tmp_path / "swing", changed(key="swing"))
    if is_known:
        assert len(read_layers(tmp_path)) == 2
        return
    with pytest.raises(LayerError) as caught:
        read_layers(tmp_path)
    assert f"fields.number.relation: 「{relation}」というレイヤーや項目はありません" in caught.value.message.ja


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"key = ", "TOML として読めません"), (b"", "何も書かれていません"), (b"\xff", "UTF-8 ではありません")],
)
def test_a_file_that_is_no_definition_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    """One mistake, no traceback."""
    folder = write_layer(tmp_path / "bench", SMALL)
    (folder / "layer.toml").write_bytes(content)
    with pytest.raises(LayerError) as caught:
        read_layer(folder)
    assert caught.value.message.ja.splitlines()[1].startswith(f"{folder / 'layer.toml'}: {words}")


def test_a_folder_without_definition_is_named(tmp_path: Path) -> None:
    """The path of the missing file is in the message."""
    with pytest.raises(LayerError, match=r"layer\.toml: cannot be read"):
        read_layer(tmp_path)


def test_unknown_keys_pass_through(tmp_path: Path) -> None:
    """A key of a newer version is kept on the layer and its fields; only near misses of known keys are mistakes."""
    document = with_field(printed_width_mm=12)
    document["season"] = "winter"
    layer = read_layer(write_layer(tmp_path / "bench", document))
    again = layer_to_json(layer_from_json(layer_to_json(layer)))
    assert again["season"] == "winter"
    assert again["fields"][0]["printed_width_mm"] == 12


def test_every_rule_of_the_schema_can_be_told_in_both_languages() -> None:
    """Each rule that is not a type, list or required key carries its own words."""

    def rules(node: object) -> list[dict[str, Any]]:
        members = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return [*([node] if isinstance(node, dict) else []), *(rule for member in members for rule in rules(member))]

    spoken = {"pattern", "minimum", "maximum", "minItems"}
    for rule in rules(schema()):
        if any(isinstance(rule.get(word), str | int | float) for word in spoken):
            assert set(rule["x-rule"]) == {"ja", "en"}, rule


def test_the_schema_is_the_published_file() -> None:
    """`layers/layer.schema.json` is valid JSON Schema 2020-12 and accepts a layer file before its domains are read."""
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema())
    document = tomllib.loads((layers_dir() / "street_light" / "layer.toml").read_text(encoding="utf-8"))
    assert not list(Draft202012Validator(schema()).iter_errors(document))
