"""Push and pull: what tablets and the store tell each other."""

from collections import Counter
from itertools import chain

from flask import Blueprint, Response, request

from gis_capture.model import parse_bbox
from gis_capture.people import Right
from gis_capture.server.answers import json_response, lines_response
from gis_capture.server.authorization import demand, note, principal, readable
from gis_capture.server.bodies import read_integer, read_json
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.personal import gives_personal_to_tablets
from gis_capture.sync.pull import pull
from gis_capture.sync.push import push

area = Blueprint("sync", __name__, url_prefix="/sync")
_LAST = 2**53


@area.post("/push")
def take_push() -> Response:
    """Takes changes in and gives a receipt for each."""
    message = read_json(max_bytes=settings().max_body_bytes)
    here = workspace()
    asking = principal()
    if asking.kind == "device" and isinstance(message, dict):
        # Else a tablet could say that another one did it.
        here.people.devices.claim(asking.id, str(message.get("device_id"))[:200])
    receipts = push(
        here.store,
        message,
        may_edit=lambda layer: asking.right(layer) >= Right.EDIT,
        clock=here.clock,
        new_id=here.new_id,
        may_write_personal=settings().shares_personal_fields,
    )
    counts = Counter(receipt["status"] for receipt in receipts["receipts"])
    note(detail=", ".join(f"{status} {n}" for status, n in sorted(counts.items())))
    response = json_response(receipts)
    response.headers["Cache-Control"] = "no-store"
    return response


@area.get("/pull")
def give_pull() -> Response:
    """Gives what changed since a revision, one JSON document a line."""
    served().adopt_direct_edits()
    here, bbox = workspace(), request.args.get("bbox")
    keys = [key for key in request.args.get("layers", "").split(",") if key]
    demand(Right.READ, keys)
    lines = pull(
        here.store,
        layers=keys or readable(layer.key for layer in here.store.layers()),
        clock=here.clock,
        since=read_integer("since", default=0, least=0, most=_LAST),
        bbox=parse_bbox(bbox) if bbox else None,
        limit=read_integer("limit", default=0, least=1, most=_LAST) or None,
        cursor=request.args.get("cursor"),
        epoch=request.args.get("epoch"),
        # Not by the right of a person: a tablet is carried away.
        with_personal=gives_personal_to_tablets(),
    )
    # The first line is read here, so that what keeps a pull from beginning is answered as a problem.
    return lines_response(chain([next(lines)], lines))
