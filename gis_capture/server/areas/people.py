"""The administrator looks after accounts and rights, reads what was done; everybody changes the own password."""

import io
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request

from gis_capture.people import Right, Role, codes
from gis_capture.people.people import subject_of
from gis_capture.server.answers import json_response
from gis_capture.server.authorization import note, principal
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import workspace
from gis_capture.server.errors import NotFoundError, RequestError
from gis_capture.text import Text

area = Blueprint("people", __name__)
MAX_BODY_BYTES = 10_000
MAX_PASSWORD = 1_000


@area.get("/people")
def list_people() -> Response:
    """Gives the accounts and what they may do with which layer."""
    people = workspace().people
    accounts = [account.to_json() for account in people.accounts.all()]
    return json_response({"accounts": accounts, "grants": people.accounts.grants()})


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
    note(layer=layer, detail=f"{subject}: {right.word if right is not None else '-'}")
    return json_response({"grants": people.accounts.grants()})


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


def read_right(word: str) -> Right:
    """Reads the word for a right.

    Raises:
        PeopleError: It is none.
    """
    try:
        return Right[word.upper()]
    except KeyError as error:
        raise codes.error(codes.RIGHT_UNKNOWN, value=word) from error
