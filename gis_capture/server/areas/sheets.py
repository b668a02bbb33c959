"""Field sheets on paper: printed for an area, read back, and decided on mark by mark."""

import tempfile
from pathlib import Path
from typing import Any

import shapely
from flask import Blueprint, Response, request

from gis_capture.model import parse_bbox
from gis_capture.paper.sheet import SCAN_SUFFIXES
from gis_capture.people import Right
from gis_capture.server.answers import attachment, json_response
from gis_capture.server.authorization import demand, may_read, readable, signature
from gis_capture.server.bodies import read_object, read_text
from gis_capture.server.context import served, workspace
from gis_capture.server.errors import RequestError
from gis_capture.server.uploads import safe_name
from gis_capture.text import Text
from gis_capture.workspace.sheets import SheetOrder, SheetRecord
from gis_capture.workspace.sheets.proposals import ACTIONS, REDLINE, Decision, decide, suggested

area = Blueprint("sheets", __name__, url_prefix="/sheets")
MAX_BODY_BYTES = 100_000


@area.get("")
def list_sheets() -> Response:
    """Lists the sheets that were printed, newest first."""
    kept = workspace().sheets.kept
    records = [kept.read(number) for number in kept.numbers()[:500]]
    return json_response({"sheets": [_described(one) for one in records if all(map(may_read, one.layers))]})


@area.post("")
def print_sheets() -> Response:
    """Prints the sheets of an area; gives the PDF."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    named = body.get("layers") or [layer.key for layer in workspace().store.layers()]
    if not isinstance(named, list) or not all(isinstance(key, str) for key in named):
        raise RequestError(Text("「layers」はレイヤーの名前の列です。", '"layers" is a list of keys.'), name="layers")
    demand(Right.READ, named) if body.get("layers") else None
    scale = body.get("scale", 500)
    if type(scale) is not int:
        raise RequestError(Text("「scale」は 500 のような整数です。", '"scale" is a number such as 500.'), name="scale")
    served().adopt_direct_edits()
    box = read_text(body, "bbox")
    order = SheetOrder(
        layers=readable(named),
        area=shapely.box(*parse_bbox(box)) if box else None,
        scale=scale,
        paper=read_text(body, "paper") or "A4",
        title=read_text(body, "title", max_length=200),
        crew=read_text(body, "crew", max_length=100),
        crs=read_text(body, "crs") or None,
        survey_on=read_text(body, "survey_on", max_length=40),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheets.pdf"
        records = workspace().sheets.print_sheets(order, path)
        response = Response(path.read_bytes(), status=201, mimetype="application/pdf")
    numbers = "-".join(str(n) for n in sorted({records[0].sheet.number, records[-1].sheet.number}))
    response.headers["Content-Disposition"] = attachment(f"sheets-{numbers}", f"調査図 No.{numbers}", "pdf")
    response.headers["Cache-Control"] = "no-store"
    return response


@area.get("/<sheet>/pdf")
def give_pdf(sheet: str) -> Response:
    """Gives a sheet as it was printed."""
    kept = workspace().sheets.kept
    record = kept.find(sheet)
    return _pdf(record, kept.pdf_of(record.sheet.number), f"sheet-{sheet}", f"調査図 No.{sheet}")


@area.get("/<sheet>/atlas.pdf")
def give_atlas(sheet: str) -> Response:
    """Gives all that was printed together with a sheet, with the lists on the backs."""
    kept = workspace().sheets.kept
    record = kept.find(sheet)
    first = record.first_number
    return _pdf(record, kept.atlas_of(record), f"sheets-{first}", f"調査図 No.{first}から")


@area.get("/readings")
def list_readings() -> Response:
    """Lists the scans that came back, newest first, with the marks on them; those of layers that may be seen."""
    served().readings.resume()
    seen = [_seen(one) for one in workspace().readings.list()]
    for reading in seen:
        for page in reading["pages"]:
            page.pop("features", None)
    return json_response({"readings": seen})


@area.post("/readings")
def take_scan() -> Response:
    """Takes a scan or photograph of marked sheets, and begins to read it."""
    files = request.files.getlist("file")
    name = safe_name(files[0].filename or "") if len(files) == 1 else ""
    if Path(name).suffix.lower() not in SCAN_SUFFIXES:
        raise RequestError(
            Text("スキャンか写真(PDF・JPEG・PNG・TIFF)を1つ選んでください。", 'Choose one scan (a part named "file").'),
            code="no_file",
        )
    with tempfile.TemporaryDirectory(dir=workspace().folder.uploads_dir) as folder:
        files[0].save(Path(folder) / name)
        reading_id = workspace().readings.take(Path(folder) / name, name=name, author=signature(request.form))
    served().readings.start(reading_id)
    return json_response({"reading_id": reading_id}, status=202)


@area.get("/readings/<reading_id>")
def give_reading(reading_id: str) -> Response:
    """Gives a reading: how far it is, and then its marks with what was decided on each."""
    served().readings.resume()
    return json_response(_seen(workspace().readings.get(reading_id)))


@area.get("/readings/<reading_id>/<picture>")
def give_picture(reading_id: str, picture: str) -> Response:
    """Gives the picture of a page or of a mark."""
    content = workspace().readings.picture(reading_id, picture).read_bytes()
    response = Response(content, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@area.post("/readings/<reading_id>/remove")
def remove_reading(reading_id: str) -> Response:
    """Takes a reading away with its proposals."""
    workspace().readings.remove(reading_id)
    return json_response({"reading_id": reading_id})


@area.post("/readings/<reading_id>/marks/<mark_id>")
def decide_mark(reading_id: str, mark_id: str) -> Response:
    """Decides on a mark; what is accepted comes in as a change."""
    body = read_object(max_bytes=MAX_BODY_BYTES)
    action, number, fields = body.get("action"), body.get("number"), body.get("fields") or {}
    if action not in ACTIONS or not isinstance(fields, dict) or not (number is None or type(number) is int):
        raise RequestError(
            Text(
                "「action」は " + "・".join(ACTIONS) + " のどれかです。",
                '"action" is one of ' + ", ".join(ACTIONS) + ".",
            ),
            name="action",
        )
    page, _ = workspace().readings.mark(reading_id, mark_id)
    layer = read_text(body, "layer")
    more = [layer] if layer else [REDLINE] if action == "note" else []
    demand(Right.EDIT, [*workspace().sheets.kept.read(page["sheet"]).layers, *more])
    served().adopt_direct_edits()
    decision = Decision(action, number, layer, fields, read_text(body, "note", max_length=200), signature(body))
    return json_response(decide(workspace(), reading_id, mark_id, decision))


def _pdf(record: SheetRecord, path: Path, name: str, title: str) -> Response:
    demand(Right.READ, record.layers)
    response = Response(path.read_bytes(), mimetype="application/pdf")
    response.headers["Content-Disposition"] = attachment(name, title, "pdf")
    response.headers["Cache-Control"] = "no-store"
    return response


def _seen(reading: dict[str, Any]) -> dict[str, Any]:
    """A reading with the labels of the features that marks are about, and what each mark most likely asks for."""
    kept = workspace().sheets.kept
    pages = []
    for page in reading["pages"]:
        record = kept.read(page["sheet"]) if page["state"] == "read" else None
        if record is not None and not all(map(may_read, record.layers)):
            continue
        names = ("number", "layer", "feature_id", "label")
        features = [{name: getattr(one, name) for name in names} for one in record.features] if record else []
        by_number = {one["number"]: one for one in features}
        marks = [
            {
                **mark,
                "picture": f"/sheets/readings/{reading['reading_id']}/mark-{mark['mark_id']}.jpg",
                "features": [by_number[n] for n in mark["numbers"] if n in by_number],
                "suggested": suggested(mark["kind"], mark["numbers"]),
            }
            for mark in page["marks"]
        ]
        about = {"paper_mm": record.sheet.size_mm, "layers": record.layers, "features": features} if record else {}
        pages.append({**page, **about, "marks": marks})
    return {**reading, "pages": pages}


def _described(record: SheetRecord) -> dict[str, Any]:
    head = {**record.sheet.to_json(), "extent": list(record.sheet.extent)}
    return {**head, "layers": list(record.layers), "n_features": len(record.features)}
