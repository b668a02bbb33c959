"""What breaks a rule inside one text, and how it is written without."""

import re
import unicodedata
from functools import lru_cache

from gis_capture.ledger import words
from gis_capture.ledger.values.dates import DateReading, parse_date
from gis_capture.ledger.values.numbers import parse_number
from gis_capture.ledger.values.units import parse_unit

_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_NUMBER_IN_BRACKETS = re.compile(r"\s*[0-9][0-9,.]*\s*[(（]\s*[-▲△]?[0-9][0-9,.]*\s*[)）]\s*")
_NUMBERS = re.compile(r"\s*[0-9][0-9,.]*(?:\s*[、；;/／]\s*[0-9][0-9,.]*)+\s*")
_LIST = re.compile(r"[、；;，]")
_MAX_PART = 12
_SPREAD = re.compile(r"(?<=\S)[ \u3000]+(?=\S)")
_ERA = re.compile(r"明治|大正|昭和|平成|令和|[MTSHRmtshr]\.?\s*(?:元|[0-9]{1,2})\s*[.年/-]|[㍾㍽㍼㍻㋿]")
_WESTERN = re.compile(r"(?:1[89]|20)[0-9]{2}")
_SIGNS = frozenset("- － ― ー ‐ … ‥ ... × x X * ** *** NA N/A n/a nan NaN 秘 秘匿 不詳 不明".split(" "))  # noqa: SIM905
_WITH_UNIT = re.compile(r"[^0-9]*[0-9][0-9,.]*\s*([^0-9\s]+[23]?)\s*")
_IVS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def is_plain_number(text: str) -> bool:
    """Whether a text is a number as programs write it."""
    return _PLAIN_NUMBER.fullmatch(text) is not None


def plain_number(text: str, unit: str | None = None) -> str | None:
    """Gives the number of "1,200円", ▲12, ７５, "75mm" as a program writes it; None where there is no one number."""
    reading = parse_number(text.strip(), unit=unit)
    if reading.value is None or any(note.severity != "info" for note in reading.notes):
        return None
    value = reading.value
    assert isinstance(value, int | float)
    return str(value) if isinstance(value, int) or "e" not in repr(value) else f"{value:f}"


def is_sign(text: str) -> bool:
    """Whether a text stands for a number that is not given: -, …, ×, 秘匿."""
    return text.strip() in _SIGNS


def n_data(text: str, *, is_prose: bool) -> int:
    """How many data a cell holds, as far as that can be told: lines, "12（3）", "1、2、3", short words in a list."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and not is_prose:
        return len(lines)
    if _NUMBER_IN_BRACKETS.fullmatch(text):
        return 2
    if _NUMBERS.fullmatch(text) and parse_date_text(text) is None:
        return len(re.split(r"[、；;/／]", text))
    parts = _LIST.split(text)
    is_list = len(parts) > 1 and not is_prose and all(0 < len(part.strip()) <= _MAX_PART for part in parts)
    return len(parts) if is_list and "。" not in text else 1


def without_layout(text: str) -> str:
    """Takes out blanks that only serve the looks: 「合　計」, leading ones; line breaks may part data and stay."""
    joined = text.strip().strip("\u3000 ")
    pieces = _SPREAD.split(joined)
    is_spread = len(pieces) > 1 and all(len(piece) == 1 and not piece.isascii() for piece in pieces)
    return "".join(pieces) if is_spread else joined


def unit_of(text: str) -> str | None:
    """The unit that stands behind a number: "75mm" → "mm"."""
    match = _WITH_UNIT.fullmatch(unicodedata.normalize("NFKC", text))
    return match[1] if match and parse_unit(match[1]) else None


@lru_cache(maxsize=4096)
def is_dependent(letter: str) -> bool:
    """Whether a character is not of JIS X 0208: of code page 932 alone (①, ㈱, 髙), private, or of no code page."""
    if letter.isascii() or letter.isspace():
        return False
    try:
        code = letter.encode("cp932")
    except UnicodeEncodeError:
        return True
    return len(code) == 2 and (code[0] == 0x87 or 0xED <= code[0] <= 0xEE or code[0] >= 0xF0)


def dependent_letters(text: str) -> str:
    """The machine-dependent characters of a text, each once."""
    return "".join(dict.fromkeys(letter for letter in text if is_dependent(letter)))


def without_dependent(text: str) -> str:
    """Writes signs such as ①, ㈱, ㎡, Ⅲ with usual letters; kanji, names above all, are never replaced."""
    return "".join(_usual(letter) for letter in text)


def _usual(letter: str) -> str:
    if not is_dependent(letter) or _IVS.match(letter):
        return letter
    plain = unicodedata.normalize("NFKC", letter)
    if plain == letter or unicodedata.category(letter) in ("Lo", "Co"):
        return letter
    if plain.isdecimal():
        return f"({plain})"
    return plain.replace("⁄", "/") if not any(map(is_dependent, plain)) else letter


def parse_date_text(text: str) -> DateReading | None:
    """Reads a date that is written as one; a bare number is none."""
    if text.strip().isdecimal():
        return None
    reading = parse_date(text)
    return reading if isinstance(reading, DateReading) else None


def is_era_only(text: str) -> bool:
    """Whether a date is written by an era without the year of the common era."""
    return _ERA.search(unicodedata.normalize("NFKC", text) + text) is not None and not _WESTERN.search(text)


def western_date(text: str) -> str | None:
    """Writes a date by the common era, as exactly as it is given: 2024-04-01, 2024-04, 2024, 2024年度."""
    reading = parse_date_text(text)
    if reading is None or any(note.severity != "info" for note in reading.notes):
        return None
    day = reading.first_day
    written = {"day": day.isoformat(), "month": f"{day:%Y-%m}", "year": f"{day:%Y}", "fiscal_year": f"{day:%Y}年度"}
    return written[reading.precision]


def is_ditto(text: str) -> bool:
    """Whether a cell repeats another by a mark."""
    return text in words.DITTO or words.is_same_as_left(text)
