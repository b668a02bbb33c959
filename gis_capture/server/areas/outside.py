"""Sign-in by the city's identity provider; every way out of it ends on the office page."""

from secrets import token_urlsafe

from flask import Blueprint, Response, redirect, request

from gis_capture.errors import PeopleError
from gis_capture.people import codes
from gis_capture.server.asking import give_session, tokens
from gis_capture.server.authorization import write_down
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.errors import DETAILS, NotFoundError
from gis_capture.server.provider import Provider

area = Blueprint("outside", __name__, url_prefix="/sign-in/outside")
COOKIE = "gis_capture_outside"
COOKIE_S = 600
MAX_CODE = 4_000


@area.get("")
def begin() -> Response:
    """Leads to the provider."""
    provider, identities = _provider(), workspace().people.identities
    state, nonce, verifier, browser = (token_urlsafe(48) for _ in range(4))
    try:
        address = provider.address(_own_address(), state=state, nonce=nonce, verifier=verifier)
    except PeopleError as error:
        return _ended(str(error.subject["code"]))
    identities.begin(state, browser, verifier=verifier, nonce=nonce, now=workspace().clock())
    response: Response = redirect(address, 303)  # type: ignore[assignment]
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        COOKIE, browser, max_age=COOKIE_S, httponly=True, samesite="Lax", secure=request.is_secure, path=area.url_prefix
    )
    return response


@area.get("/back")
def come_back() -> Response:
    """Takes in who comes back from the provider, and begins a session."""
    provider, people = _provider(), workspace().people
    state, code = (request.args.get(name, "")[:MAX_CODE] for name in ("state", "code"))
    try:
        verifier, nonce = people.identities.end(state, request.cookies.get(COOKIE, ""), now=workspace().clock())
        if not code:
            raise codes.error(codes.OUTSIDE_BROKEN_OFF)
        person = provider.person(_own_address(), code=code, nonce=nonce, verifier=verifier)
        account_id = people.identities.account_of(person.issuer, person.subject, person.verified_email)
        session, device = tokens(request.environ)
        token = people.begin_session(account_id, session=session, device=device)
    except PeopleError as error:
        write_down("sign_in_refused", None, detail=str(error.subject["code"]))
        return _ended(str(error.subject["code"]))
    write_down("sign_in", people.identify(token, ""), detail="outside")
    response = _ended("")
    give_session(response, token, lasts_s=settings().session_s)
    return response


def _ended(code: str) -> Response:
    response: Response = redirect(f"/?refused={code}" if code else "/", 303)  # type: ignore[assignment]
    response.headers["Cache-Control"] = "no-store"
    response.delete_cookie(COOKIE, path=area.url_prefix)
    return response


def _own_address() -> str:
    return f"{request.host_url}{str(area.url_prefix).lstrip('/')}/back"


def _provider() -> Provider:
    provider = served().provider
    if provider is None or not served().has_accounts():
        raise NotFoundError(DETAILS[404])
    return provider
