"""Texts of typed spreadsheet cells, as a person sees them but without losing digits."""

import datetime
from decimal import Decimal


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
