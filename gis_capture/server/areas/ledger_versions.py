"""Next versions of ledgers: what they would change, and the rows on which a person decides."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, Response, request

from gis_capture.model import Text
from gis_capture.people import Right
from gis_capture.report.import_rows import personal_columns
from gis_capture.server.answers import attachment, json_response
from gis_capture.server.authorization import demand, layers_named, sees_personal, signature
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.choices import read_json_argument, read_query
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.errors import NotFoundError, RequestError, request_language
from gis_capture.server.tracks import read_track_choice
from gis_capture.text import LANGUAGES

area = Blueprint("ledger_versions", __name__, url_prefix="/imports")
_LISTS = {
    "html": "text/html",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAX_SHOWN = 300
"""Of each kind of rows in an answer; a list to download holds all."""


@area.get("/<import_id>/comparison")
def compare(import_id: str) -> Response:
    """Tells what a source would change as the next version of a ledger; nothing is written."""
    arguments, form = request.args, request.args.get("format", "json")
    choice = read_query(arguments, workspace())
    demand(Right.READ, layers_named(choice))
    if arguments.get("track"):
        clock = read_json_argument("track", arguments)
        choice["track"] = read_track_choice(clock, served().imports.waiting(import_id), workspace())
    if form != "json" and form not in _LISTS:
        raise RequestError(Text(f"形式「{form[:20]}」はありません。", f'There is no format "{form[:20]}".'))
    served().adopt_direct_edits()
    reimport = served().imports.compare(import_id, choice)
    asked = arguments.get("language")
    language = asked if asked in LANGUAGES else request_language()
    with_personal = sees_personal()
    if form == "json":
        update = reimport and reimport.to_json(language, max_rows=MAX_SHOWN, with_personal=with_personal)
        return json_response({"update": update})
    if reimport is None:
        raise NotFoundError(Text("前回の取り込みがないため、一覧はありません。", "It goes on with no import."))
    return _list_file(reimport.to_json(language, with_personal=with_personal), form, language)


@area.get("/<import_id>/rows")
def list_open_rows(import_id: str) -> Response:
    """Lists the rows of a next version on which a person decides or has decided."""
    return json_response(_open_rows(import_id))


@area.post("/<import_id>/decide")
def decide(import_id: str) -> Response:
    """Carries out what a person has decided on such rows."""
    body = read_object(max_bytes=settings().max_body_bytes)
    decisions = body.get("decisions")
    if not isinstance(decisions, list) or not all(map(_is_decision, decisions)):
        raise RequestError(
            Text(
                "「decisions」は {table, row, take} の並びにしてください。",
                '"decisions" must be a list of {table, row, take}.',
            )
        )
    author, note = signature(body), read_text(body, "note")
    n_decided = workspace().decide_rows(import_id, decisions, author=author, note=note)
    return json_response({"n_decided": n_decided, **_open_rows(import_id)})


def _is_decision(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("row"), int) or isinstance(value["row"], bool):
        return False
    texts = (value.get("table"), value.get("take"), value.get("kind", ""))
    return all(isinstance(text, str) for text in texts)


def _open_rows(import_id: str) -> dict[str, Any]:
    rows = workspace().open_rows(import_id)
    record = next(one for one in workspace().imports() if one["import_id"] == import_id)
    hidden = (
        set() if sees_personal(record["layer"]) else personal_columns(record, workspace().store.layer(record["layer"]))
    )
    shown = [row.to_json(request_language(), hidden) for row in rows[:MAX_SHOWN]]
    return {"n_rows": len(rows), "n_open": sum(row.decision is None for row in rows), "rows": shown}


def _list_file(document: dict[str, Any], form: str, language: str) -> Response:
    # Imported here, because openpyxl takes long to load.
    from gis_capture.report.update_list import write_update_list

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{form}"
        write_update_list(path, document, language=language)
        content = path.read_bytes()
    response = Response(content, mimetype=_LISTS[form])
    name = Text("台帳の更新の一覧", "ledger-update").in_language(language)
    response.headers["Content-Disposition"] = attachment("ledger-update", name, form)
    response.headers["Cache-Control"] = "no-store"
    return response
