"""What each tablet sent on a day, and what became of it."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from flask import Blueprint, Response

from gis_capture.server.answers import json_response
from gis_capture.server.context import workspace
from gis_capture.server.errors import RequestError
from gis_capture.sync.day_report import day_report
from gis_capture.text import Text

area = Blueprint("days", __name__, url_prefix="/days")
# A day is that of Japan, wherever the server's clock stands.
JAPAN = timezone(timedelta(hours=9))


@area.get("/<day>/report")
def give_report(day: str) -> Response:
    """Counts the changes and photos of one day, by device."""
    try:
        since = datetime.combine(date.fromisoformat(day), time(), JAPAN)
        instants = [at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in (since, since + timedelta(days=1))]
    except (ValueError, OverflowError) as error:
        raise RequestError(
            Text(
                f"「{day[:40]}」は日付ではありません。2026-11-23 のように指定してください。",
                f'"{day[:40]}" is no date: write it like 2026-11-23.',
            )
        ) from error
    here = workspace()
    devices = day_report(here.store, here.attachments, since=instants[0], until=instants[1])
    return json_response({"date": day, "devices": devices})
