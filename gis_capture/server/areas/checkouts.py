"""Layers go out as a GeoPackage to edit in QGIS or QField, and what was edited comes back."""

from typing import Any

from flask import Blueprint, Response, request, send_file
from shapely import Geometry, box

from gis_capture.model import BBox
from gis_capture.people import Right
from gis_capture.server.answers import attachment, json_response
from gis_capture.server.authorization import demand, demand_personal, may_read, readable, signature
from gis_capture.server.bodies import read_object
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.errors import RequestError, request_language
from gis_capture.server.uploads import safe_name
from gis_capture.store.checkout import Checkout
from gis_capture.text import Text

area = Blueprint("checkouts", __name__)
MEDIA_TYPE = "application/geopackage+sqlite3"
MAX_LAYERS = 200


@area.post("/checkouts")
def hand_out() -> Response:
    """Makes a file to hand out; it is downloaded from its own address."""
    body = read_object(max_bytes=settings().max_body_bytes)
    layers = body.get("layers") or []
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS or not all(isinstance(one, str) for one in layers):
        raise RequestError(Text("「layers」はレイヤーのキーの一覧です。", '"layers" is a list of keys of layers.'))
    layers = layers or readable(layer.key for layer in workspace().store.layers())
    demand(Right.READ, layers)
    with_personal = body.get("with_personal") is True
    if with_personal:
        demand_personal(*layers)
    served().adopt_direct_edits()
    made = workspace().checkouts.make(
        None,
        layers,
        author=signature(body),
        area=_area(body.get("bbox")),
        with_personal=with_personal,
    )
    response = json_response(_described(made), status=201)
    response.headers["Location"] = f"/checkouts/{made.checkout_id}/file"
    return response


@area.get("/checkouts")
def list_checkouts() -> Response:
    """Lists what was handed out, newest first."""
    return json_response(
        {
            "checkouts": [
                _described(one)
                for one in workspace().checkouts.list()
                if all(may_read(layer.key) for layer in one.layers)
            ]
        }
    )


@area.get("/checkouts/<checkout_id>/file")
def give_file(checkout_id: str) -> Response:
    """Gives the file as it was handed out."""
    here = workspace().checkouts
    path, checkout = here.path_of(checkout_id), here.get(checkout_id)
    if checkout.with_personal:
        demand_personal(*(layer.key for layer in checkout.layers))
    response = send_file(path, mimetype=MEDIA_TYPE, conditional=True)
    title = "・".join(layer.title.ja for layer in checkout.layers[:3])
    name = "-".join(layer.key for layer in checkout.layers[:3])
    response.headers["Content-Disposition"] = attachment(name, f"{title} {checkout.made_at[:10]}", "gpkg")
    response.headers["Cache-Control"] = "no-store"
    return response


@area.post("/checkins")
def take_back() -> Response:
    """Takes a file back in; what was changed in it is merged."""
    files = request.files.getlist("file")
    if len(files) != 1 or not files[0].filename:
        raise RequestError(
            Text(
                "戻すファイル(.gpkg か、写真も入れた .zip)を1つ選んでください。",
                'Choose one file (a part named "file").',
            ),
            code="no_file",
        )
    here, named = workspace(), request.form.get("checkout_id")
    demand(Right.EDIT, [layer.key for layer in (here.checkouts.get(named).layers if named else here.store.layers())])
    folder = here.folder.uploads_dir / f"checkin-{here.new_id()}"
    folder.mkdir(parents=True)
    path = folder / (safe_name(files[0].filename) or "checkin.gpkg")
    try:
        files[0].save(path)
        result = here.checkouts.take(
            path,
            checkout_id=named or None,
            author=signature(request.form),
            is_dry_run=_is_set("is_dry_run"),
            are_deletions_allowed=_is_set("are_deletions_allowed"),
            is_after_restore=_is_set("is_after_restore"),
        )
    finally:
        for left in folder.iterdir():
            left.unlink(missing_ok=True)
        folder.rmdir()
    return json_response(result.to_json(request_language()))


def _is_set(name: str) -> bool:
    return request.form.get(name) in ("1", "true")


def _described(checkout: Checkout) -> dict[str, Any]:
    return {**checkout.to_json(), "file": f"/checkouts/{checkout.checkout_id}/file"}


def _area(value: Any) -> Geometry | None:
    if value is None:
        return None
    is_numbers = isinstance(value, list) and len(value) == 4 and all(type(one) in (int, float) for one in value)
    if not is_numbers or not (value[0] <= value[2] and value[1] <= value[3]):
        raise RequestError(
            Text("「bbox」は [西, 南, 東, 北] の4つの数です。", '"bbox" is [min_lon, min_lat, max_lon, max_lat].'),
            name="bbox",
        )
    return box(*BBox(*value))
