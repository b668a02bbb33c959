"""Scans and aerial photographs: taken in, built in the background, served as tiles."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from gis_capture.errors import SourceError
from gis_capture.locate.crs import parse_crs
from gis_capture.model.numbers import parse_number
from gis_capture.server.answers import json_response
from gis_capture.server.archives import converted
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import DETAILS, NotFoundError, RequestError
from gis_capture.server.slow_clients import waiting_aside
from gis_capture.server.stored_tiles import stored_tile_json
from gis_capture.server.tile_answers import TileAsked, raster_tile, tile_response
from gis_capture.server.uploads import safe_name
from gis_capture.text import Text
from gis_capture.tiles import parse_tile
from gis_capture.tiles.pmtiles import MEDIA_TYPES
from gis_capture.tiles.raster.sheet import BESIDE, SUFFIXES, Placing
from gis_capture.workspace.raster_tracing import AIDS, MAX_WITHIN_M, fill_area, snap_to_line

area = Blueprint("rasters", __name__, url_prefix="/rasters")
MAX_FILES = 400
KINDS = ("webp", "png", "jpg")


@area.get("")
def list_rasters() -> Response:
    """Lists the layers: those that are ready, and those being made with how far they are."""
    ready = [raster.to_json() for raster in workspace().rasters.ready()]
    return json_response({"rasters": ready, "jobs": served().rasters.jobs()})


@area.post("")
def take_pictures() -> Response:
    """Takes the pictures of one layer with the files beside them, and begins to build it."""
    form, rasters, desk = request.form, workspace().rasters, served().rasters
    name = form.get("name", "")
    files = request.files.getlist("file")
    names = [safe_name(file.filename or "") for file in files]
    if not names or not all(names) or len(set(names)) < len(names) or len(names) > MAX_FILES:
        raise RequestError(Text("画像を選んでください。", 'Choose pictures (parts named "file").'), code="no_file")
    strangers = [one for one in names if Path(one).suffix.lower() not in (*SUFFIXES, *BESIDE)]
    if strangers:
        raise RequestError(
            Text(f"「{strangers[0]}」は画像ではありません。", f'"{strangers[0]}" is no picture.'), code="raster_broken"
        )
    if any(job["name"] == name and job["state"] in ("building", "waiting") for job in desk.jobs()):
        raise SourceError(
            Text(
                f"「{name}」は作成中です。終わるまでお待ちください。", f'"{name}" is being made: wait until it is done.'
            ),
            code="raster_building",
        )
    crs = f"EPSG:{parse_crs(form['crs'])}" if form.get("crs") else None
    desk.forget(name)
    rasters.forget_job(rasters.checked_name(name))
    folder = rasters.job_folder(name) / "files"
    folder.mkdir(parents=True)
    try:
        for file, own in zip(files, names, strict=True):
            file.save(folder / own)
            file.close()
        sheets = [folder / own for own in names if Path(own).suffix.lower() in SUFFIXES]
        title, attribution = (form.get(key, "")[:200] for key in ("title", "attribution"))
        with waiting_aside(request.environ):
            found = rasters.prepare(sheets, name=name, title=title, attribution=attribution, placing=Placing(crs=crs))
    except BaseException:
        rasters.forget_job(name)
        raise
    desk.start(name)
    response = json_response({"name": name, "sheets": found}, status=202)
    response.headers["Location"] = f"/rasters/{name}.json"
    return response


@area.post("/<name>/build")
def build_again(name: str) -> Response:
    """Goes on with a layer whose building was cut."""
    if all(job["name"] != name for job in served().rasters.jobs()):
        raise NotFoundError(DETAILS[404], name=name)
    served().rasters.start(name)
    return json_response({"name": name}, status=202)


@area.post("/<name>/remove")
def remove_raster(name: str) -> Response:
    """Takes a layer away."""
    workspace().rasters.checked_name(name)
    served().rasters.forget(name)
    workspace().rasters.remove(name)
    return json_response({"name": name})


@area.get("/<name>.json")
def give_tile_json(name: str) -> Response:
    """Gives TileJSON; the address of the tiles changes with their content."""
    raster = _described(name)
    told = stored_tile_json(
        f"rasters/{name}/{{z}}/{{x}}/{{y}}.webp",
        title=raster["title"],
        attribution=raster["attribution"],
        bounds=raster["bounds"],
        zooms=(raster["min_zoom"], raster["max_zoom"]),
        sha256=raster.get("sha256"),
    )
    return json_response(told)


@area.get("/<name>/trace")
def trace(name: str) -> Response:
    """Gives what helps to trace a line (`aid=snap`) or an area (`aid=fill`) of a scanned map at a place."""
    rasters, aid = workspace().rasters, request.args.get("aid", "")
    if aid not in AIDS:
        raise RequestError(Text("「aid」は snap か fill です。", '"aid" is "snap" or "fill".'), name="aid")
    place = _number("lon", -180, 180), _number("lat", -85, 85)
    within_m = _number("within_m", 0, MAX_WITHIN_M) if "within_m" in request.args else 5.0
    raster = rasters.get(name)
    if raster is None:
        raise NotFoundError(DETAILS[404], name=name)
    geometry = fill_area(rasters, raster, place) if aid == "fill" else snap_to_line(rasters, raster, place, within_m)
    return json_response({"geometry": geometry})


@area.get("/<name>/<int:z>/<int:x>/<row>")
def give_tile(name: str, z: int, x: int, row: str) -> Response:
    """Gives a tile, "5.webp", or "5@2x.png" for 512 pixels; 204 where nothing is in it."""
    stem, _, kind = row.partition(".")
    number, _, scale = stem.partition("@")
    if kind not in KINDS or not (number.isascii() and number.isdigit() and len(number) < 10) or scale not in ("", "2x"):
        raise NotFoundError(DETAILS[404], name=name)
    asked = TileAsked(
        name, parse_tile(z, x, int(number)), kind, request.args.get("v"), request.headers.get("If-None-Match", "")
    )
    if workspace().rasters.get(name):
        return tile_response(raster_tile(served(), asked, is_double=bool(scale)))
    with waiting_aside(request.environ):
        content = served().rasters.warped(name, asked.tile)
    if not content and workspace().rasters.get(name):
        # It was made meanwhile.
        return tile_response(raster_tile(served(), asked, is_double=bool(scale)))
    if content is None and all(job["name"] != name for job in workspace().rasters.jobs()):
        raise NotFoundError(DETAILS[404], name=name)
    if content and kind != "webp":
        content = converted(content, kind)
    response = Response(content or b"", status=200 if content else 204, mimetype=MEDIA_TYPES[kind])
    response.headers["Cache-Control"] = "no-store"
    return response


def _number(name: str, least: float, most: float) -> float:
    with suppress(ValueError):
        if least <= (value := parse_number(request.args.get(name, ""))) <= most:
            return value
    raise RequestError(
        Text(f"「{name}」は{least:g}から{most:g}までの数です。", f'"{name}" is a number from {least:g} to {most:g}.'),
        name=name,
    )


def _described(name: str) -> dict[str, Any]:
    raster = workspace().rasters.get(name)
    if raster:
        return raster.to_json()
    job = next((job for job in served().rasters.jobs() if job["name"] == name), None)
    if job is None:
        raise NotFoundError(DETAILS[404], name=name)
    return job
