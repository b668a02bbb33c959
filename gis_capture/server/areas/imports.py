"""Ledgers come in: upload, look, convert in the background, undo."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from gis_capture.convert.photo_track import are_photos_without_place
from gis_capture.model import Text
from gis_capture.people import Right
from gis_capture.resources import leaflet_dir
from gis_capture.server.answers import attachment, json_response
from gis_capture.server.authorization import (
    demand,
    demand_personal,
    layers_named,
    may_read,
    may_use,
    note,
    principal,
    signature,
)
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.choices import POSITION, read_choice
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.errors import NotFoundError, RequestError, request_language
from gis_capture.server.openapi import XLSX
from gis_capture.server.personal import shown_import
from gis_capture.server.preview import preview_tables
from gis_capture.server.tracks import read_track_choice, save_tracks, tell_track
from gis_capture.server.uploads import save_source
from gis_capture.text import LANGUAGES

area = Blueprint("imports", __name__, url_prefix="/imports")


@area.post("")
def take_upload() -> Response:
    """Takes a source and tells what is in it; nothing is imported yet."""
    return inspected(lambda folder: save_source(request.files.getlist("file"), folder), author=signature(request.form))


def inspected(bring: Callable[[Path], Path], *, author: str) -> Response:
    """Takes a source in that `bring` puts into a folder, and tells what is in it."""
    desk = served().imports
    import_id, folder = desk.new_folder()
    try:
        path = bring(folder)
        answer = _found(import_id, path)
        desk.add(import_id, path, author=author, owner=principal().id)
    except BaseException:
        desk.drop_folder(folder)
        raise
    response = json_response(answer, status=201)
    response.headers["Location"] = f"/imports/{import_id}"
    return response


def _found(import_id: str, path: Path, recipe: str | None = None) -> dict[str, Any]:
    """Tells what is in a source, read by a recipe; forms, which are no tables, by the one that fits best."""
    here = workspace()
    inspection = here.inspect(path, recipe=here.recipes.read(recipe) if recipe else None)
    recipes = [recipe] if recipe else here.recipes.fitting(inspection.reading)
    if not recipe and recipes and (best := here.recipes.read(recipes[0])).forms:
        inspection = here.inspect(path, recipe=best)
    found = inspection.to_json(request_language())
    found["source"]["path"] = path.name
    return {
        "import_id": import_id,
        "inspection": found,
        "suggestions": [
            {
                "layer": suggestion.layer_key,
                "score": round(suggestion.score, 3),
                "table": suggestion.table,
                "matches": suggestion.matches,
            }
            for suggestion in inspection.suggestions
        ],
        "best_layer": inspection.layer_key,
        "recipes": recipes,
        "takes_track": any(map(are_photos_without_place, inspection.reading.tables)),
        "preview": preview_tables(inspection, here, language=request_language()),
    }


@area.get("")
def list_imports() -> Response:
    """Lists all imports, newest first."""
    imports = served().imports.list(request_language(), may_use)
    return json_response({"imports": [shown_import(one) for one in imports if may_read(one["layer"])]})


@area.get("/<import_id>")
def give_import(import_id: str) -> Response:
    """Gives the state of an import."""
    return json_response(shown_import(served().imports.get(import_id, request_language())))


@area.post("/<import_id>/tracks")
def take_tracks(import_id: str) -> Response:
    """Takes the tracks beside an upload of photos, in place of former ones, and tells when they go."""
    path = served().imports.waiting(import_id)
    return json_response(tell_track(save_tracks(request.files.getlist("file"), path, workspace())), status=201)


@area.post("/<import_id>/convert")
def start_conversion(import_id: str) -> Response:
    """Begins to bring a source into a layer."""
    body = read_object(max_bytes=settings().max_body_bytes)
    choice = read_choice(body, workspace())
    demand(Right.EDIT, layers_named(choice))
    if body.get("track"):
        choice["track"] = read_track_choice(body["track"], served().imports.waiting(import_id), workspace())
    note(layer=str(choice.get("layer") or ""))
    upload = served().imports.start(import_id, choice)
    return json_response({"import_id": import_id, "state": upload.state}, status=202)


@area.post("/<import_id>/preview")
def preview(import_id: str) -> Response:
    """Tells where the rows of an upload would lie, read as a person says; nothing is imported."""
    body = read_object(max_bytes=settings().max_body_bytes)
    choice = read_choice(body, workspace())
    demand(Right.READ, choice.get("against", ()))
    path = served().imports.waiting(import_id)
    if body.get("track"):
        choice["track"] = read_track_choice(body["track"], path, workspace())
    inspection = workspace().inspect(path, recipe=choice.get("recipe"))
    how = {name: choice[name] for name in POSITION if name in choice}
    return json_response({"preview": preview_tables(inspection, workspace(), how, language=request_language())})


@area.post("/<import_id>/form")
def read_as_form(import_id: str) -> Response:
    """Takes an upload for forms of which each sheet is one record; the template is kept as a recipe."""
    path = served().imports.waiting(import_id)
    name = read_text(read_object(max_bytes=settings().max_body_bytes), "name", max_length=80).strip() or path.stem
    recipe = workspace().make_form_recipe(workspace().inspect(path), name=name)
    return json_response(_found(import_id, path, workspace().recipes.keep(recipe, name)), status=201)


@area.post("/<import_id>/recipe")
def save_recipe(import_id: str) -> Response:
    """Keeps how an upload or an import is read and where it goes, for the next ledger of its shape."""
    body = read_object(max_bytes=settings().max_body_bytes)
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise RequestError(Text("レシピの名前を入れてください。", "Give the recipe a name."))
    kept = served().imports.save_recipe(import_id, name, read_choice(body, workspace()))
    return json_response({"recipe": kept}, status=201)


@area.get("/<import_id>/report")
def give_report(import_id: str) -> Response:
    """Gives the map of an import as one HTML file to keep or hand on."""
    # Imported here, because folium takes long to load.
    from gis_capture.report.html_map import import_map

    record = _done(import_id, Text("まだ取り込まれていないので、地図はありません。", "It is not imported yet."))
    asked = request.args.get("language")
    language = asked if asked in LANGUAGES else request_language()
    served().adopt_direct_edits()
    page = import_map(workspace().store, import_id, leaflet_dir=leaflet_dir(), language=language)
    response = Response(page, mimetype="text/html")
    response.headers["Content-Disposition"] = attachment(f"import-{record['layer']}", record["source_name"], "html")
    response.headers["Cache-Control"] = "no-store"
    return response


@area.get("/<import_id>/fix-list")
def give_fix_list(import_id: str) -> Response:
    """Gives the ledger of an import as a workbook with what has to be mended."""
    record = _done(import_id, Text("まだ取り込まれていないので、直す箇所の表はありません。", "It is not imported yet."))
    # It quotes cells as they stood in the ledger, of columns of any kind.
    if workspace().store.layer(record["layer"]).personal_names:
        demand_personal(record["layer"])
    note(layer=record["layer"])
    asked = request.args.get("language")
    language = asked if asked in LANGUAGES else request_language()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fix-list.xlsx"
        workspace().write_fix_list(import_id, path, language=language)
        response = Response(path.read_bytes(), mimetype=XLSX)
    title = f"{Path(record['source_name']).stem}_" + Text("直す箇所", "to mend").in_language(language)
    response.headers["Content-Disposition"] = attachment(f"fix-list-{record['layer']}", title, "xlsx")
    response.headers["Cache-Control"] = "no-store"
    return response


@area.post("/<import_id>/undo")
def undo(import_id: str) -> Response:
    """Takes the features of an import out again."""
    desk = served().imports
    _done(
        import_id,
        Text("まだ取り込まれていないので、取り消せません。", "It is not imported yet; there is nothing to undo."),
    )
    workspace().undo_import(import_id, author=signature(read_object(max_bytes=settings().max_body_bytes)))
    return json_response(shown_import(desk.get(import_id, request_language())))


def _done(import_id: str, otherwise: Text) -> dict[str, Any]:
    """Gives an import that is in the store; one that is still under way is told in the words `otherwise`."""
    record = served().imports.get(import_id, "ja")
    if record["state"] not in ("done", "undone"):
        raise NotFoundError(otherwise)
    return record
