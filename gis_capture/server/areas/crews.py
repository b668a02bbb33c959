"""Several members of the crew share a tablet: it asks who they are, and begins to act for one who types the PIN."""

from flask import Blueprint, Response, request

from gis_capture.errors import PeopleError
from gis_capture.people import codes
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import note, principal, write_down
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import workspace

area = Blueprint("crews", __name__, url_prefix="/crew")
MAX_BODY_BYTES = 10_000


@area.get("")
def list_members() -> Response:
    """Gives who may use this tablet, with that by which it knows a PIN without a network; nobody where none has one."""
    asking = principal()
    members = workspace().people.pins.members(asking.id) if asking.kind == "device" else []
    return _not_kept(json_response({"members": [member.to_json() for member in members]}))


@area.post("/pin")
def take_pin() -> Response:
    """Takes a PIN that was typed on this tablet for the first time."""
    body, asking = read_object(max_bytes=MAX_BODY_BYTES), principal()
    if asking.kind != "device":
        raise codes.error(codes.PERSON_REFUSED)
    account_id, pin = (read_text(body, name, max_length=100) for name in ("account_id", "pin"))
    try:
        member = workspace().people.pins.take(asking.id, account_id, pin, address=request.remote_addr or "")
    except PeopleError as error:
        if error.subject["code"] == codes.PIN_WRONG:
            write_down("crew_pin_refused", asking, subject=account_id)
        raise
    note(detail=member.name)
    return _not_kept(json_response({"member": member.to_json()}))


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
