"""The administrator looks after accounts and rights, reads what was done; everybody changes the own password."""

import io
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request
from shapely import Geometry, Point

from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.people import Right, Role, codes
from gis_capture.people.people import subject_of
from gis_capture.people.principals import PERSONAL
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import note, principal
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import workspace
from gis_capture.server.errors import NotFoundError, RequestError
from gis_capture.text import Text
from gis_capture.workspace.areas import read_shape

area = Blueprint("people", __name__)
MAX_BODY_BYTES = 10_000
MAX_PASSWORD = 1_000
MAX_PIN = 100
MAX_AREA_BYTES = 2_000_000


@area.get("/people")
def list_people() -> Response:
    """Gives the accounts and what they may do with which layer."""
    people = workspace().people
    emails = people.identities.emails()
    with_pin = people.pins.holders()
    accounts = [
        {**one.to_json(), "email": emails.get(one.account_id), "has_pin": one.account_id in with_pin}
        for one in people.accounts.all()
    ]
    areas = [given.to_json() for given in people.areas.all()]
    return json_response({"accounts": accounts, "grants": people.accounts.grants(), "areas": areas})


@area.post("/people")
def add_person() -> Response:
    """Makes an account."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    sees = body.get("sees_personal")
    account = workspace().people.add_account(
        read_text(body, "name", max_length=200),
        read_text(body, "password", max_length=MAX_PASSWORD),
        read_role(read_text(body, "role", max_length=20)),
        title=read_text(body, "title", max_length=200),
        sees_personal=sees if isinstance(sees, bool) else None,
    )
    note(detail=f"{account.name} ({account.role.word})")
    return json_response({"account": account.to_json()}, status=201)


@area.post("/people/<account_id>/remove")
def remove_person(account_id: str) -> Response:
    """Takes an account away; its sessions end."""
    people = workspace().people
    account = people.accounts.get(account_id)
    people.accounts.remove(account)
    note(detail=account.name)
    return json_response({"account_id": account.account_id})


@area.post("/people/<account_id>/password")
def set_password(account_id: str) -> Response:
    """Gives somebody a new password; everywhere the account is signed out."""
    body, people = read_object(max_bytes=MAX_BODY_BYTES), workspace().people
    account = people.accounts.get(account_id)
    people.accounts.set_password(account, read_text(body, "password", max_length=MAX_PASSWORD))
    note(detail=account.name)
    return json_response({"account_id": account.account_id})


@area.post("/people/<account_id>/pin")
def set_pin(account_id: str) -> Response:
    """Gives one of the crew a PIN for shared tablets, which is not shown again; "" takes it away."""
    body, people = read_object(max_bytes=MAX_BODY_BYTES), workspace().people
    account, pin = people.accounts.get(account_id), read_text(body, "pin", max_length=MAX_PIN)
    people.pins.put(account, pin)
    note(detail=account.name if pin else f"{account.name}: -")
    return json_response({"account_id": account.account_id})


@area.post("/people/<account_id>/email")
def set_email(account_id: str) -> Response:
    """Says by which address the identity provider knows somebody; "" takes it away."""
    body, people = read_object(max_bytes=MAX_BODY_BYTES), workspace().people
    account = people.accounts.get(account_id)
    people.identities.put(account, read_text(body, "email", max_length=300))
    note(detail=account.name)
    return json_response({"account_id": account.account_id})


@area.post("/me/password")
def change_own_password() -> Response:
    """Changes the own password; signs out everywhere, here too."""
    body, people, asking = read_object(max_bytes=MAX_BODY_BYTES), workspace().people, principal()
    if asking.kind != "account":
        raise NotFoundError(Text("サインインしていません。", "Nobody is signed in here."))
    account = people.accounts.get(asking.id)
    before, after = (read_text(body, name, max_length=MAX_PASSWORD) for name in ("before", "password"))
    people.check_password(account, before, address=request.remote_addr or "")
    people.accounts.set_password(account, after)
    return json_response({"account_id": account.account_id})


@area.post("/grants")
def grant() -> Response:
    """Says what an account, a tablet or a role may do with a layer; null takes back what was said."""
    body, people = read_object(max_bytes=MAX_BODY_BYTES), workspace().people
    subject, layer = read_text(body, "subject", max_length=200), read_text(body, "layer", max_length=200)
    if not layer:
        raise RequestError(
            Text("「layer」はレイヤーのキーか * です。", '"layer" is the key of a layer, or *.'), name="layer"
        )
    subject = subject_of(people, subject)
    right = None if body.get("right") is None else read_right(read_text(body, "right", max_length=20))
    people.accounts.grant(subject, layer, right)
    note(layer=layer, detail=f"{subject}: {body['right'] if right is not None else '-'}")
    return json_response({"grants": people.accounts.grants()})


@area.post("/areas")
def put_area() -> Response:
    """Limits an account, a tablet or a role to an area: polygons, or a feature of a layer; neither lifts the limit."""
    body, people = read_object(max_bytes=MAX_AREA_BYTES), workspace().people
    subject = subject_of(people, read_text(body, "subject", max_length=200))
    name, shape = read_text(body, "name", max_length=200), _shape(body)
    if shape is None:
        people.areas.remove(subject)
    else:
        people.areas.put(subject, name, shape)
    note(detail=f"{subject}: {name if shape is not None else '-'}")
    return json_response({"areas": [given.to_json() for given in people.areas.all()]})


def _shape(body: dict[str, Any]) -> Geometry | None:
    layer, feature_id = (read_text(body, name, max_length=200) for name in ("layer", "feature_id"))
    if not layer:
        return read_shape(body["geometry"]) if body.get("geometry") is not None else None
    store = workspace().store
    feature = store.feature(layer, feature_id)
    if feature is None:
        raise NotFoundError(Text("この地物はありません。", "There is no such feature."), feature_id=feature_id)
    shape: Geometry | None = to_lon_lat([feature.geometry], store.layer(layer).crs)[0]
    return shape if shape is not None else Point()


@area.get("/audit.csv")
def give_audit() -> Response:
    """Gives the account of what was done, with the hash of each line."""

    def pieces() -> Iterator[bytes]:
        text = io.StringIO(newline="")
        people.audit.write_csv(text)
        # By the mark Excel knows the encoding.
        yield text.getvalue().encode("utf-8-sig")

    people = workspace().people
    response = Response(pieces(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def read_role(word: Any) -> Role:
    """Reads the word for a role.

    Raises:
        PeopleError: It is none.
    """
    try:
        return Role.of(word)
    except KeyError as error:
        raise codes.error(codes.ROLE_UNKNOWN, value=word) from error


def read_right(word: str) -> Right | bool:
    """Reads the word for a right, or whether personal data is seen.

    Raises:
        PeopleError: It is none.
    """
    if word in PERSONAL:
        return PERSONAL[word]
    try:
        return Right[word.upper()]
    except KeyError as error:
        raise codes.error(codes.RIGHT_UNKNOWN, value=word) from error
