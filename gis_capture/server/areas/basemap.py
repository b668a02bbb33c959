"""Base map packs: read by ranges at the office, fetched whole by tablets."""

from flask import Blueprint, Response, send_file

from gis_capture.server.answers import json_response
from gis_capture.server.context import workspace
from gis_capture.server.errors import DETAILS, NotFoundError

area = Blueprint("basemap", __name__)


@area.get("/basemap")
def list_basemap() -> Response:
    """Lists the base map packs."""
    return json_response({"packs": [basemap.to_json() for basemap in workspace().basemaps()]})


@area.get("/packs/<file>")
def give_pack(file: str) -> Response:
    """Gives a pack, or the range of it that is asked for; the hash in its name makes it immutable."""
    here = workspace()
    places = ((here.folder.packs_dir, here.basemaps()), (here.folder.rasters_dir, here.rasters.ready()))
    offered = {pack.file_name: (folder, pack) for folder, packs in places for pack in packs}
    if file not in offered:
        raise NotFoundError(DETAILS[404], file=file)
    folder, found = offered[file]
    path = folder / found.file_name
    response = send_file(path, mimetype="application/vnd.pmtiles", etag=found.sha256, conditional=True)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
