"""Photos and files by their SHA-256, uploaded whole or piece by piece."""

import re

from flask import Blueprint, Response, request, send_file

from gis_capture.server.answers import json_response
from gis_capture.server.authorization import may_read, principal
from gis_capture.server.bodies import body_pieces, read_integer
from gis_capture.server.context import settings, workspace
from gis_capture.server.errors import RequestError
from gis_capture.server.seen import demand_photo
from gis_capture.sync.attachments import list_missing
from gis_capture.sync.thumbnails import EDGES_PX, thumbnail
from gis_capture.text import Text

area = Blueprint("attachments", __name__, url_prefix="/attachments")
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


@area.get("/missing")
def give_missing() -> Response:
    """Lists what changes name and what has not come whole."""
    here = workspace()
    missing = [one for one in list_missing(here.store, here.attachments) if may_read(one["layer"])]
    return json_response({"attachments": missing})


@area.get("/<sha256>")
def give_attachment(sha256: str) -> Response:
    """Gives the bytes; asked by HEAD, how many of them are here."""
    if request.method != "HEAD":
        demand_photo(sha256)
    folder = workspace().attachments
    if request.method == "HEAD" and not folder.is_here(sha256):
        return Response(status=404, headers={"Upload-Offset": str(folder.offset(sha256))})
    media_type = folder.media_type(sha256)
    response = send_file(folder.path(sha256), mimetype=media_type, etag=sha256, conditional=True)
    _keep(response)
    if media_type == "application/octet-stream":
        # What is not known for a picture is never shown in a page of ours.
        response.headers["Content-Disposition"] = "attachment"
    return response


@area.get("/<sha256>/thumbnail")
def give_thumbnail(sha256: str) -> Response:
    """Gives a small picture of a photo, turned as the camera says."""
    demand_photo(sha256)
    edge_px = read_integer("edge", default=256, least=1, most=EDGES_PX[-1])
    path = thumbnail(workspace().attachments, sha256, edge_px=edge_px)
    response = send_file(path, mimetype="image/jpeg", etag=f"{sha256}-{path.parent.name}", conditional=True)
    return _keep(response)


@area.put("/<sha256>")
def take_attachment(sha256: str) -> Response:
    """Takes all of the bytes, or those that Content-Range names."""
    start, end, total = _announced()
    pieces = body_pieces(max_bytes=min(end - start, settings().max_body_bytes))
    received = workspace().attachments.receive(sha256, pieces, start=start, total=total)
    if received.is_new and principal().id:
        workspace().people.uploads.note(sha256, principal().id)
    if received.is_whole:
        return Response(status=201, headers={"Location": f"/attachments/{sha256}"})
    return Response(status=202, headers={"Upload-Offset": str(received.offset)})


def _keep(response: Response) -> Response:
    """Lets a browser keep it, for the person who has asked: the next one on a shared tablet asks anew."""
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.vary.update(("Cookie", "Person"))
    return response


def _announced() -> tuple[int, int, int]:
    """Gives where the bytes of the body begin and end, and how many the whole has."""
    text = request.headers.get("Content-Range")
    if text is None and request.content_length is not None:
        return 0, request.content_length, request.content_length
    match = _RANGE.fullmatch(text or "")
    start, last, total = map(int, match.groups()) if match else (0, -1, 0)
    if not start <= last < total:
        raise RequestError(
            Text(
                "Content-Range を「bytes 0-524287/1048576」のように書いてください。",
                'Write Content-Range as "bytes 0-524287/1048576".',
            )
        )
    return start, last + 1, total
