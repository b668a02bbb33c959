"""Scanned maps: taken in, placed by control points, made into raster layers."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from gis_capture.errors import SourceError
from gis_capture.locate.map_sheet import parse_map_sheet
from gis_capture.server.answers import json_response
from gis_capture.server.bodies import read_object
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import NotFoundError, RequestError
from gis_capture.server.uploads import safe_name
from gis_capture.text import Text
from gis_capture.tiles.raster.control import format_annotation
from gis_capture.tiles.raster.sheet import BESIDE, SUFFIXES
from gis_capture.workspace.scans import Scan, in_degrees

area = Blueprint("scans", __name__)
MAX_BYTES = 200_000
MAX_SHEETS = 400


@area.get("/scans")
def list_scans() -> Response:
    """Lists the scans, with how far their pictures are."""
    return json_response({"scans": [_with_picture(scan) for scan in workspace().scans.all()]})


@area.post("/scans")
def take_scan() -> Response:
    """Takes one picture, and control points beside it."""
    form, scans, desk = request.form, workspace().scans, served().scans
    name = scans.pictures.checked_name(form.get("name", ""))
    files = request.files.getlist("file")
    names = [safe_name(file.filename or "") for file in files]
    pictures = [own for own in names if Path(own).suffix.lower() in SUFFIXES]
    if len(pictures) != 1 or any(Path(own).suffix.lower() not in (*SUFFIXES, *BESIDE) for own in names):
        raise RequestError(
            Text("図面の画像を1枚選んでください。", 'Choose one picture (a part named "file").'), code="no_file"
        )
    folder = scans.scan_folder(name)
    if folder.exists():
        raise SourceError(Text(f"「{name}」はもうあります。", f'There is a scan "{name}" already.'), code="raster_name")
    folder.mkdir(parents=True)
    try:
        for file, own in zip(files, names, strict=True):
            file.save(folder / own)
            file.close()
        title, attribution = (form.get(key, "")[:200] for key in ("title", "attribution"))
        title = title or Path(pictures[0]).stem
        scan = scans.take(folder / pictures[0], name=name, title=title, attribution=attribution)
    except BaseException:
        scans.discard(name)
        raise
    desk.start(name)
    response = json_response(_with_picture(scan), status=202)
    response.headers["Location"] = f"/scans/{name}"
    return response


@area.get("/scans/<name>")
def give_scan(name: str) -> Response:
    """Gives one."""
    return json_response(_with_picture(workspace().scans.get(name)))


@area.post("/scans/<name>/control")
def set_control(name: str) -> Response:
    """Keeps the control points, and tells how far each can be trusted."""
    return json_response(_with_picture(workspace().scans.set_control(name, read_object(max_bytes=MAX_BYTES))))


@area.get("/scans/<name>/control.georef.json")
def give_control(name: str) -> Response:
    """Gives a georeference annotation of IIIF, to keep or to use elsewhere."""
    scan = workspace().scans.get(name)
    return json_response(format_annotation(scan.control, name=scan.picture.name, size=(scan.width, scan.height)))


@area.post("/scans/<name>/layer")
def make_layer(name: str) -> Response:
    """Makes the raster layer of this name, of this scan or of several; the first lies lowest."""
    said = read_object(max_bytes=MAX_BYTES)
    names = said.get("scans", [name])
    if not isinstance(names, list) or not 0 < len(names) <= MAX_SHEETS or not all(isinstance(n, str) for n in names):
        raise RequestError(Text("scans は名前の並びです。", '"scans" is a list of names.'), code="bad_request")
    scan, sheets = workspace().scans.get(name), workspace().scans.checked_sheets(names)
    title = str(said.get("title") or scan.title)[:200]
    desk = served().rasters
    if any(job["name"] == name and job["state"] in ("building", "waiting") for job in desk.jobs()):
        raise SourceError(
            Text(
                f"「{title}」は作成中です。終わるまでお待ちください。",
                f'"{title}" is being made: wait until it is done.',
            ),
            code="raster_building",
        )
    desk.forget(name)
    found = workspace().rasters.prepare_sheets(sheets, name=name, title=title, attribution=scan.attribution)
    desk.start(name)
    return json_response({"name": name, "sheets": found}, status=202)


@area.post("/scans/<name>/remove")
def remove_scan(name: str) -> Response:
    """Takes a scan away."""
    workspace().scans.get(name)
    served().scans.forget(name)
    workspace().scans.remove(name)
    return json_response({"name": name})


@area.get("/map-sheets/<name>")
def give_map_sheet(name: str) -> Response:
    """Gives the corners of a map sheet."""
    found = parse_map_sheet(name)
    if found is None:
        raise NotFoundError(
            Text(
                f"「{name[:40]}」は図郭の名前ではありません(例: 09LD354)。",
                f'"{name[:40]}" is no name of a map sheet, "09LD354" for example.',
            ),
            code="map_sheet_unknown",
        )
    members = {"name": found.name, "zone": found.zone, "level": found.level, "crs": found.crs}
    corners = [list(corner) for corner in found.corners]
    return json_response(members | {"corners": corners, "places": in_degrees(corners, found.crs)})


def _with_picture(scan: Scan) -> dict[str, Any]:
    """A scan with the archive of its tiles, or how far they are."""
    ready = workspace().scans.pictures.get(scan.name)
    if ready:
        picture = {"state": "ready", "url": f"/packs/{ready.file_name}", "max_zoom": ready.max_zoom}
    else:
        job = next((job for job in served().scans.jobs() if job["name"] == scan.name), {"state": "failed"})
        picture = {key: job[key] for key in ("state", "progress", "problem") if key in job}
    return scan.to_json() | {"picture": picture}
