"""What happened to features: their history, undo, and bringing back what was deleted."""

from typing import Any

from flask import Blueprint, Response, request

from gis_capture.server.answers import json_response
from gis_capture.server.authorization import sees_personal, signature
from gis_capture.server.bodies import read_integer, read_object, read_text
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.errors import RequestError
from gis_capture.server.personal import shown_history
from gis_capture.server.seen import demand_seen
from gis_capture.sync.history import feature_history, list_deleted
from gis_capture.sync.office import Office
from gis_capture.text import Text

area = Blueprint("history", __name__)
MAX_DELETED = 1_000
MAX_TEXT = 200


@area.get("/layers/<layer>/features/<feature_id>/history")
def give_history(layer: str, feature_id: str) -> Response:
    """Gives who changed what of a feature, when and where, newest first."""
    served().adopt_direct_edits()
    demand_seen([(layer, feature_id)])
    return json_response(shown_history(feature_history(workspace().store, layer, feature_id)))


@area.get("/layers/<layer>/deleted")
def give_deleted(layer: str) -> Response:
    """Gives features that are deleted now, newest deletion first."""
    served().adopt_direct_edits()
    store = workspace().store
    hidden = () if sees_personal(layer) else store.layer(layer).personal_names
    text = request.args.get("q", "").strip()[:MAX_TEXT]
    limit = read_integer("limit", default=100, least=1, most=MAX_DELETED)
    return json_response(list_deleted(store, layer, text=text, limit=limit, hidden=hidden))


@area.post("/layers/<layer>/features/<feature_id>/restore")
def restore(layer: str, feature_id: str) -> Response:
    """Brings a deleted feature back as it was last; gives the receipt of the change that does it."""
    office, note = _at_work(_body())
    workspace().store.layer(layer)
    return json_response(office.restore(layer, feature_id, note=note))


@area.post("/layers/<layer>/features/<feature_id>/undo")
def undo_revision(layer: str, feature_id: str) -> Response:
    """Takes back what one revision did to a feature; gives the receipt of the change that does it."""
    body = _body()
    revision = body.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool) or not 0 < revision < 2**53:
        raise RequestError(
            Text("「revision」に、取り消す版の番号を入れてください。", 'Give "revision": the one to undo.')
        )
    office, note = _at_work(body)
    workspace().store.layer(layer)
    return json_response(office.undo_revision(layer, feature_id, revision, note=note))


@area.post("/changes/<change_id>/undo")
def undo_change(change_id: str) -> Response:
    """Takes back what a change wrote; gives the receipt of the change that does it."""
    office, note = _at_work(_body())
    return json_response(office.undo(change_id, note=note))


def _body() -> dict[str, Any]:
    return read_object(max_bytes=settings().max_body_bytes)


def _at_work(body: dict[str, Any]) -> tuple[Office, str]:
    """Who asks, and why."""
    return workspace().office(signature(body)), read_text(body, "note")
