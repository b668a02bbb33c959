"""Packs of vector tiles for tablets: estimated, made in the background, fetched from `/packs/<file>`."""

from typing import Any

from flask import Blueprint, Response

from gis_capture.model import BBox, Text, parse_bbox
from gis_capture.people import Right
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import demand, may_read, principal, readable
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import DETAILS, NotFoundError, RequestError, StateError
from gis_capture.tiles.packs import PackPlan
from gis_capture.workspace.packs import check_name

area = Blueprint("packs", __name__, url_prefix="/layer-packs")
MAX_BODY_BYTES = 100_000


@area.get("")
def list_packs() -> Response:
    """Lists the packs, and those that are being made."""
    # A pack holds all that lies in its box.
    if principal().area is not None:
        return json_response({"packs": [], "jobs": []})
    packs = workspace().packs
    seen = [pack for pack in packs.ready() if all(map(may_read, pack.layers))]
    ready = [pack.to_json(is_current=packs.is_current(pack)) for pack in seen]
    jobs = [job for job in served().packs.jobs() if all(map(may_read, job["layers"]))]
    return json_response({"packs": ready, "jobs": jobs})


@area.post("")
def make_pack() -> Response:
    """Begins to make a pack; nothing is made where nothing has changed."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    name = read_text(body, "name", max_length=100)
    check_name(name)
    if not served().packs.start(name, _plan(body)):
        raise StateError(
            Text("作成中のものが終わってからもう一度送ってください。", "Send it again when what is being made is done.")
        )
    return json_response({"name": name, "state": "waiting"}, status=202)


@area.post("/estimate")
def estimate() -> Response:
    """Says how large a pack would be."""
    plan = _plan(read_object(max_bytes=MAX_BODY_BYTES))
    return json_response({"size_bytes": workspace().packs.estimate(plan), "bbox": list(plan.bbox)})


@area.post("/<name>/remove")
def remove(name: str) -> Response:
    """Takes a pack away."""
    if all(pack.name != name for pack in workspace().packs.ready()):
        raise NotFoundError(DETAILS[404], name=name)
    workspace().packs.remove(name)
    return json_response({"name": name})


def _plan(body: dict[str, Any]) -> PackPlan:
    served().adopt_direct_edits()
    layers, corners = body.get("layers") or [], body.get("bbox")
    if not isinstance(layers, list) or not all(isinstance(one, str) for one in layers):
        raise RequestError(Text("「layers」はレイヤーのキーの並びで送ってください。", '"layers" is a list of keys.'))
    layers = layers or readable(layer.key for layer in workspace().store.layers())
    demand(Right.READ, layers)
    box: BBox | None = None
    if corners is not None:
        box = parse_bbox(",".join(map(str, corners)) if isinstance(corners, list) else str(corners))
    return workspace().packs.plan(layers, box)
