"""Set-up of the first administrator, sign-in and sign-out, and who it is that asks."""

from typing import Any

from flask import Blueprint, Response, redirect, request

from gis_capture.errors import PeopleError
from gis_capture.people import Principal, Role, codes
from gis_capture.people.accounts import Account
from gis_capture.server.answers import json_response
from gis_capture.server.asking import give_device, give_session, tokens, who_asks
from gis_capture.server.authorization import write_down
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import served, settings, workspace
from gis_capture.workspace.reserve import with_room

area = Blueprint("sign_in", __name__)
MAX_BODY_BYTES = 10_000
MAX_PASSWORD = 1_000


@area.get("/me")
def tell() -> Response:
    """Tells who asks, or why that is not known; what a page asks first."""
    answer: dict[str, Any] = {"has_accounts": served().has_accounts(), "principal": None, "problem": None}
    oidc = workspace().folder.oidc
    answer["outside"] = {"title": oidc.title} if oidc else None
    try:
        answer["principal"] = _described(who_asks(served(), request.environ))
    except PeopleError as error:
        answer["problem"] = {
            "code": error.subject["code"],
            "detail_ja": error.message.ja,
            "detail_en": error.message.en,
        }
    response = json_response(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


@area.get("/setup")
def show_setup() -> Response:
    """Leads to the page on which the first administrator is created."""
    return redirect("/#/setup", 303)  # type: ignore[return-value]


@area.post("/setup")
def set_up() -> Response:
    """Creates the first administrator by the code of the console, and signs in."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    name, password = _name_and_password(body)
    made = workspace().people.set_up(read_text(body, "code", max_length=40), name, password, address=_address())
    write_down("setup", _principal_of(made))
    return _signed_in(name, password, status=201)


@area.post("/sign-in")
def sign_in() -> Response:
    """Begins a session; its token is in a cookie that no script can read."""
    name, password = _name_and_password(read_object(max_bytes=MAX_BODY_BYTES))
    try:
        return _signed_in(name, password)
    except PeopleError as error:
        # Of a name that failed nobody knows whether it is one, or a password typed into the wrong field.
        if error.subject["code"] == codes.SIGN_IN_FAILED and served().has_accounts():
            write_down("sign_in_refused", None)
        raise


@area.post("/sign-out")
def sign_out() -> Response:
    """Ends the session; what the browser keeps of the answers goes too."""
    session, _ = tokens(request.environ)
    if session and served().has_accounts():
        workspace().people.sign_out(session)
    response = json_response({"principal": None})
    give_session(response, "", lasts_s=0)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@area.post("/pair")
def pair() -> Response:
    """Pairs a tablet by the code that the office shows; its token is in a cookie that no script can read."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    code, sender_id = read_text(body, "code", max_length=40), read_text(body, "device_id", max_length=200)
    token, device = workspace().people.pair(code, sender_id, address=_address())
    made = Principal("device", device.device_id, device.name, Role.CREW)
    write_down("pair", made)
    response = json_response({"device": device.to_json()}, status=201)
    give_device(response, token)
    return response


def _signed_in(name: str, password: str, *, status: int = 200) -> Response:
    session, device = tokens(request.environ)
    here = workspace()

    def begin() -> tuple[str, Account]:
        return here.people.sign_in(name, password, address=_address(), session=session, device=device)

    # On a full disk too: who is let in can at least look.
    token, account = with_room(here.folder.cache_dir, begin)
    principal = _principal_of(account)
    write_down("sign_in", principal)
    response = json_response({"principal": _described(principal)}, status=status)
    response.headers["Cache-Control"] = "no-store"
    give_session(response, token, lasts_s=settings().session_s)
    return response


def _name_and_password(body: dict[str, Any]) -> tuple[str, str]:
    return read_text(body, "name", max_length=200), read_text(body, "password", max_length=MAX_PASSWORD)


def _principal_of(account: Account) -> Principal:
    return Principal("account", account.account_id, account.title, account.role, account.sees_personal)


def _described(principal: Principal) -> dict[str, Any]:
    return {
        "kind": principal.kind,
        "id": principal.id,
        "name": principal.name,
        "role": principal.role.word,
        "sees_personal": principal.sees_personal,
    }


def _address() -> str:
    return request.remote_addr or ""
