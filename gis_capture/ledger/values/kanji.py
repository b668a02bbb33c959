"""Numbers written in kanji: 百二十三, 二〇二六, 拾壱, 1万2千, 12.5万."""

import re
from decimal import Decimal

_DIGITS = {kanji: digit for digit, kanji in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0}
_DIGITS |= {kanji: digit for digit, kanji in enumerate("壱弐参肆伍陸漆捌玖", start=1)} | {"壹": 1, "貳": 2, "參": 3}
_SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "阡": 1000, "仟": 1000}
_LARGE_UNITS = {"万": 10**4, "萬": 10**4, "億": 10**8, "兆": 10**12}

KANJI_NUMERALS = "".join((*_DIGITS, *_SMALL_UNITS, *_LARGE_UNITS)).replace("○", "")
_TOKEN = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{''.join(_DIGITS)}]+|[{KANJI_NUMERALS}]")


def parse_kanji_number(text: str) -> Decimal | None:
    """Reads a number of kanji, or of kanji and half-width digits; None when it is none.

    Town names hold numerals too (三之町), so this must only see what stands alone.
    """
    tokens = _TOKEN.findall(text)
    if not tokens or "".join(tokens) != text:
        return None
    total = section = Decimal(0)
    current: Decimal | None = None
    small_limit, large_limit = Decimal(10**4), Decimal(10**16)
    is_run = False
    for token in tokens:
        if unit := _SMALL_UNITS.get(token):
            # 二三十 is "twenty or thirty", not a number.
            if unit >= small_limit or is_run or current == 0:
                return None
            section += (1 if current is None else current) * unit
            current, small_limit = None, Decimal(unit)
        elif unit := _LARGE_UNITS.get(token):
            section += current or 0
            if unit >= large_limit or not section:
                return None
            total += section * unit
            section, current = Decimal(0), None
            small_limit, large_limit = Decimal(10**4), Decimal(unit)
        elif current is not None:
            return None
        else:
            current, is_run = _digits(token), not token.isascii() and len(token) > 1
            if current >= small_limit < 10**4:
                return None
    return total + section + (current or 0)


def _digits(token: str) -> Decimal:
    if token[0].isascii():
        return Decimal(token)
    return Decimal("".join(str(_DIGITS[kanji]) for kanji in token))
