"""Dates as ledgers write them, 和暦 above all: R6.4.1, 昭和６３年３月３１日, ㍻元.4, 令和6年度, S60頃, 20240401."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from gis_capture.ledger.values import codes
from gis_capture.ledger.values.eras import ERA_OF, Era
from gis_capture.ledger.values.kanji import KANJI_NUMERALS, parse_kanji_number
from gis_capture.ledger.values.reading import Note, ValueReading, changed, unreadable
from gis_capture.model import Text

Precision = Literal["day", "month", "year", "fiscal_year"]

FIRST_YEAR, LAST_YEAR = 1600, 2199
_LONGEST_DATE = 60
_DASHES = str.maketrans("‐‑‒–—―−ー", "--------")
_ERA = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令]|[MTSHRmtshr](?![a-zA-Z]))?[.・]?"
_YEAR = r"(?P<year>元|[0-9]{1,4})"
_SEPARATOR = r"[./・-]"
_FORMS: tuple[tuple[str, Precision], ...] = (
    (rf"{_ERA}{_YEAR}(?:年|{_SEPARATOR})(?P<month>[0-9]{{1,2}})(?:月|{_SEPARATOR})(?P<day>[0-9]{{1,2}})日?", "day"),
    (r"(?P<era>[MTSHR])(?P<year>[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", "day"),
    (r"(?P<era>)(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:\.0)?", "day"),
    (r"(?P<era>)(?P<year>(?:19|20)[0-9]{2})(?P<month>0[1-9]|1[0-2])", "month"),
    (rf"{_ERA}{_YEAR}年度", "fiscal_year"),
    (rf"{_ERA}{_YEAR}(?:年|{_SEPARATOR})(?P<month>[0-9]{{1,2}})月?(?:分|中)?", "month"),
    (rf"{_ERA}{_YEAR}(?:年中?|\.0)?", "year"),
)
_WEEKDAY = re.compile(r"\(?[日月火水木金土](?:曜日?)?\)$|[日月火水木金土]曜日?$")
_VAGUE = re.compile(r"(?:頃|ころ|ごろ|以前|以後|以降|前後|推定|予定|上旬|中旬|下旬|初旬|末|\?)+$|^(?:推定|約)")
_RANGE = re.compile(
    r"[0-9元年月日度].*?(?:[~～〜]|から|-{2,}|-(?=[MTSHR明大昭平令])).*?[0-9元]|[0-9日月年度][~～〜]$", re.IGNORECASE
)
# The year said twice, as 統一ルール 1-11 asks: 令和6(2024)年4月1日, 2024年（令和6年）4月1日.
_BOTH_YEARS = re.compile(
    r"^(?P<first>[^()0-9]{0,3}(?:元|[0-9]{1,4}))(?P<mark>年度?)?\((?P<second>[^()0-9]{0,3}(?:元|[0-9]{1,4}))(?:年度?)?\)"
)
_MIDNIGHT = re.compile(r"[T ]?00:00(?::00(?:\.0+)?)?$")
_SERIAL = re.compile(r"[0-9]{5}")
_FIRST_SERIAL, _LAST_SERIAL = 14_611, 73_050  # 1940 to 2099
_KANJI_RUN = re.compile(rf"[{KANJI_NUMERALS}]+")


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date, or a longer period where the ledger says no more.

    Attributes:
        first_day: First day of what is said; a fiscal year begins on 1 April.
        has_era: The year was counted in an era.
    """

    first_day: date
    precision: Precision
    has_era: bool
    notes: tuple[Note, ...] = ()


def parse_date(text: str, *, default_era: str | None = None) -> DateReading | ValueReading:
    """Reads a date with the precision it has; what cannot be one comes back as an unreadable value with its reason.

    Args:
        text: As it stands in the ledger.
        default_era: Era of years without one ("60.4.1"): "昭和" or "S"; without it such years are left out.
    """
    folded = _fold(text)
    is_vague = bool(_VAGUE.search(folded))
    bare = _WEEKDAY.sub("", _VAGUE.sub("", folded))
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    if both := _BOTH_YEARS.match(bare):
        if _western_year(both["first"], default_era) != _western_year(both["second"], default_era):
            return _years_differ(text)
        bare = both["first"] + (both["mark"] or "") + bare[both.end() :]
    found = next(((m, precision) for form, precision in _FORMS if (m := re.fullmatch(form, bare))), None)
    if found is None or len(text) > _LONGEST_DATE:
        return _not_a_date(text, folded)
    parts, precision = found[0].groupdict(), found[1]
    era = ERA_OF.get(parts["era"] or "")
    year = 1 if parts["year"] == "元" else int(parts["year"])
    if era is None and len(parts["year"]) < 4:
        era = ERA_OF.get(default_era or "")
        if era is None:
            return unreadable(
                codes.DATE_ERA_MISSING,
                Text(
                    f"「{text}」には年号がなく、西暦の年が分かりません。",
                    f'"{text}" names no era, so its year is not known.',
                ),
                Text("「S60.4.1」や「1985/4/1」のように直してください。", 'Write it like "S60.4.1" or "1985/4/1".'),
            )
    western = year + era.first_year - 1 if era else year
    if not year or not FIRST_YEAR <= western <= LAST_YEAR:
        return _impossible(text)
    try:
        first_day, last_day = _period(western, int(parts.get("month") or 0), int(parts.get("day") or 0), precision)
    except ValueError:
        return _impossible(text)
    notes = []
    if era and not era.covers(first_day, last_day):
        notes.append(_outside_era(text, era, first_day))
    if is_vague:
        message = Text(f"「{text}」はおおよその日付です。", f'"{text}" is an approximate date.')
        notes.append(Note(codes.DATE_APPROXIMATE, "warning", message))
    return DateReading(first_day, precision, era is not None, tuple(notes))


def _western_year(text: str, default_era: str | None) -> int | None:
    match = re.fullmatch(rf"{_ERA}{_YEAR}", text)
    if match is None:
        return None
    era = ERA_OF.get(match["era"] or ("" if len(match["year"]) == 4 else default_era or ""))
    year = 1 if match["year"] == "元" else int(match["year"])
    return year + era.first_year - 1 if era else year


def read_date(text: str, *, default_era: str | None = None) -> ValueReading:
    """Reads a text into "YYYY-MM-DD"; a month or year becomes its first day, with a note."""
    reading = parse_date(text, default_era=default_era)
    if isinstance(reading, ValueReading):
        return _serial(text) or reading
    notes = list(reading.notes)
    if reading.has_era:
        notes.append(changed(codes.ERA_CONVERTED))
    if reading.precision != "day":
        notes.append(_IMPRECISE[reading.precision])
    return ValueReading(reading.first_day.isoformat(), tuple(notes))


def read_year(text: str, *, is_fiscal: bool, default_era: str | None = None) -> ValueReading:
    """Reads the western year of a date or an era year; with `is_fiscal` the year that began on 1 April before it."""
    reading = parse_date(text, default_era=default_era)
    if isinstance(reading, ValueReading):
        return reading
    notes = list(reading.notes)
    if reading.has_era:
        notes.append(changed(codes.ERA_CONVERTED))
    year = reading.first_day.year
    if reading.precision in ("day", "month"):
        year -= is_fiscal and reading.first_day.month < 4
        notes.append(changed(codes.YEAR_OF_DATE))
    return ValueReading(year, tuple(notes))


_IMPRECISE = {
    "month": changed(codes.DATE_PRECISION_MONTH),
    "year": changed(codes.DATE_PRECISION_YEAR),
    "fiscal_year": changed(codes.DATE_PRECISION_FISCAL_YEAR),
}


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_DATE]).translate(_DASHES).strip()
    folded = "".join(_MIDNIGHT.sub("", folded).split())
    return _KANJI_RUN.sub(lambda run: str(parse_kanji_number(run[0]) or run[0]), folded)


def _period(year: int, month: int, day: int, precision: Precision) -> tuple[date, date]:
    """First and last day; raises ValueError for a day that does not exist."""
    if precision == "day":
        return date(year, month, day), date(year, month, day)
    if precision == "month":
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    if precision == "year":
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, 4, 1), date(year + 1, 4, 1) - timedelta(days=1)


def _serial(text: str) -> ValueReading | None:
    """Reads the number Excel keeps for a day, where a workbook shows it instead of the date."""
    if not _SERIAL.fullmatch(text) or not _FIRST_SERIAL <= int(text) <= _LAST_SERIAL:
        return None
    day = (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    message = Text(
        f"「{text}」をExcelの日付の番号とみて{day}と読みました。",
        f'"{text}" was taken for a day number of Excel: {day}.',
    )
    return ValueReading(day, (Note(codes.DATE_FROM_SERIAL, "warning", message),))


def _outside_era(text: str, era: Era, first_day: date) -> Note:
    read = first_day.isoformat()
    return Note(
        codes.DATE_OUTSIDE_ERA,
        "warning",
        Text(
            f"「{text}」は{era.name}の期間の外です。{read}と読みました。",
            f'"{text}" lies outside the era; it was read as {read}.',
        ),
        Text("年号と年を確かめてください。", "Check the era and the year."),
    )


def _years_differ(text: str) -> ValueReading:
    return unreadable(
        codes.DATE_YEARS_DIFFER,
        Text(f"「{text}」は和暦と西暦の年が違います。", f'"{text}" names two different years.'),
        Text("年号と年を確かめてください。", "Check the era and the year."),
    )


def _impossible(text: str) -> ValueReading:
    return unreadable(
        codes.DATE_IMPOSSIBLE,
        Text(f"「{text}」という日付はありません。", f'There is no date "{text}".'),
        Text("正しい日付に直してください。", "Correct the date."),
    )


def _not_a_date(text: str, folded: str) -> ValueReading:
    shown = text if len(text) <= _LONGEST_DATE else text[:_LONGEST_DATE] + "…"
    if _RANGE.search(folded):
        message = Text(f"「{shown}」は期間で、1つの日付ではありません。", f'"{shown}" is a period, not one date.')
        return unreadable(codes.DATE_RANGE, message, Text("1つの日付に直してください。", "Write one date."))
    message = Text(f"「{shown}」を日付として読めません。", f'"{shown}" cannot be read as a date.')
    suggestion = Text("「2024/4/1」や「R6.4.1」のように直してください。", 'Write it like "2024/4/1".')
    return unreadable(codes.DATE_INVALID, message, suggestion)
