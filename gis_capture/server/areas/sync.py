"""Push and pull: what tablets and the store tell each other."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import Any

from flask import Blueprint, Response, request

from gis_capture.model import parse_bbox
from gis_capture.people import Principal, Right
from gis_capture.server.answers import json_response, lines_response
from gis_capture.server.authorization import demand, note, principal, readable
from gis_capture.server.bodies import read_integer, read_json
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.personal import gives_personal_to_tablets
from gis_capture.server.seen import lies_in
from gis_capture.sync.pull import pull
from gis_capture.sync.push import push

area = Blueprint("sync", __name__, url_prefix="/sync")
_LAST = 2**53
MAX_NOTED = 20
"""Changes of a push whose ids are written down; those after them are found by the revision."""


@area.post("/push")
def take_push() -> Response:
    """Takes changes in and gives a receipt for each."""
    message = read_json(max_bytes=settings().max_body_bytes)
    here = workspace()
    asking = signer = principal()
    if asking.kind != "own_screen" and isinstance(message, dict):
        # Else somebody could say that another tablet, or another person, did it.
        here.people.devices.claim(asking.device_id, str(message.get("device_id"))[:200])
        signer = _signer(message)
        if signer.kind == "account":
            message = {**message, "author": signer.name}

    def right(layer: str) -> Right:
        # On a shared tablet, the narrower of what the tablet may and what the person may.
        return min(asking.right(layer), signer.right(layer))

    receipts = push(
        here.store,
        message,
        may_read=lambda layer: right(layer) >= Right.READ,
        may_edit=lambda layer: right(layer) >= Right.EDIT,
        lies_in=lies_in(asking, signer),
        clock=here.clock,
        new_id=here.new_id,
        may_write_personal=settings().shares_personal_fields,
    )
    _note_push(message, receipts, "" if signer is asking else f"{signer.name[:60]} ({signer.id})")
    response = json_response(receipts)
    response.headers["Cache-Control"] = "no-store"
    return response


def _signer(message: Mapping[str, Any]) -> Principal:
    """In whose name the changes are sent: who is signed in, or who has typed the PIN on the tablet; else the tablet."""
    person, asking, people = message.get("person"), principal(), workspace().people
    if person is None or (asking.kind == "account" and asking.id == person):
        return asking
    on_tablet = asking.id if asking.kind == "device" else ""
    return people.principal_of(people.pins.signer(on_tablet, str(person)[:100]).account_id)


def _note_push(message: Mapping[str, Any], answer: Mapping[str, Any], person: str) -> None:
    """Says what was sent, so that the line of who sent it and the history of the features lead to each other."""
    receipts = answer["receipts"]
    counts = Counter(receipt["status"] for receipt in receipts)
    ids = [_word(receipt["change_id"]) for receipt in receipts[:MAX_NOTED]]
    parts = {
        "person": person,
        "revision": max((receipt["revision"] or 0 for receipt in receipts), default=0),
        **dict(sorted(counts.items())),
        "changes": " ".join([*ids, *(["…"] if len(receipts) > MAX_NOTED else [])]),
    }
    layers = sorted({_word(body.get("layer")) for body in message["changes"] if isinstance(body, dict)})
    note(
        layer=",".join(layers),
        subject=_word(message["device_id"]),
        detail="; ".join(f"{name} {value}" for name, value in parts.items() if value),
    )


def _word(value: object) -> str:
    """An id as it can stand among others."""
    return re.sub(r"[\s;,]+", "_", str(value or "-"))[:40]


@area.get("/pull")
def give_pull() -> Response:
    """Gives what changed since a revision, one JSON document a line."""
    served().adopt_direct_edits()
    here, bbox = workspace(), request.args.get("bbox")
    keys = [key for key in request.args.get("layers", "").split(",") if key]
    demand(Right.READ, keys)
    layers = keys or readable(layer.key for layer in here.store.layers())
    lines = pull(
        here.store,
        layers=layers,
        clock=here.clock,
        since=read_integer("since", default=0, least=0, most=_LAST),
        bbox=parse_bbox(bbox) if bbox else None,
        limit=read_integer("limit", default=0, least=1, most=_LAST) or None,
        cursor=request.args.get("cursor"),
        epoch=request.args.get("epoch"),
        # Not by the right of a person: a tablet is carried away.
        with_personal=gives_personal_to_tablets(layers),
        area=principal().area,
    )
    # The first line is read here, so that what keeps a pull from beginning is answered as a problem.
    return lines_response(chain([next(lines)], lines))
