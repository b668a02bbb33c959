"""What each tablet sent on a day, and what became of it."""

from flask import Blueprint, Response

from gis_capture.server.answers import json_response
from gis_capture.server.authorization import may_read
from gis_capture.server.context import workspace
from gis_capture.sync.day_report import day_decisions, day_report
from gis_capture.times import day_between

area = Blueprint("days", __name__, url_prefix="/days")


@area.get("/<day>/report")
def give_report(day: str) -> Response:
    """Counts the changes and photos of one day, by device, and tells who decided what."""
    since, until = day_between(day)
    here = workspace()
    devices = day_report(here.store, here.attachments, since=since, until=until, may_see=may_read)
    decisions = day_decisions(here.store, since=since, until=until, may_see=may_read)
    return json_response({"date": day, "devices": devices, "decisions": decisions})
