"""Units as ledgers write them, and what they are of one another."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `factor` of the base unit of its `quantity`."""

    quantity: str
    factor: Decimal


# Factors of 尺 and 坪: Measurement Act (計量法施行法) 1 尺 = 10/33 m, 1 坪 = 400/121 m².
_SPELLINGS: dict[str, dict[str, Decimal | int]] = {
    "length": {
        "mm ミリ ミリメートル 粍": Decimal("0.001"),
        "cm センチ センチメートル 糎": Decimal("0.01"),
        "m メートル メーター 米": 1,
        "km キロ キロメートル 粁": 1000,
        "尺": Decimal(10) / 33,
        "間": Decimal(60) / 33,
    },
    "area": {
        "m2 平米 平方メートル 平方米 sqm": 1,
        "a アール": 100,
        "ha ヘクタール": 10_000,
        "km2 平方キロメートル 平方キロ": 1_000_000,
        "坪": Decimal(400) / 121,
    },
    "volume": {"m3 立米 立方メートル 立方米": 1, "l リットル": Decimal("0.001"), "kl キロリットル": 1},
    "weight": {"g グラム": Decimal("0.001"), "kg キログラム": 1, "t トン": 1000},
    "power": {"w ワット": 1, "kw キロワット": 1000},
    "voltage": {"v ボルト": 1, "kv キロボルト": 1000},
    "money": {"円 yen 円也 円(税込) 円(税抜)": 1, "千円": 1000, "百万円": 1_000_000, "億円": 100_000_000},
    "percent": {"% パーセント": 1},
    "angle": {"度 ° deg": 1},
    "count": {
        "個 こ ケ ヶ コ 本 台 基 灯 箇所 か所 カ所 ヶ所 ヵ所 ケ所 件 人 名 戸 棟": 1,
        "世帯 回 枚 口 穴 器 室 床 校 団体 組 株 面 つ 棹": 1,
    },
    "storeys": {"階 階建 階建て f": 1},
    "year": {"年 年度 西暦": 1},
    "span": {"年間 ヶ年 か年 カ年": 1, "歳 才": 1},
    "apparent power": {"va ボルトアンペア": 1, "kva": 1000},
    "luminous flux": {"lm ルーメン": 1},
    "pressure": {"mpa": 1, "kpa": Decimal("0.001")},
}  # fmt: skip
_KG_OF_WATER = 1000
UNITS: dict[str, Unit] = {
    spelling: Unit(quantity, Decimal(factor))
    for quantity, spellings in _SPELLINGS.items()
    for line, factor in spellings.items()
    for spelling in line.split()
}
_IN_BRACKETS = re.compile(r"[(\[〔【]([^()\[\]〔〕【】]{1,12})[)\]〕】]")


_WORDS_BEFORE_A_UNIT = re.compile(r"^.*?(?=[a-zA-Z%°]+[23]?$)")
_NOT_IN_HEADERS = ("count", "storeys", "year", "span")


def parse_unit(text: str) -> Unit | None:
    """Knows a unit by any of its spellings (㎡, ｍ２, 平米, M2); None for everything else."""
    return UNITS.get(_key(text))


def unit_of_header(header: str) -> str | None:
    """Finds the unit a header states in brackets, as in 面積（㎡）, 管径(単位:mm) or 口径(管径ｍｍ)."""
    for match in _IN_BRACKETS.finditer(unicodedata.normalize("NFKC", header)):
        inside = match[1].removeprefix("単位").lstrip(":は ")
        for word in (inside, _WORDS_BEFORE_A_UNIT.sub("", inside)):
            if (unit := parse_unit(word)) and unit.quantity not in _NOT_IN_HEADERS:
                return word
    return None


def _key(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "").replace("^", "").rstrip(".").casefold()


def are_convertible(unit: str | None, other: str | None) -> bool | None:
    """True for units of one quantity, False for units of two; None where one of them is not known."""
    first, second = parse_unit(unit or ""), parse_unit(other or "")
    return factor_between(first, second) is not None if first and second else None


def factor_between(unit: Unit, other: Unit) -> Decimal | None:
    """What to multiply with; None for two quantities. A volume in tonnes is one of water: 防火水槽 40t holds 40 m³."""
    if unit.quantity == other.quantity:
        return unit.factor / other.factor
    is_water = (unit.quantity, other.quantity) == ("weight", "volume")
    return unit.factor / _KG_OF_WATER / other.factor if is_water else None
