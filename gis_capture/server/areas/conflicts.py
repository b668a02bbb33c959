"""Conflict records, for the office to look at and to decide."""

from typing import Any

from flask import Blueprint, Response, request

from gis_capture.server.answers import json_response
from gis_capture.server.authorization import may_read, signature
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import settings, workspace
from gis_capture.server.errors import RequestError
from gis_capture.server.personal import shown_conflict
from gis_capture.sync.conflicts import get_conflict, list_conflicts, resolve
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
    return json_response(
        {"conflicts": [shown_conflict(conflict) for conflict in conflicts if may_read(conflict.get("layer"))]}
    )


@area.get("/conflicts/<conflict_id>")
def give_conflict(conflict_id: str) -> Response:
    """Gives one conflict record."""
    return json_response(shown_conflict(get_conflict(workspace().store, conflict_id)))


@area.post("/conflicts/<conflict_id>/resolve")
def resolve_conflict(conflict_id: str) -> Response:
    """Closes fields of a conflict record; gives the record as it is then."""
    body = read_object(max_bytes=settings().max_body_bytes)
    office = workspace().office(signature(body))
    decided = resolve(office, conflict_id, _decisions(body), note=read_text(body, "note"))
    return json_response(shown_conflict(decided))


def _decisions(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    decisions = body.get("decisions")
    if not isinstance(decisions, dict) or not all(isinstance(one, dict) for one in decisions.values()):
        raise RequestError(
            Text(
                "「decisions」に、項目ごとの決め方を入れてください。",
                'Give "decisions": what to take, by field.',
            )
        )
    return decisions
