"""Ledgers on paper: taken in, read in the background, confirmed cell by cell, finished as an ordinary source."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request, send_file

from gis_capture.server.answers import attachment, json_response
from gis_capture.server.areas.imports import inspected
from gis_capture.server.authorization import sees_personal, signature
from gis_capture.server.bodies import read_object
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import NotFoundError, RequestError
from gis_capture.server.openapi import XLSX
from gis_capture.server.seen import within
from gis_capture.server.uploads import safe_name
from gis_capture.text import Text
from gis_capture.workspace.scanned import Choice, Review
from gis_capture.workspace.scanned.decisions import Place
from gis_capture.workspace.scanned.source_refs import SOURCE_REF, parse_ref
from gis_capture.workspace.scanned.strips import cut_strip, open_page

area = Blueprint("scanned", __name__)
MAX_BODY_BYTES = 2_000_000
MAX_CHOICES = 5_000
MAX_CELLS = 500


@area.get("/scanned-ledgers")
def list_scanned() -> Response:
    """Lists them, newest first, with how far each is read and confirmed."""
    served().scanned.resume()
    return json_response({"scanned": workspace().scanned.list()})


@area.post("/scanned-ledgers")
def take_scanned() -> Response:
    """Takes the scan of a ledger, and begins to read it."""
    files = request.files.getlist("file")
    name = safe_name(files[0].filename or "") if len(files) == 1 else ""
    if not name:
        raise RequestError(
            Text("スキャンを1つ選んでください。", 'Choose one scan (a part named "file").'), code="no_file"
        )
    with tempfile.TemporaryDirectory(dir=workspace().folder.uploads_dir) as folder:
        files[0].save(Path(folder) / name)
        scan_id = workspace().scanned.take(Path(folder) / name, name=name, author=signature(request.form))
    served().scanned.start(scan_id)
    return json_response({"scan_id": scan_id}, status=202)


@area.get("/scanned-ledgers/<scan_id>")
def give_scanned(scan_id: str) -> Response:
    """Tells of one: how far it is, then its pages, tables and counts."""
    served().scanned.resume()
    return json_response(workspace().scanned.get(scan_id))


@area.post("/scanned-ledgers/<scan_id>/remove")
def remove_scanned(scan_id: str) -> Response:
    """Stops reading it, and takes it away."""
    workspace().scanned.remove(scan_id)
    return json_response({"scan_id": scan_id})


@area.get("/scanned-ledgers/<scan_id>/pages/<number>.jpg")
def give_page(scan_id: str, number: str) -> Response:
    """Gives a straightened page."""
    path, _ = workspace().scanned.page(scan_id, _number({"page": number}, "page"))
    response = send_file(path.absolute(), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@area.get("/scanned-ledgers/<scan_id>/cells")
def give_cells(scan_id: str) -> Response:
    """Gives cells of a table, some hundred at a time: all, those of a column, or those that wait."""
    review = workspace().scanned.review(scan_id)
    table = _number(request.args, "table", len(review.ledger.tables))
    column = None if "column" not in request.args else _number(request.args, "column")
    after, limit = _number(request.args, "after"), min(_number(request.args, "limit") or MAX_CELLS, MAX_CELLS)
    is_open_only = request.args.get("state") == "open"
    wanted = [
        place
        for place, _ in review.cells(table)
        if column in (None, place.column) and (not is_open_only or review.is_open(place))
    ]
    part = wanted[after : after + limit]
    following = after + limit if after + limit < len(wanted) else None
    cells = [review.cell_json(place) for place in part]
    return json_response({"cells": cells, "next": following, "seen": len(review.decisions)})


@area.post("/scanned-ledgers/<scan_id>/decisions")
def decide_cells(scan_id: str) -> Response:
    """Keeps decisions on cells: single ones, many, all that were read alike."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    review = workspace().scanned.review(scan_id)
    outcome = workspace().scanned.decide(
        scan_id, _choices(body, review), seen=_number(body, "seen"), author=signature(body)
    )
    counts = workspace().scanned.review(scan_id).counts()
    return json_response({**outcome.to_json(), **counts})


@area.post("/scanned-ledgers/<scan_id>/finish")
def finish_scanned(scan_id: str) -> Response:
    """Makes the confirmed tables a workbook that is read like any ledger."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    return json_response(workspace().scanned.finish(scan_id, author=signature(body)))


@area.get("/scanned-ledgers/<scan_id>/finished.xlsx")
def give_finished(scan_id: str) -> Response:
    """Gives that workbook."""
    path, name = workspace().scanned.finished(scan_id)
    response = send_file(path.absolute(), mimetype=XLSX)
    response.headers["Content-Disposition"] = attachment("ledger", Path(name).stem, "xlsx")
    return response


@area.post("/scanned-ledgers/<scan_id>/import")
def import_scanned(scan_id: str) -> Response:
    """Takes that workbook in as an upload, as if somebody had sent it, and tells what is in it."""
    path, name = workspace().scanned.finished(scan_id)

    def bring(folder: Path) -> Path:
        return Path(shutil.copyfile(path, folder / (safe_name(name) or "ledger.xlsx")))

    return inspected(bring, author=signature(read_object(max_bytes=MAX_BODY_BYTES)))


@area.get("/layers/<layer>/features/<feature_id>/paper")
def tell_paper(layer: str, feature_id: str) -> Response:
    """Tells which strip of paper a feature's row came from; none for one that never was on paper."""
    strip = _strip_of(layer, feature_id)
    return json_response(
        {"strip": strip and {key: strip[key] for key in ("scan_id", "name", "page", "box", "picture")}}
    )


@area.get("/layers/<layer>/features/<feature_id>/paper.jpg")
def give_strip(layer: str, feature_id: str) -> Response:
    """Gives the picture of that strip."""
    strip = _strip_of(layer, feature_id)
    if strip is None:
        raise NotFoundError(
            Text("この地物に紙の台帳はありません。", "This feature has no paper."), feature_id=feature_id
        )
    path, _ = workspace().scanned.page(strip["scan_id"], strip["page"])
    response = Response(cut_strip(open_page(path), strip["box"]), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def _strip_of(layer: str, feature_id: str) -> dict[str, Any] | None:
    """The strip of a feature's row, for those who may see all that may stand on it."""
    part, store = within(layer), workspace().store
    feature = part.feature(feature_id) if part else store.feature(layer, feature_id)
    if feature is None or not sees_personal(layer):
        return None
    row = store.provenance(feature_id)
    ref = parse_ref(row.raw.get(SOURCE_REF)) if row else None
    if ref is None:
        return None
    known = workspace().scanned.name_of(ref.scan_id)
    if known is None:
        return None
    address = f"/layers/{layer}/features/{feature_id}/paper.jpg"
    return {"scan_id": ref.scan_id, "name": known, "page": ref.page, "box": ref.box, "picture": address}


def _choices(body: dict[str, Any], review: Review) -> list[Choice]:
    if "like" in body:
        place, text = _choice(body["like"])
        if place not in review.by_place or text is None:
            raise _no_choice()
        return review.similar_choices(place, text)
    said = body.get("decisions")
    if not isinstance(said, list) or not 0 < len(said) <= MAX_CHOICES:
        raise _no_choice()
    return [Choice(*_choice(one)) for one in said]


def _choice(said: Any) -> tuple[Place, str | None]:
    if not isinstance(said, dict) or not isinstance(said.get("text"), str | None):
        raise _no_choice()
    return Place(*(_number(said, name) for name in ("table", "row", "column"))), said.get("text")


def _number(said: Any, name: str, below: int = 1_000_000_000) -> int:
    given = said.get(name, 0)
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 10:
        given = int(given)
    if type(given) is not int or not 0 <= given < below:
        raise RequestError(
            Text(f"「{name}」は 0 から {below - 1:,} までの整数です。", f'"{name}" is a number up to {below - 1:,}.'),
            name=name,
        )
    return given


def _no_choice() -> RequestError:
    return RequestError(
        Text(
            f"「decisions」は table・row・column・text を持つものの並びです({MAX_CHOICES:,}件まで)。",
            f'"decisions" is a list of {{"table", "row", "column", "text"}}, {MAX_CHOICES:,} at most.',
        ),
        name="decisions",
    )
