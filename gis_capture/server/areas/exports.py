"""Layers as files to download."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from flask import Blueprint, Response, request

from gis_capture.model import Text
from gis_capture.report.export import MEDIA_TYPES
from gis_capture.report.table import ENCODINGS
from gis_capture.server.answers import attachment
from gis_capture.server.authorization import principal, sees_personal
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import RequestError
from gis_capture.server.seen import lies_in

area = Blueprint("exports", __name__)
PIECE_BYTES = 256_000


@area.get("/layers/<layer>/export")
def export(layer: str) -> Response:
    """Gives a layer as a file, as it is or as it was on a day; what the encoding cannot hold is told in a header."""
    file_format = _one_of("format", MEDIA_TYPES)
    encoding = _one_of("encoding", ENCODINGS)
    served().adopt_direct_edits()
    here = workspace()
    title = here.store.layer(layer).title.ja
    if request.method == "HEAD":
        # Nobody would read the file, and so nobody would remove it.
        return Response(mimetype=MEDIA_TYPES[file_format])
    path = here.folder.uploads_dir / f"{here.new_id()}.{file_format}"
    path.parent.mkdir(exist_ok=True)
    written = here.export(
        layer,
        path,
        file_format=file_format,
        encoding=encoding,
        with_personal=sees_personal(layer),
        as_of=request.args.get("as_of"),
        lies_in=lies_in(principal()),
    )
    file = path.open("rb")
    response = Response(_pieces_then_gone(file, path), mimetype=MEDIA_TYPES[file_format])
    response.content_length = os.fstat(file.fileno()).st_size
    if file_format == "csv":
        response.mimetype_params["charset"] = "utf-8" if encoding == "utf-8-sig" else "shift_jis"
    response.headers["Content-Disposition"] = attachment(layer, title, file_format)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Feature-Count"] = str(written.n_features)
    if written.problems:
        response.headers["Problem-Codes"] = ", ".join(problem.code for problem in written.problems)
    return response


def _one_of(name: str, allowed: tuple[str, ...] | dict[str, str]) -> str:
    value = request.args.get(name, next(iter(allowed)))
    if value not in allowed:
        choices = "・".join(allowed)
        raise RequestError(
            Text(f"「{name}」は {choices} のどれかにしてください。", f'"{name}" must be one of {", ".join(allowed)}.')
        )
    return value


def _pieces_then_gone(file: BinaryIO, path: Path) -> Iterator[bytes]:
    try:
        while piece := file.read(PIECE_BYTES):
            yield piece
    finally:
        file.close()
        path.unlink(missing_ok=True)
