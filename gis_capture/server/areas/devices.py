"""Tablets: the office shows codes to pair them, and locks or revokes them."""

from typing import Any

import segno
from flask import Blueprint, Response, request

from gis_capture.people.devices import STATES
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import note, principal
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import RequestError
from gis_capture.text import Text

area = Blueprint("devices", __name__, url_prefix="/devices")
MAX_BODY_BYTES = 10_000


@area.get("")
def list_devices() -> Response:
    """Lists the tablets; until somebody has an account they need not be paired, as none is let in."""
    has_accounts = served().has_accounts()
    devices = [device.to_json() for device in workspace().people.devices.all()] if has_accounts else []
    return json_response({"has_accounts": has_accounts, "devices": devices})


@area.post("/code")
def make_code() -> Response:
    """Makes a code that pairs one tablet, with the picture of the address that holds it."""
    body, https = read_object(max_bytes=MAX_BODY_BYTES), workspace().folder.https
    name = read_text(body, "name", max_length=200)
    code, ends_at = workspace().people.make_pairing_code(name, principal().name)
    origin = https.origin if https else request.host_url.rstrip("/")
    # Behind the "#", so that it is in no log of a proxy.
    url = f"{origin}/tablet/#pair={code}"
    answer: dict[str, Any] = {"code": code, "ends_at": ends_at, "url": url}
    note(detail=name)
    response = json_response({**answer, "picture": segno.make(url).svg_data_uri(scale=6, border=2)}, status=201)
    response.headers["Cache-Control"] = "no-store"
    return response


@area.post("/<device_id>/state")
def set_state(device_id: str) -> Response:
    """Locks a tablet, unlocks it, or revokes it for ever; it is refused at its next contact."""
    wanted = read_object(max_bytes=MAX_BODY_BYTES).get("state")
    state = next((known for known in STATES if known == wanted), None)
    if state is None:
        raise RequestError(
            Text(
                "「state」は active・locked・revoked のどれかにしてください。",
                '"state" must be active, locked or revoked.',
            )
        )
    devices = workspace().people.devices
    device = devices.set_state(devices.get(device_id), state)
    note(what=f"device_{state}", detail=device.name)
    return json_response({"device": device.to_json()})
