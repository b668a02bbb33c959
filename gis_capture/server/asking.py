"""Who asks: the server's own screen while nobody has an account, else a person or a paired tablet, by their cookies."""

import re
import time
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from flask import Response, request

from gis_capture.people import OWN_SCREEN, Principal, codes
from gis_capture.people.database import OTHERS_SEEN_AFTER_S
from gis_capture.server.context import Served

SESSION_COOKIE, DEVICE_COOKIE = "gis_capture_session", "gis_capture_device"
# What browsers allow at most (RFC 6265bis, section 5.5).
DEVICE_COOKIE_S = 400 * 86_400
_COOKIE = re.compile(rf"(?:^|;\s*)({SESSION_COOKIE}|{DEVICE_COOKIE})=([\w-]{{43}})(?=;|$)", re.ASCII)
_BEARER = re.compile(r"Bearer ([\w-]{43})", re.ASCII | re.IGNORECASE)
MAX_ASKERS = 2_000
MAX_PERSON = 100
_PROXIED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_VIA")
# All that the answer depends on; where it is not the own screen, the first three alone.
_QUESTION = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_PERSON", "REMOTE_ADDR", "HTTP_HOST", *_PROXIED)
_N_OF_KNOWN = 3


def who_asks(served: Served, environ: Mapping[str, Any]) -> Principal:
    """Finds out who asks, by the environment of a WSGI request.

    The answer to the same question holds for a moment, unless something about people has changed: a map asks for
    many tiles at once.

    Raises:
        PeopleError: Somebody who is not known, or a tablet that is locked or was revoked.
    """
    question: tuple[object, ...] = tuple(map(environ.get, _QUESTION[:_N_OF_KNOWN]))
    known = served.askers.get(question)
    if known is None:
        question = tuple(map(environ.get, _QUESTION))
        known = served.askers.get(question)
    n_changes, now_s = served.workspace.n_people_changes, time.monotonic()
    if known is not None and known[0] == n_changes and now_s < known[1]:
        return known[2]
    principal = _find(served, environ)
    while len(served.askers) >= MAX_ASKERS:
        served.askers.pop(next(iter(served.askers)), None)
    served.askers.pop(question, None)
    known_by = question if principal is OWN_SCREEN else question[:_N_OF_KNOWN]
    served.askers[known_by] = n_changes, now_s + OTHERS_SEEN_AFTER_S, principal
    return principal


def _find(served: Served, environ: Mapping[str, Any]) -> Principal:
    if not served.has_accounts():
        if is_own_screen(served, environ):
            return OWN_SCREEN
        raise codes.error(codes.SETUP_NEEDED)
    session, device = tokens(environ)
    principal = served.workspace.people.identify(session, device, environ.get("HTTP_PERSON", "")[:MAX_PERSON])
    if principal is None:
        raise codes.error(codes.SIGN_IN_NEEDED)
    return principal


def tokens(environ: Mapping[str, Any]) -> tuple[str, str]:
    """The tokens of session and tablet; "" for one that is not there. Programs send that of a tablet as a bearer's."""
    found = dict(_COOKIE.findall(environ.get("HTTP_COOKIE", "")))
    bearer = _BEARER.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
    return found.get(SESSION_COOKIE, ""), bearer[1] if bearer else found.get(DEVICE_COOKIE, "")


def is_own_screen(served: Served, environ: Mapping[str, Any]) -> bool:
    """Whether who asks sits at the server's own computer: from there, not through a proxy, and by an own address.

    A page elsewhere can give its name the address of this computer (DNS rebinding), but it cannot have an own address.
    """
    https = served.workspace.folder.https
    is_direct = not any(name in environ for name in _PROXIED)
    return (
        is_direct
        and _is_loopback(environ.get("REMOTE_ADDR") or "")
        and _is_own_name(environ.get("HTTP_HOST", ""), https.host_name if https else "")
    )


def give_session(response: Response, token: str, *, lasts_s: float) -> None:
    """Puts the token of a session into the browser; "" takes it out."""
    _give(response, SESSION_COOKIE, token, lasts_s if token else 0)


def give_device(response: Response, token: str) -> None:
    """Puts the token of a tablet into its browser."""
    _give(response, DEVICE_COOKIE, token, DEVICE_COOKIE_S)


def _give(response: Response, name: str, token: str, lasts_s: float) -> None:
    response.set_cookie(
        name, token, max_age=int(lasts_s), httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


@lru_cache(256)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


@lru_cache(256)
def _is_own_name(host: str, announced: str) -> bool:
    name = (host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]).lower()
    try:
        return (bool(name) and name in ("localhost", announced)) or bool(ip_address(name.strip("[]")))
    except ValueError:
        return False
