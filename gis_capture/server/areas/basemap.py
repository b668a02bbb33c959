"""Base map packs: read by ranges at the office, fetched whole by tablets."""

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, request, send_file
from werkzeug.http import parse_range_header

from gis_capture.people import codes
from gis_capture.server.answers import json_response
from gis_capture.server.archives import open_archive
from gis_capture.server.authorization import principal
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import DETAILS, NotFoundError, RequestError
from gis_capture.server.stored_tiles import stored_tile_json
from gis_capture.server.tile_answers import TileAsked, basemap_tile, tile_response
from gis_capture.server.uploads import safe_name
from gis_capture.text import Text
from gis_capture.tiles import parse_tile
from gis_capture.workspace.basemaps import vector_layers
from gis_capture.workspace.chunks import CHUNK_BYTES, hash_chunks
from gis_capture.workspace.former import find_former

area = Blueprint("basemap", __name__)

IMMUTABLE = "public, max-age=31536000, immutable"


@area.get("/basemap")
def list_basemap() -> Response:
    """Lists the packs that lie under the layers, the lowest first: base maps, then scans and photographs."""
    here = workspace()
    rasters = [raster.to_pack() for raster in here.rasters.ready()]
    packs = [*(basemap.to_json() for basemap in here.basemaps()), *rasters]
    online = here.folder.online_tiles
    return json_response({"packs": packs, "online": online.to_json() if online else None})


@area.post("/basemaps")
def take_basemap() -> Response:
    """Takes a PMTiles or MBTiles file as a base map; the former of its name goes when the new one is whole."""
    form, files, here = request.form, request.files.getlist("file"), workspace()
    own = safe_name(files[0].filename or "") if len(files) == 1 else ""
    if not own:
        raise RequestError(
            Text("地図のファイルを1つ選んでください。", 'Choose one map (a part named "file").'), code="no_file"
        )
    title, attribution = (form.get(key, "")[:200] for key in ("title", "attribution"))
    with TemporaryDirectory(dir=here.folder.uploads_dir, ignore_cleanup_errors=True) as folder:
        source = Path(folder) / own
        files[0].save(source)
        files[0].close()
        added = here.add_basemap(source, name=form.get("name", ""), attribution=attribution, title=title)
    return json_response(added.to_json(), status=201)


@area.post("/basemaps/<name>/remove")
def remove_basemap(name: str) -> Response:
    """Takes a base map away."""
    if all(one.name != name for one in workspace().basemaps()):
        raise NotFoundError(DETAILS[404], name=name)
    workspace().remove_basemap(name)
    return json_response({"name": name})


@area.get("/packs/<file>")
def give_pack(file: str) -> Response:
    """Gives a pack, or the range of it that is asked for; the hash in its name makes it immutable."""
    path, sha256 = _offered(file)
    _settle_range(path.stat().st_size)
    response = send_file(path, mimetype="application/vnd.pmtiles", etag=sha256, conditional=True)
    response.headers["Cache-Control"] = IMMUTABLE
    return response


@area.get("/packs/<file>/chunks")
def give_chunks(file: str) -> Response:
    """Gives the hashes of the pieces of a pack, by which who fetches it in pieces checks each."""
    path, sha256 = _offered(file)
    response = json_response({"sha256": sha256, "chunk_bytes": CHUNK_BYTES, "chunks": hash_chunks(path)})
    response.headers["Cache-Control"] = IMMUTABLE
    return response


def _settle_range(size_bytes: int) -> None:
    """Leaves one plain range of the request, or none: others may be ignored, and an end may be longer than the file.

    RFC 9110, sections 14.1.2 and 14.2.
    """
    asked = parse_range_header(request.headers.get("Range"))
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        request.environ.pop("HTTP_RANGE", None)
    elif -asked.ranges[0][0] > size_bytes:
        request.environ["HTTP_RANGE"] = "bytes=0-"


def _offered(file: str) -> tuple[Path, str]:
    here = workspace()
    places = (
        (here.folder.packs_dir, here.basemaps()),
        (here.folder.rasters_dir, here.rasters.ready()),
        (here.packs.folder, here.packs.ready()),
        (here.folder.scans_dir, here.scans.pictures.ready()),
    )
    offered = {pack.file_name: (folder / pack.file_name, pack.sha256) for folder, packs in places for pack in packs}
    found = offered.get(file) or next(filter(None, (find_former(folder, file) for folder, _ in places)), None)
    if found is None:
        raise NotFoundError(DETAILS[404], file=file)
    if principal().area is not None and found[0].parent == here.packs.folder:
        # It holds all that lies in its box.
        raise codes.error(codes.AREA_LIMITED)
    return found


@area.get("/basemaps/<name>.json")
def give_tile_json(name: str) -> Response:
    """Gives TileJSON; the address of the tiles changes with the file that they are in."""
    here = workspace()
    found = next((one for one in here.basemaps() if one.name == name), None)
    if found is None:
        raise NotFoundError(DETAILS[404], name=name)
    archive = open_archive(here.folder.packs_dir / found.file_name)
    told = stored_tile_json(
        f"basemaps/{name}/{{z}}/{{x}}/{{y}}.{archive.header.tile_type}",
        title=found.title or name,
        attribution=found.attribution,
        bounds=archive.header.bounds,
        zooms=archive.header.zooms,
        sha256=found.sha256,
    )
    if found.kind == "vector":
        told["vector_layers"] = vector_layers(archive.metadata())
    return json_response(told)


@area.get("/basemaps/<name>/<int:z>/<int:x>/<int:y>.<kind>")
def give_basemap_tile(name: str, z: int, x: int, y: int, kind: str) -> Response:
    """Gives a tile of a base map, for programs that read no PMTiles; 204 where there is none."""
    known = request.headers.get("If-None-Match", "")
    asked = TileAsked(name, parse_tile(z, x, y), kind, request.args.get("v"), known)
    return tile_response(basemap_tile(served(), asked))
