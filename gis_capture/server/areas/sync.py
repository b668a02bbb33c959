"""Push and pull: what tablets and the store tell each other."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, request

from gis_capture.model import parse_bbox
from gis_capture.people import Principal, Right
from gis_capture.server.answers import json_response, lines_response
from gis_capture.server.authorization import demand, note, principal, readable
from gis_capture.server.bodies import read_integer, read_json
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.errors import RequestError
from gis_capture.server.personal import gives_personal_to_tablets
from gis_capture.server.seen import lies_in, photos_withheld
from gis_capture.server.uploads import safe_name
from gis_capture.sync.outbox_file import push_parts, read_outbox, take_photos
from gis_capture.sync.pull import pull
from gis_capture.sync.push import push
from gis_capture.text import Text

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

    receipts = _push(message, asking, signer)
    _note_push(message, receipts, "" if signer is asking else f"{signer.name[:60]} ({signer.id})")
    response = json_response(receipts)
    response.headers["Cache-Control"] = "no-store"
    return response


@area.post("/outboxes")
def take_outbox() -> Response:
    """Takes in the file that a tablet has written out: its changes and their photos.

    The changes are the tablet's and signed as the tablet signed them, with the rights of who brings the file.
    """
    files, here = request.files.getlist("file"), workspace()
    if len(files) != 1 or not files[0].filename:
        raise RequestError(
            Text("タブレットで書き出したファイルを1つ選んでください。", 'Choose one file (a part named "file").'),
            code="no_file",
        )
    with TemporaryDirectory(dir=here.folder.uploads_dir, ignore_cleanup_errors=True) as folder:
        path = Path(folder) / (safe_name(files[0].filename) or "outbox.zip")
        files[0].save(path)
        files[0].close()
        message = read_outbox(path)
        answer = push_parts(message, lambda part: _push(part, principal(), principal()))
        photos = take_photos(path, here.attachments)
    _note_push(message, answer, "")
    response = json_response({**answer, "photos": {"n": photos.n, "n_here": photos.n_here}})
    response.headers["Cache-Control"] = "no-store"
    return response


def _push(message: Any, asking: Principal, signer: Principal) -> dict[str, Any]:
    """Pushes by the narrower of what the tablet may and what the person may, where one signs on a shared tablet."""
    here = workspace()

    def right(layer: str) -> Right:
        return min(asking.right(layer), signer.right(layer))

    return push(
        here.store,
        message,
        may_read=lambda layer: right(layer) >= Right.READ,
        may_edit=lambda layer: right(layer) >= Right.EDIT,
        lies_in=lies_in(asking, signer),
        withheld=photos_withheld(message),
        clock=here.clock,
        new_id=here.new_id,
        may_write_personal=settings().shares_personal_fields,
    )


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
