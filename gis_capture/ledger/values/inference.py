"""Guesses the type of a column nobody defined, carefully: what is not certain stays text."""

import re
from collections.abc import Sequence

from gis_capture.ledger.values.choices import MARKS
from gis_capture.ledger.values.dates import DateReading, parse_date
from gis_capture.ledger.values.folding import fold
from gis_capture.ledger.values.instants import read_instant
from gis_capture.ledger.values.texts import trim
from gis_capture.model import FieldType

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})")
_REAL = re.compile(rf"{_INTEGER.pattern}(?:\.[0-9]+)?")
_HAS_TIME = re.compile(r"[0-9][:時][0-9]{0,2}|[0-9]T[0-9]")
_LOOKS_LIKE_A_DATE = re.compile(r"[0-9元].*[./年・-].*[0-9].*[./月・-].*[0-9]")
_SAMPLE = 2_000
_MAX_MOMENT_CHARS = 60
"""A longer text is no date, however many digits it holds; patterns would search it for minutes."""


def infer_type(texts: Sequence[str | None]) -> FieldType:
    """Gives the type that every value of a column fits as it is written.

    Leading zeros and numbers of more than 15 digits are ids, so they stay text; so does a year without month and day.
    A column without any value is text. Numbers are judged by all values, the rest by the first 2,000 distinct ones.
    """
    distinct = [trimmed for text in dict.fromkeys(texts) if text and (trimmed := trim(text))]
    if not distinct:
        return FieldType.TEXT
    if _REAL.fullmatch(distinct[0]):
        if all(map(_INTEGER.fullmatch, distinct)):
            return FieldType.INTEGER
        return FieldType.REAL if all(map(_REAL.fullmatch, distinct)) else FieldType.TEXT
    sample = distinct[:_SAMPLE]
    if len(sample) <= len(MARKS) and all(fold(text) in MARKS for text in sample):
        return FieldType.BOOLEAN
    if all(map(_is_day, sample)):
        return FieldType.DATE
    if all(
        len(text) <= _MAX_MOMENT_CHARS and _HAS_TIME.search(text) and read_instant(text).value is not None
        for text in sample
    ):
        return FieldType.DATETIME
    return FieldType.TEXT


def _is_day(text: str) -> bool:
    if len(text) > _MAX_MOMENT_CHARS or not _LOOKS_LIKE_A_DATE.search(text):
        return False
    reading = parse_date(text)
    return isinstance(reading, DateReading) and reading.precision == "day"
