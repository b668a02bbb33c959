"""Days and instants as people give them: a day is that of Japan, wherever the server's clock stands."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from gis_capture.errors import MomentError
from gis_capture.text import Text

JAPAN = timezone(timedelta(hours=9))


def day_between(day: str) -> tuple[str, str]:
    """The instants (UTC "…Z") at which a day begins and the next one does.

    Raises:
        MomentError: It is no date.
    """
    try:
        begin = datetime.combine(date.fromisoformat(day), time(), JAPAN)
        return _utc(begin), _utc(begin + timedelta(days=1))
    except (ValueError, OverflowError) as error:
        raise _unreadable(day) from error


def end_of(moment: str) -> str:
    """The instant (UTC "…Z") until which something belongs to a day "2026-10-31", or to "2026-10-31T17:00" and so on.

    An instant without a zone is in Japan; the second that it names belongs to it.

    Raises:
        MomentError: It is neither.
    """
    if len(moment) <= 10:
        return day_between(moment)[1]
    try:
        at = datetime.fromisoformat(moment)
        return _utc((at if at.tzinfo else at.replace(tzinfo=JAPAN)) + timedelta(seconds=1))
    except (ValueError, OverflowError) as error:
        raise _unreadable(moment) from error


def today(now: str) -> str:
    """The day in Japan at an instant (UTC "…Z")."""
    return datetime.fromisoformat(now).astimezone(JAPAN).date().isoformat()


def in_japan(at: str) -> str:
    """An instant (UTC "…Z") as a clock in Japan shows it: "2026-11-23 11:10"."""
    return datetime.fromisoformat(at).astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unreadable(words: str) -> MomentError:
    return MomentError(
        Text(
            f"「{words[:40]}」は日付ではありません。2026-11-23 のように指定してください。",
            f'"{words[:40]}" is no date: write it like 2026-11-23.',
        ),
        value=words,
    )
