"""Number formats of spreadsheets (ECMA-376 part 1, 18.8.31): what a clerk sees of a value, without losing digits.

A format may add to a value: zeros in front, words, percent, a scale of thousands, words in place of 0 and 1, a
year without a day. What it takes away, as decimals and days that are there, is not taken.
"""

import datetime
import operator
import re
from functools import lru_cache

from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.values.eras import ERAS

Value = str | float | datetime.date | datetime.time | datetime.timedelta
BUILTIN_FORMATS = {9: "0%", 10: "0.00%", 34: 'yyyy"年"m"月"', 52: 'yyyy"年"m"月"', 55: 'yyyy"年"m"月"'}
"""The numbered formats that show something else than the value; 34 to 55 are those of Japan."""

_COMPARED = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_COLOR_OR_CONDITION = re.compile(r"\[(?!\$)(?![hHmMsS]+\])[^\]]*\]")
_LOCALE = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_QUOTED = re.compile(r'"([^"]*)"')
_GENERAL = re.compile(r"General|G/標準", re.IGNORECASE)
_DATE_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|([ge]+|y+|m+|a{3,4})|(.)', re.IGNORECASE)
_WEEKDAYS = "月火水木金土日"
_DAY_ZERO, _DAY_ZERO_1904 = datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1)


@lru_cache(maxsize=2000)
def shapes(code: str) -> bool:
    """Whether a format may show more, less or something else than the plain value."""
    sections = [_bare_section(section) for section in _split(code)]
    return (
        any(_shapes_number(section) or _says(section) or _is_partial_date(section) for section in sections)
        or any(not section for section in sections)
        or bool(_words_around_text(code))
    )


def shown_text(value: Value, code: str, *, is_1904: bool = False) -> str | None:
    """What a format shows of a value where that is more than its plain text: (2, "000") → "002"; else None.

    "" is a zero that the format hides.
    """
    if isinstance(value, str):
        words = _words_around_text(code)
        return None if words is None else words[0] + value + words[1]
    if isinstance(value, datetime.date):
        return _partial_date(value, _bare_section(_split(code)[0]))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    section = _section(code, value)
    if _is_partial_date(section):
        day = _day_of(value, is_1904=is_1904)
        return None if day is None else _partial_date(day, section)
    if _shapes_number(section):
        return shaped_number_text(value, code)
    if not section:
        return "" if value == 0 else None
    return _says(section) if value in range(10) else None


def is_unseen(value: Value, code: str) -> bool:
    """Whether a format shows nothing at all of a value (";;;")."""
    if isinstance(value, str):
        sections = _split(code)
        return len(sections) > 3 and not _bare_section(sections[3]).strip()
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and not _section(code, float(value)).strip()  # type: ignore[arg-type]


def _shapes_number(section: str) -> bool:
    """Whether a section adds to the digits: zeros in front ("000"), words ("No."0), percent, a scale."""
    bare = _bare(section)
    if not re.search(r"[0#?]", bare) or "/" in bare or re.search(r"[eE][+-]", bare):
        return False
    whole = bare.split(".")[0]
    return whole.count("0") >= 2 or "%" in bare or bool(_literals(section))


def _says(section: str) -> str | None:
    """The words of a section that shows nothing of the number ("有";;"無"); None for marks alone."""
    if re.search(r"[0#?@ymdhsge]", _bare(section), re.IGNORECASE):
        return None
    return "".join(text for _, text in _tokens(section)).strip() if _literals(section) else None


def shaped_number_text(value: float, code: str) -> str:
    """Writes a number as its format shows it, never with fewer digits than it has: (2, "000") → "002"."""
    section = _section(code, value)
    bare = _bare(section)
    magnitude = abs(value) if value < 0 and len(_split(code)) > 1 else value
    if "%" in bare:
        magnitude *= 100
    # Commas behind the last place divide by a thousand each: 12,345 as 0,"千円" is 12.345千円.
    scale = re.search(r"[0#?.](,+)(?![,0#?.])", bare)
    if scale and _literals(section):
        magnitude /= 1000 ** len(scale[1])
    digits = number_text(abs(magnitude))
    ints, _, fraction = digits.partition(".")
    n_fraction = bare.partition(".")[2].count("0")
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
    """The section of a format that a number falls under: by its conditions, else by its sign."""
    sections = _split(code)[:3]
    conditions = [_CONDITION.search(section) for section in sections]
    if any(conditions):
        for number, (section, condition) in enumerate(zip(sections, conditions, strict=True)):
            is_met = value < 0 if number == 1 and len(sections) > 2 else True
            if condition:
                is_met = _COMPARED[condition[1]](value, float(condition[2]))
            if is_met:
                return _bare_section(section)
        return "0"
    if value < 0 and len(sections) > 1:
        return _bare_section(sections[1])
    return _bare_section(sections[2] if value == 0 and len(sections) > 2 else sections[0])


def _bare_section(section: str) -> str:
    """A section without colours and conditions; the general format is one place."""
    plain = _COLOR_OR_CONDITION.sub("", _LOCALE.sub(lambda m: f'"{m[1]}"' if m[1] else "", section))
    return _GENERAL.sub("0", plain)


def _words_around_text(code: str) -> tuple[str, str] | None:
    """What a format writes before and behind a text (@"様"); None where it writes nothing."""
    sections = _split(code)
    own = sections[3] if len(sections) > 3 else next((s for s in sections if "@" in _bare(s)), "@")
    tokens = _tokens(_bare_section(own))
    at = next((i for i, token in enumerate(tokens) if token == ("word", "@")), None)
    if at is None:
        return None
    before, behind = ("".join(text for _, text in part) for part in (tokens[:at], tokens[at + 1 :]))
    return (before, behind) if (before + behind).strip() else None


def _is_partial_date(section: str) -> bool:
    """Whether a section shows a date without its day: a year, a month of a year, a day of the week."""
    bare = _bare(section).lower()
    if re.search(r"[0#?@dhs]", bare):
        return False
    return bool(re.search(r"[yge]|a{3}", bare))


def _partial_date(value: datetime.date, section: str) -> str | None:
    if not _is_partial_date(section):
        return None
    era = next((era for era in reversed(ERAS) if era.first_day <= datetime.date(*value.timetuple()[:3])), ERAS[0])
    out = ""
    for quoted, escaped, letters, other in _DATE_TOKEN.findall(section):
        kind, n = letters[:1].lower(), len(letters)
        if kind == "y":
            out += f"{value.year:04d}" if n > 2 else f"{value.year % 100:02d}"
        elif kind in ("g", "e"):
            n_signs = letters.lower().count("g")
            in_era = "g" in section.lower()
            year = value.year - era.first_year + 1 if in_era else value.year
            out += ("", era.letter, era.name[0], era.name)[min(n_signs, 3)]
            out += f"{year:0{n - n_signs}d}" if n > n_signs else ""
        elif kind == "m":
            # Names of months are English; a number says the same.
            out += f"{value.month:02d}" if n > 1 else str(value.month)
        elif kind == "a":
            out += _WEEKDAYS[value.weekday()] + ("曜日" if n == 4 else "")
        else:
            out += quoted or escaped or other
    return out.strip() or None


def _day_of(serial: float, *, is_1904: bool) -> datetime.date | None:
    try:
        return (_DAY_ZERO_1904 if is_1904 else _DAY_ZERO) + datetime.timedelta(days=serial + (0 < serial < 60))
    except OverflowError:
        return None


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
