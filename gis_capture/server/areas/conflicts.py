"""Conflict records, for the office to look at."""

from flask import Blueprint, Response, request

from gis_capture.server.answers import json_response
from gis_capture.server.context import workspace
from gis_capture.server.errors import RequestError
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.text import Text

area = Blueprint("conflicts", __name__)


@area.get("/conflicts")
def give_conflicts() -> Response:
    """Gives conflict records, those that are open when nothing else is asked for."""
    state = request.args.get("state", "open")
    if state not in ("open", "closed", "all"):
        raise RequestError(
            Text("「state」は open・closed・all のどれかにしてください。", '"state" must be open, closed or all.')
        )
    conflicts = list_conflicts(
        workspace().store, state=None if state == "all" else state, layer=request.args.get("layer")
    )
    return json_response({"conflicts": conflicts})
