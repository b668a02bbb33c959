"""Texts of typed spreadsheet cells, as a person sees them but without losing digits."""

import datetime
import re
from decimal import Decimal
from functools import lru_cache

_COLOR_OR_CONDITION = re.compile(r"\[(?!\$)[^\]]*\]")
_LOCALE = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_QUOTED = re.compile(r'"([^"]*)"')


def number_text(value: float) -> str:
    """Writes a number without exponent, trailing zeros and binary noise: 2.0 → "2", 0.1+0.2 → "0.3"."""
    text = f"{value:.15g}"
    if "e" not in text:
        return text
    return str(int(value)) if 1 <= abs(value) < 1e16 else format(Decimal(text), "f")


def date_text(value: datetime.date | datetime.time | datetime.timedelta) -> str:
    """Writes dates and times in ISO 8601: "2024-04-05", "2024-04-05T09:30:00", "09:30:00"."""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(timespec="seconds")
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, datetime.time):
        return value.isoformat(timespec="seconds")
    return value.isoformat()


@lru_cache(maxsize=2000)
def shapes_number(code: str) -> bool:
    """Whether a number format adds to the digits: zeros in front ("000"), words ("No."0), a percent sign."""
    section = _section(code, 1.0)
    bare = _bare(section)
    if not re.search(r"[0#?]", bare) or "/" in bare or re.search(r"[eE][+-]", bare):
        return False
    whole = re.split(r"\.", bare)[0]
    return whole.count("0") >= 2 or "%" in bare or bool(_literals(section))


def shaped_number_text(value: float, code: str) -> str:
    """Writes a number as its format shows it, never with fewer digits than it has: (2, "000") → "002"."""
    section = _section(code, value)
    bare = _bare(section)
    _, _, decimals = bare.partition(".")
    n_sections = len(code.split(";"))
    magnitude = abs(value) if value < 0 and n_sections > 1 else value
    if "%" in bare:
        magnitude *= 100
    digits = number_text(abs(magnitude))
    ints, _, fraction = digits.partition(".")
    n_fraction = len(re.findall("0", decimals))
    fraction = fraction.ljust(n_fraction, "0") if n_fraction else fraction
    sign = "-" if magnitude < 0 else ""
    return sign + _fill(section, ints, fraction)


def _fill(section: str, ints: str, fraction: str) -> str:
    """Puts digits into the places of a format; words and marks between the places stay where they are."""
    tokens = _tokens(section)
    point = next((i for i, (kind, _) in enumerate(tokens) if kind == "point"), len(tokens))
    places = [i for i, (kind, _) in enumerate(tokens[:point]) if kind == "place"]
    rest = list(ints)
    given: dict[int, str] = {}
    for i in reversed(places):
        if i == places[0]:
            given[i] = "".join(rest)
            if not given[i] or (given[i] == "0" and tokens[i][1] == "#"):
                given[i] = "0" if tokens[i][1] == "0" else ""
            rest = []
        elif rest:
            given[i] = rest.pop()
        else:
            given[i] = "0" if tokens[i][1] == "0" else ""
    out: list[str] = []
    for i, (kind, text) in enumerate(tokens):
        if kind == "word":
            out.append(text)
        elif kind == "place" and i < point:
            out.append(given[i])
        if places and i == places[-1] and fraction:
            out.append("." + fraction)
    return "".join(out)


def _tokens(section: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    i = 0
    while i < len(section):
        character = section[i]
        if character == '"':
            end = section.find('"', i + 1)
            end = len(section) if end < 0 else end
            tokens.append(("word", section[i + 1 : end]))
            i = end
        elif character == "\\" and i + 1 < len(section):
            tokens.append(("word", section[i + 1]))
            i += 1
        elif character in "_*":
            i += 1
        elif character in "0#?":
            tokens.append(("place", character))
        elif character == ".":
            tokens.append(("point", character))
        elif character == ",":
            pass
        else:
            tokens.append(("word", character))
        i += 1
    return tokens


def _section(code: str, value: float) -> str:
    sections = _split(code)
    if value < 0 and len(sections) > 1:
        chosen = sections[1]
    elif value == 0 and len(sections) > 2:
        chosen = sections[2]
    else:
        chosen = sections[0]
    return _COLOR_OR_CONDITION.sub("", _LOCALE.sub(lambda m: f'"{m[1]}"' if m[1] else "", chosen))


def _split(code: str) -> list[str]:
    parts, quoted, current = [], False, ""
    for character in code:
        if character == '"':
            quoted = not quoted
        if character == ";" and not quoted:
            parts.append(current)
            current = ""
        else:
            current += character
    return [*parts, current]


def _bare(section: str) -> str:
    return re.sub(r"\\.|_.|\*.", "", _QUOTED.sub("", section))


def _literals(section: str) -> str:
    """Words that stand beside the digits; currency signs, brackets and spaces do not count."""
    text = "".join(t for kind, t in _tokens(section) if kind == "word")
    return re.sub(r"[\s¥￥\\$€£()\-+,.%]", "", text) or (
        "-" if re.search(r"[0#]-[0#]", _bare(section).replace('"', "")) else ""
    )
