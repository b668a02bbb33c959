"""Rules that every shipped layer follows."""

import itertools
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from gis_capture.definitions import layer_from_json, layer_to_json, read_layer, read_layers
from gis_capture.model import Field, Layer, Text
from gis_capture.resources import layers_dir

FOLDERS = sorted(path.parent for path in layers_dir().glob("*/layer.toml"))
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# Words that are the same in both languages.
SAME_IN_BOTH = {"AED", "URL", "LED"}

# Colour as seen by people who see no green or no red: Machado, Oliveira, Fernandes (2009), severity 1.0, linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


@pytest.fixture(params=FOLDERS, ids=lambda path: path.name)
def layer(request: pytest.FixtureRequest) -> Layer:
    """Each shipped layer in turn; reading it already checks schema, names, labels, domains and headers."""
    folder: Path = request.param
    return read_layer(folder)


@pytest.fixture(params=[path for path in FOLDERS if path.name != "redline"], ids=lambda path: path.name)
def ledger(request: pytest.FixtureRequest) -> Layer:
    """Each layer that is a ledger: what the red pen draws has no number, and nobody inspects it."""
    folder: Path = request.param
    return read_layer(folder)


def texts(layer: Layer) -> list[Text]:
    """All words for people."""
    domains = [field.domain for field in layer.fields if field.domain]
    found = [
        layer.title,
        layer.description,
        *(section.title for section in layer.sections),
        *(text for field in layer.fields for text in (field.title, field.help)),
        *(code.title for domain in domains for code in domain.codes),
    ]
    return [text for text in found if text is not None]


def linear_rgb(color: str) -> npt.NDArray[np.float64]:
    """Linear light of "#rrggbb", shape (3,), 0…1 (IEC 61966-2-1)."""
    rgb = np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast_with_white(color: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    return float(1.05 / (0.05 + linear_rgb(color) @ RGB_TO_XYZ[1]))


def difference(first: str, second: str, sight: str) -> float:
    """Distance in CIELAB (D65), as someone with this sight sees it."""

    def lab(color: str) -> npt.NDArray[np.float64]:
        xyz = RGB_TO_XYZ @ np.clip(SIGHT[sight] @ linear_rgb(color), 0, 1) / np.array([0.9505, 1, 1.089])
        f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])

    return float(np.linalg.norm(lab(first) - lab(second)))


def test_the_ten_layers_the_generic_one_and_the_red_pen_are_there() -> None:
    """The list of the README."""
    assert [layer.key for layer in read_layers(layers_dir())] == [
        "aed",
        "evacuation_site",
        "fire_hydrant",
        "generic",
        "park",
        "public_facility",
        "public_toilet",
        "redline",
        "street_light",
        "street_tree",
        "traffic_mirror",
        "vacant_house",
    ]


def test_the_layer_comes_back_from_its_json(layer: Layer) -> None:
    """What the server sends is the whole layer."""
    assert layer_from_json(layer_to_json(layer)) == layer


def test_everything_is_said_in_japanese_and_english(layer: Layer) -> None:
    """Japanese has kana or kanji, English has none."""
    for text in texts(layer):
        assert JAPANESE.search(text.ja) or text.ja in SAME_IN_BOTH, text
        assert not JAPANESE.search(text.en), text


def test_the_form_shows_every_field_once(layer: Layer) -> None:
    """A field in no section could not be edited."""
    shown = [name for section in layer.sections for name in section.fields]
    assert sorted(shown) == sorted(field.name for field in layer.fields)


def test_a_field_keeps_its_identity(layer: Layer) -> None:
    """The `field_id` begins with the layer's key, so it stays unique when layers are joined."""
    assert all(field.field_id.startswith(f"{layer.key}.") for field in layer.fields)


def test_an_inspection_can_be_recorded(ledger: Layer) -> None:
    """Condition, date and note come first in the form; the condition has codes, one of which says "not checked"."""
    assert ledger.sections[0].fields[:3] == ("status", "inspected_on", "inspection_note")
    domain = ledger.field("status").domain
    assert domain is not None and not domain.allows_other
    assert "未確認" in {code.code for code in domain.codes}


def test_no_condition_is_assumed(layer: Layer) -> None:
    """A default would make an imported row look inspected."""
    assert all(field.default is None for field in layer.fields)


def test_the_position_is_no_field(layer: Layer) -> None:
    """Longitude and latitude go to the geometry, so no field may claim their headers."""
    headers = {header for field in layer.fields for header in (field.title.ja, *field.aliases)}
    assert not headers & {
        "緯度",
        "経度",
        "X座標",
        "Y座標",
        "X",
        "Y",
        "北緯",
        "東経",
        "latitude",
        "longitude",
        "lat",
        "lon",
    }


def test_the_ledger_number_knows_a_feature(ledger: Layer) -> None:
    """It is text, so 0012 stays 0012, and is found under the headers of the old and the new standard."""
    assert ledger.key_fields == ("ledger_number",)
    number = ledger.field("ledger_number")
    assert number.type == "text" and {"ID", "NO", "管理番号"} <= set(number.aliases)


def test_symbols_are_seen_on_white_and_told_apart(layer: Layer) -> None:
    """Contrast at least 3:1 (WCAG 1.4.11); no two conditions look the same; a removed one is crossed out."""
    symbols = [(category.color, category.shape) for category in layer.style.categories]
    assert all(contrast_with_white(color) >= 3 for color, _ in [(layer.style.color, ""), *symbols])
    assert len(set(symbols)) == len(symbols)
    assert all(category.shape == "cross" for category in layer.style.categories if category.code in ("撤去", "廃止"))


def test_layers_are_told_apart_by_everyone() -> None:
    """Layers of one shape differ in colour for people who see no red or no green (more than 15 in CIELAB)."""
    for first, second in itertools.combinations(read_layers(layers_dir()), 2):
        if (first.geometry_type, first.style.shape) == (second.geometry_type, second.style.shape):
            seen = {sight: difference(first.style.color, second.style.color, sight) for sight in SIGHT}
            assert min(seen.values()) > 15, (first.key, second.key, seen)


def headers_of(field: Field) -> set[str]:
    """Title and aliases, as they stand in a ledger."""
    return {field.title.ja, *field.aliases}


STANDARD_HEADERS = {
    "fire_hydrant": "全国地方公共団体コード,ID,地方公共団体名,種別,所在地_全国地方公共団体コード,町字ID,"
    "所在地_連結表記,所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),口径,備考,"
    "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,住所,方書",
    "aed": "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,住所,方書,設置位置,電話番号,"
    "内線番号,法人番号,団体名,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,小児対応設備の有無,URL,備考",
    "public_toilet": "男性トイレ総数,男性トイレ数(小便器),女性トイレ数(洋式),男女共用トイレ総数,バリアフリートイレ数,"
    "車椅子使用者用トイレ有無,乳幼児用設備設置トイレ有無,オストメイト設置トイレ有無,利用開始時間,利用終了時間,"
    "利用可能時間特記事項,画像,画像_ライセンス,設置位置,高度の種別,高度の値",
    "evacuation_site": "標高,災害種別_洪水,災害種別_崖崩れ、土石流及び地滑り,災害種別_高潮,災害種別_地震,災害種別_津波,"
    "災害種別_大規模な火事,災害種別_内水氾濫,災害種別_火山現象,指定避難所との重複,想定収容人数,対象となる町会・自治会,"
    "市区町村コード(設置主体),地方公共団体名(設置主体)",
    "public_facility": "名称_通称,POIコード,法人番号,団体名,説明,バリアフリー情報,車椅子可,ベビーカー利用,授乳室,"
    "連絡先メールアドレス,連絡先FormURL,郵便番号,連絡先備考(その他、SNSなど)",
    "park": "公園名,面積(㎡),供用開始年,トイレ詳細,駐車場詳細,施設等,設置遊具,住所(番地まで)",
    "street_light": "電柱番号,灯種,W数,設置年度,管理自治会,設置年月日",
    "street_tree": "路線名,樹木番号,樹木名(種類),樹高,幹周,枝張,植栽年度,樹勢,診断日",
}


@pytest.mark.parametrize("key", STANDARD_HEADERS)
def test_headers_of_the_standards_lead_to_a_field(key: str) -> None:
    """The columns of the national standard datasets, old and new, and of common ledgers."""
    layer = read_layer(layers_dir() / key)
    known = set().union(*(headers_of(field) for field in layer.fields))
    assert [header for header in STANDARD_HEADERS[key].split(",") if header not in known] == []


def test_owners_of_vacant_houses_are_personal_data() -> None:
    """Name, address and telephone stay off tablets unless switched on; the house itself does not."""
    layer = read_layer(layers_dir() / "vacant_house")
    personal = {field.name for field in layer.fields if field.is_personal}
    assert {"owner_name", "owner_address", "owner_phone", "contact_person", "report_note"} <= personal
    assert not personal & {"address", "status", "ledger_number"}
