"""Changes that wait for the office: held ones are let through, rejected ones mended and handed on."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from gis_capture.model import ABSENT, GEOMETRY
from gis_capture.people import codes
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import may_read, signature
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import settings, workspace
from gis_capture.server.errors import RequestError
from gis_capture.server.personal import shown_waiting
from gis_capture.server.seen import photos_withheld
from gis_capture.sync.office import list_waiting
from gis_capture.text import Text

area = Blueprint("changes", __name__, url_prefix="/changes")


@area.get("/waiting")
def give_waiting() -> Response:
    """Gives held and rejected changes with their bodies and receipts, oldest first."""
    waiting = [one for one in list_waiting(workspace().store) if may_read(_layer_of(one))]
    return json_response({"changes": [shown_waiting(one) for one in waiting]})


@area.post("/<change_id>/release")
def release(change_id: str) -> Response:
    """Applies a held change without its predecessor; gives its new receipt."""
    body = read_object(max_bytes=settings().max_body_bytes)
    office = workspace().office(signature(body))
    return json_response(office.release(change_id))


@area.post("/<change_id>/hand-on")
def hand_on(change_id: str) -> Response:
    """Applies a rejected change with the values that the office has mended; gives its new receipt."""
    body = read_object(max_bytes=settings().max_body_bytes)
    fields = body.get("fields") or {}
    if not isinstance(fields, dict):
        raise RequestError(
            Text("「fields」に、直した値を項目ごとに入れてください。", 'Give "fields": values by field.')
        )
    with workspace().store.snapshot() as snapshot:
        waiting = snapshot.sync.change(change_id)
    if waiting and photos_withheld({"changes": [waiting.body]}):
        raise codes.error(codes.LAYER_NOT_GRANTED)
    office = workspace().office(signature(body))
    geometry = body.get(GEOMETRY, ABSENT)
    return json_response(office.hand_on(change_id, fields=fields, geometry=geometry, note=read_text(body, "note")))


def _layer_of(waiting: Mapping[str, Any]) -> object:
    body = waiting.get("body")
    return body.get("layer") if isinstance(body, Mapping) else None
