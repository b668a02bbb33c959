"""Instants as ledgers and forms write them: 2024/4/1 13:05, R6.4.1 午後1時5分, 2024-04-01T04:05:00Z."""

import re
import unicodedata
from datetime import UTC, datetime, time, timedelta, timezone

from gis_capture.ledger.values import codes
from gis_capture.ledger.values.dates import DateReading, parse_date
from gis_capture.ledger.values.reading import ValueReading, changed, unreadable
from gis_capture.model import Text

JAPAN = timezone(timedelta(hours=9), "Asia/Tokyo")
"""Japan has had no other offset since 1951."""

_TIME = re.compile(
    r"(?P<half>午前|午後|am|pm)?\s*(?P<hour>[0-9]{1,2})(?::|時)\s*(?P<minute>[0-9]{1,2})?(?:[:分]\s*)?"
    r"(?P<second>[0-9]{1,2})?(?:[.,](?P<fraction>[0-9]+))?秒?\s*(?P<half_after>am|pm)?"
    r"\s*(?P<offset>z|utc|jst|[+-][0-9]{2}:?[0-9]{2})?$",
    re.IGNORECASE,
)


def read_instant(text: str, *, default_era: str | None = None) -> ValueReading:
    """Reads a date and time into UTC "YYYY-MM-DDTHH:MM:SSZ"; a time without an offset is Japan's."""
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _TIME.search(folded)
    day_text = folded[: match.start()].rstrip(" T\t") if match else folded
    day = parse_date(day_text, default_era=default_era)
    if not isinstance(day, DateReading):
        return day
    if day.precision != "day":
        return _unreadable(text)
    clock = _clock(match) if match else (time(), JAPAN)
    if clock is None:
        return _unreadable(text)
    notes = list(day.notes)
    if match is None:
        notes.append(changed(codes.TIME_MISSING))
    moment, zone = clock
    try:
        instant = datetime.combine(day.first_day, moment, zone).astimezone(UTC)
    except OverflowError:
        return _unreadable(text)
    precision = "milliseconds" if instant.microsecond else "seconds"
    return ValueReading(instant.isoformat(timespec=precision).replace("+00:00", "Z"), tuple(notes))


def _clock(match: re.Match[str]) -> tuple[time, timezone] | None:
    half = (match["half"] or match["half_after"] or "").lower()
    hour = int(match["hour"])
    if half in ("午後", "pm") and hour < 12:
        hour += 12
    elif half in ("午前", "am") and hour == 12:
        hour = 0
    fraction = int((match["fraction"] or "0")[:3].ljust(3, "0")) * 1000
    try:
        moment = time(hour, int(match["minute"] or 0), int(match["second"] or 0), fraction)
        return moment, _zone((match["offset"] or "").upper())
    except ValueError:
        return None


def _zone(offset: str) -> timezone:
    if offset in ("", "JST"):
        return JAPAN
    if offset in ("Z", "UTC"):
        return timezone.utc  # noqa: UP017 - the constant is a timezone here, not a tzinfo
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _unreadable(text: str) -> ValueReading:
    return unreadable(
        codes.DATETIME_INVALID,
        Text(f"「{text}」を日時として読めません。", f'"{text}" cannot be read as a date and time.'),
        Text("「2024/4/1 13:05」のように直してください。", 'Write it like "2024/4/1 13:05".'),
    )
