"""Checks every request against its rule, and writes down what was done."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, cast

from flask import Flask, Response, g, request

from gis_capture.errors import CaptureError
from gis_capture.people import ALL_LAYERS, OWN_SCREEN, Principal, Right, codes
from gis_capture.people.principals import Role
from gis_capture.server.asking import is_own_screen, who_asks
from gis_capture.server.authorization.rules import RULES, UNKNOWN, Rule
from gis_capture.server.authorization.subjects import layers_of, owner_of
from gis_capture.server.bodies import read_text
from gis_capture.server.context import served
from gis_capture.server.security import SAFE_METHODS
from gis_capture.text import Text

logger = logging.getLogger(__name__)
ROLES = {
    Role.VIEWER: Text("閲覧", "viewer"),
    Role.CREW: Text("現場", "crew"),
    Role.OFFICE: Text("事務", "office"),
    Role.ADMIN: Text("管理者", "admin"),
}
MAX_AUTHOR = 200
# In the address, what was done stands to.
_SUBJECTS = (
    "feature_id", "change_id", "conflict_id", "checkout_id", "reading_id", "import_id", "sha256", "account_id",
    "device_id", "name",
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Asks for the rule before every route, and notes what was done after it."""

    @app.before_request
    def check() -> None:
        if request.endpoint is None:
            return
        rule = RULES.get(request.endpoint, UNKNOWN)
        if rule.least is None:
            return
        if rule.is_for_own_computer and is_own_screen(served(), request.environ):
            g.principal = OWN_SCREEN
            return
        g.principal = asking = who_asks(served(), request.environ)
        if asking.role < rule.least:
            raise codes.error(codes.ROLE_TOO_LOW, role=ROLES[rule.least].ja)
        if asking.area is not None and not rule.keeps_area:
            raise codes.error(codes.AREA_LIMITED)
        if not asking.is_unlimited:
            demand(_needed(), layers_of(served(), request.view_args or {}))
        _check_owner(asking, rule)
        if rule.is_personal:
            demand_personal()

    @app.after_request
    def conclude(response: Response) -> Response:
        asking = g.get("principal")
        if asking is None or asking is OWN_SCREEN:
            return response
        # What only some may see is no business of a proxy's.
        if "public" in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = response.headers["Cache-Control"].replace("public", "private")
        word = _word(RULES.get(request.endpoint or "", UNKNOWN), response)
        if word:
            write_down(word, asking)
        return response


def principal() -> Principal:
    """Who asks; a route without a rule never gets here."""
    return cast(Principal, g.principal)


def demand(right: Right, layers: Iterable[str]) -> None:
    """Goes on only where who asks has a right to all of some layers.

    Raises:
        PeopleError: To one of them it has not (code `layer_not_granted`).
    """
    if any(principal().right(layer) < right for layer in layers):
        raise codes.error(codes.LAYER_NOT_GRANTED)


def _check_owner(asking: Principal, rule: Rule) -> None:
    """An upload may hold anything: it is its owner's; that the administrator uses one of another is written down."""
    owner = owner_of(served(), request.view_args or {})
    if owner is None:
        return
    if not may_use(owner):
        raise codes.error(codes.UPLOAD_OF_ANOTHER)
    if owner != asking.id and not rule.word:
        note(what="upload_read")


def sees_personal(*layers: str) -> bool:
    """Whether fields with personal data of layers are given to who asks; none = of all that have any.

    That they are given is written down with the answer.
    """
    here = served().workspace
    asked = layers or [layer.key for layer in here.store.layers() if layer.personal_names] or [ALL_LAYERS]
    is_given = here.settings.shares_personal_fields or all(map(principal().may_see_personal, asked))
    if is_given:
        note_personal(asked)
    return is_given


def note_personal(layers: Iterable[str]) -> None:
    """Has it written down that fields with personal data of these layers were given; most have none."""
    with_any = {layer.key for layer in served().workspace.store.layers() if layer.personal_names}
    g.given_personal = {*g.get("given_personal", ()), *with_any.intersection(layers)}


def demand_personal(*layers: str) -> None:
    """Goes on only where fields with personal data of layers are given to who asks; see `sees_personal`.

    Raises:
        PeopleError: They are not (code `personal_hidden`).
    """
    if not sees_personal(*layers):
        raise codes.error(codes.PERSONAL_HIDDEN)


def may_use(owner: str) -> bool:
    """Whether an upload that is in no layer yet may be used by who asks: by its owner and the administrator."""
    return owner == principal().id or principal().role is Role.ADMIN


def may_read(layer: object) -> bool:
    """Whether who asks may see what is in a layer; what is in none is seen by all."""
    return not layer or principal().right(str(layer)) >= Right.READ


def readable(layers: Iterable[str]) -> list[str]:
    """Those of some layers that who asks may see."""
    return [layer for layer in layers if may_read(layer)]


def signature(document: Any) -> str:
    """Who signs what is done: the person that is signed in, else whom the body names as its author."""
    if principal().kind == "account":
        return principal().name
    return read_text(document, "author", max_length=MAX_AUTHOR)


def note(*, layer: str = "", detail: str = "", what: str = "", subject: str = "") -> None:
    """Says more of what is done than the address tells; `what` instead of the word of the rule."""
    g.note = {**g.get("note", {}), **{key: value for key, value in locals().items() if value}}


def write_down(word: str, who: Principal | None, *, detail: str = "", subject: str = "") -> None:
    """Writes a line of what was done; one that cannot be written keeps nobody from the answer to what is done."""
    people, more, arguments = served().workspace.people, g.get("note", {}), request.view_args or {}
    about = next((str(arguments[name]) for name in _SUBJECTS if name in arguments), "")
    try:
        people.audit.add(
            word,
            at=served().workspace.clock(),
            who=(who.kind, who.id, who.name) if who else ("unknown", "", ""),
            address=request.remote_addr or "",
            layer=str(more.get("layer") or arguments.get("layer") or arguments.get("layers") or "")[:200],
            subject=str(subject or more.get("subject") or about)[:200],
            detail=detail or more.get("detail", ""),
        )
    except CaptureError:
        logger.exception("What was done could not be written down: %s by %s", word, who and who.id)


def layers_named(choice: Mapping[str, Any]) -> list[str]:
    """The layers that a choice for a ledger names; where it names none, it can be any."""
    named = [choice["layer"]] if choice.get("layer") else [layer.key for layer in served().workspace.store.layers()]
    return [*named, *choice.get("against", ())]


def _needed() -> Right:
    return Right.READ if request.method in SAFE_METHODS else Right.EDIT


def _word(rule: Rule, response: Response) -> str:
    """The word for what was done; "" where it needs none, or where nothing was done."""
    if response.status_code in (401, 403):
        code = (response.get_json(silent=True) or {}).get("code", "")
        note(detail=f"{request.method} {request.path[:200]} {code}")
        return "refused"
    # A piece of a photo (202), and what the asker has already (304), is nothing new.
    is_done = response.status_code < 300 and (response.status_code != 202 or request.method != "PUT")
    given = g.get("given_personal")
    if is_done and given:
        note(layer=",".join(sorted(given)))
        if not rule.word:
            return "personal_read"
        note(detail="with_personal")
    return str(g.get("note", {}).get("what", rule.word)) if is_done else ""
