"""Marked sheets that come back: known, laid flat, their marks read, and what a person makes of them."""

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pypdfium2
import pytest
import shapely
from PIL import Image

from gis_capture.durability import held
from gis_capture.errors import FeatureError, SourceError
from gis_capture.paper.pages import clean_page, read_pages
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace
from gis_capture.workspace.sheets import SheetOrder, SheetRecord, readings
from gis_capture.workspace.sheets.planning import moved as planned
from gis_capture.workspace.sheets.proposals import Decision, decide
from tests.paper.conftest import EAST, LAYER, NORTH, SOUTH, WEST, street_lights
from tests.paper.marked import DrawnMark, MarkedSheet, Wear, mark_sheet

AREA = shapely.box(WEST, SOUTH, EAST, NORTH)
PX_PER_MM = 8.0
SCAN = Wear(is_photo=False, long_edge_px=2400, noise=2.0)


@pytest.fixture
def record(workspace: Workspace, tmp_path: Path, font: Path) -> SheetRecord:
    """A sheet that was printed."""
    (printed,) = workspace.sheets.print_sheets(SheetOrder([LAYER], AREA, crew="第1班"), tmp_path / "sheet.pdf")
    return printed


def marked(
    workspace: Workspace, record: SheetRecord, path: Path, wear: Wear = SCAN, *, seed: int = 5, n_marks: int = 6
) -> MarkedSheet:
    """Writes a picture of the marked sheet."""
    clean = clean_page(workspace.sheets.kept.pdf_of(record.sheet.number), PX_PER_MM)
    places = record.sheet.to_paper(np.array([shapely.get_coordinates(one.geometry)[0] for one in record.features]))
    made = mark_sheet(clean, PX_PER_MM, places, seed=seed, wear=wear, n_marks=n_marks)
    path.write_bytes(made.jpeg())
    return made


def read(workspace: Workspace, path: Path) -> dict[str, Any]:
    """Reads a file."""
    return workspace.readings.read(workspace.readings.take(path, name=path.name, author="係"))


def about(marks: Sequence[DrawnMark]) -> set[tuple[str, tuple[int, ...]]]:
    """What was drawn: kinds with the numbers of features, where a feature was meant."""
    return {(one.kind, tuple(sorted(n + 1 for n in one.touched))) for one in marks if one.touched}


class Back(NamedTuple):
    """A workspace with a sheet that was printed, marked and read."""

    workspace: Workspace
    record: SheetRecord
    made: MarkedSheet
    reading: dict[str, Any]


@pytest.fixture(scope="module")
def came_back(tmp_path_factory: pytest.TempPathFactory, font: Path) -> tuple[Path, MarkedSheet]:
    """A sheet that came back, to make copies of."""
    folder = tmp_path_factory.mktemp("came back")
    with street_lights(folder / "workspace") as made:
        (printed,) = made.sheets.print_sheets(SheetOrder([LAYER], AREA, crew="第1班"), folder / "sheet.pdf")
        drawn = marked(made, printed, folder / "back.jpg")
        read(made, folder / "back.jpg")
    return folder / "workspace", drawn


@pytest.fixture
def back(came_back: tuple[Path, MarkedSheet], tmp_path: Path) -> Iterator[Back]:
    """One of them that a test may decide on."""
    shutil.copytree(came_back[0], tmp_path / "workspace")
    with Workspace.open(tmp_path / "workspace") as opened:
        (reading,) = opened.readings.list()
        yield Back(opened, opened.sheets.kept.read(1), came_back[1], reading)


@pytest.mark.parametrize(
    "wear",
    [
        Wear(long_edge_px=3000, n_folds=1, has_stamp=True),
        Wear(is_photo=False, long_edge_px=2400, missing_corner=0, is_qr_damaged=True),
    ],
    ids=["photo, fold and stamp", "corner torn off, codes damaged"],
)
def test_marks_come_back_on_their_features(
    workspace: Workspace, record: SheetRecord, tmp_path: Path, wear: Wear
) -> None:
    """Every mark about a feature is read as what it is, and joined to that feature; the stamp is none."""
    made = marked(workspace, record, tmp_path / "back.jpg", wear)
    reading = read(workspace, tmp_path / "back.jpg")
    (page,) = reading["pages"]
    assert (page["state"], page["sheet"], page["error_mm"] < 0.4) == ("read", record.sheet.number, True), page
    assert page["n_markers"] == (4 if wear.missing_corner is None else 3)
    found = {(one["kind"], tuple(sorted(one["numbers"]))) for one in page["marks"] if one["numbers"]}
    assert about(made.marks) <= found
    assert sum(one["kind"] == "stamp" for one in page["marks"]) == wear.has_stamp
    for mark in page["marks"]:
        assert workspace.readings.picture(reading["reading_id"], f"mark-{mark['mark_id']}.jpg").is_file()


def test_pages_that_are_no_sheet_are_told_apart(workspace: Workspace, record: SheetRecord, tmp_path: Path) -> None:
    """A PDF with the sheet, its back, and a sheet of another store: each is told as what it is."""
    with Workspace.create(tmp_path / "other", plane_zone=7) as other:
        other.add_layer(other.known_layer(LAYER))
        other.sheets.print_sheets(SheetOrder([LAYER], AREA), tmp_path / "other.pdf")
    joined = pypdfium2.PdfDocument(tmp_path / "sheet.pdf")
    joined.import_pages(pypdfium2.PdfDocument(tmp_path / "other.pdf"))
    joined.save(tmp_path / "all.pdf")
    pages = read(workspace, tmp_path / "all.pdf")["pages"]
    assert [page["state"] for page in pages] == ["read", "no_sheet", "other_store", "no_sheet"]
    assert pages[0]["marks"] == [] and pages[0]["told_by"] == "qr"


def test_a_scan_in_black_and_white_is_told(workspace: Workspace, record: SheetRecord, tmp_path: Path) -> None:
    """It would come back as a sheet on which nobody had drawn."""
    marked(workspace, record, tmp_path / "back.jpg")
    Image.open(tmp_path / "back.jpg").convert("L").save(tmp_path / "grey.jpg")
    (page,) = read(workspace, tmp_path / "grey.jpg")["pages"]
    assert (page["state"], page["marks"]) == ("no_color", [])


def test_hostile_files_are_told(workspace: Workspace, tmp_path: Path) -> None:
    """No picture, half a picture, one with as many pixels as would fill the memory: words, and nothing is left."""
    files = {
        "text.jpg": b"no picture",
        "empty.pdf": b"",
        "cut.pdf": b"%PDF-1.4\n1 0 obj",
        "cut.png": b"\x89PNG\r\n\x1a\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    for name, code in (*((one, "scan_broken") for one in files), ("bomb.png", "scan_large")):
        with pytest.raises(SourceError) as told:
            list(read_pages(tmp_path / name))
        assert told.value.subject["code"] == code, name
    reading = read(workspace, tmp_path / "bomb.png")
    assert reading["error"]["code"] == "scan_large" and reading["pages"] == []


def accepted(workspace: Workspace, reading: dict[str, Any], kind: str, decision: Decision) -> dict[str, Any]:
    """Decides on the first mark of a kind that is about one feature."""
    mark = next(one for one in reading["pages"][0]["marks"] if one["kind"] == kind)
    made = decide(workspace, reading["reading_id"], mark["mark_id"], decision)
    assert decide(workspace, reading["reading_id"], mark["mark_id"], decision) == made
    return {**made, "mark": mark}


def test_proposals_become_changes_by_the_door_of_tablets(back: Back) -> None:
    """A cross deletes, an arrow moves, a tick writes a value, writing becomes a note with its picture."""
    workspace, record, made, reading = back
    by_number = {one.number: one for one in record.features}
    cross = accepted(workspace, reading, "cross", Decision("delete", author="係"))
    gone = by_number[cross["mark"]["numbers"][0]]
    assert cross["receipt"]["status"] == "applied" and workspace.store.feature(LAYER, gone.feature_id) is None
    author, _ = workspace.store.author_of(cross["receipt"]["revision"])
    assert author == Author(f"sheet-{record.sheet.number}", "係")

    arrow = accepted(workspace, reading, "arrow", Decision("move"))
    moved = workspace.store.feature(LAYER, by_number[arrow["mark"]["numbers"][0]].feature_id)
    assert moved is not None and moved.geometry is not None
    drawn = next(one for one in made.marks if one.kind == "arrow").strokes[0][-1:]
    there = planned(moved.geometry, "EPSG:6668", record.sheet.crs, None)
    assert np.hypot(*(shapely.get_coordinates(there) - record.sheet.to_ground(drawn))[0]) < 1.0

    tick = accepted(workspace, reading, "tick", Decision("update", fields={"inspected_on": "2026-11-28"}))
    ticked = workspace.store.feature(LAYER, by_number[tick["mark"]["numbers"][0]].feature_id)
    assert ticked is not None and str(ticked.fields["inspected_on"]) == "2026-11-28"

    accepted(workspace, reading, "writing", Decision("note", note="電柱が曲がっている"))
    (note,) = workspace.store.features("redline")
    assert note.fields["pen_note"] == "電柱が曲がっている" and workspace.attachments.is_here(note.attachments[0].sha256)
    states = {
        one["kind"]: one["decision"] and one["decision"]["action"]
        for one in workspace.readings.list()[0]["pages"][0]["marks"]
    }
    assert states == {
        "cross": "delete",
        "arrow": "move",
        "tick": "update",
        "writing": "note",
        "loop": None,
        "line": None,
    }


def test_wrong_decisions_are_refused_and_what_others_changed_is_not_overwritten(back: Back) -> None:
    """What is refused leaves the mark open. The sheet's revision is the base: a tablet's word since then stays."""
    workspace, record, _, reading = back
    marks = {one["kind"]: one["mark_id"] for one in reading["pages"][0]["marks"]}
    for kind, decision in (
        ("cross", Decision("move")),
        ("line", Decision("delete")),
        ("tick", Decision("update")),
        ("writing", Decision("delete", number=999)),
        ("line", Decision("insert", layer="nothing")),
    ):
        with pytest.raises((FeatureError, ValueError)):
            decide(workspace, reading["reading_id"], marks[kind], decision)
    with pytest.raises(SourceError):
        decide(workspace, reading["reading_id"], "9-9", Decision("discard"))
    assert all(one["decision"] is None for one in workspace.readings.get(reading["reading_id"])["pages"][0]["marks"])
    discarded = decide(workspace, reading["reading_id"], marks["cross"], Decision("discard"))
    assert discarded["receipt"] is None
    assert (
        decide(workspace, reading["reading_id"], marks["cross"], Decision("delete"))["receipt"]["status"] == "applied"
    )
    with pytest.raises(FeatureError, match="decided"):
        decide(workspace, reading["reading_id"], marks["cross"], Decision("note"))
    mark = next(one for one in reading["pages"][0]["marks"] if one["kind"] == "tick")
    feature_id = next(one for one in record.features if one.number == mark["numbers"][0]).feature_id
    with workspace.store.transact(Author("tablet"), at="2026-11-28T05:00:00Z") as transaction:
        stored = transaction.feature(LAYER, feature_id)
        assert stored is not None
        transaction.update(replace(stored, fields={**stored.fields, "inspection_note": "端末"}))
    clash = accepted(workspace, reading, "tick", Decision("update", fields={"inspection_note": "紙"}))
    assert clash["receipt"]["status"] == "conflict"
    kept = workspace.store.feature(LAYER, feature_id)
    assert kept is not None and kept.fields["inspection_note"] == "端末"


def test_what_another_is_reading_is_not_read_twice(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second worker is told how far it is, and a second person who decides at the same moment to try again."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    reading_id = workspace.readings.take(tmp_path / "a.pdf", name="a.pdf")
    monkeypatch.setattr(readings, "_TRIES", 1)
    with held(workspace.readings.folder / reading_id / "lock"):
        assert workspace.readings.read(reading_id)["state"] == "waiting"
    with (
        held(workspace.sheets.kept.folder / "readings" / reading_id / "deciding"),
        pytest.raises(SourceError, match="Somebody else"),
        workspace.readings.deciding(reading_id),
    ):
        pass


def test_reading_that_is_taken_away_ends_at_once(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it is told that it is gone; its process is ended, and nothing of it is left."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    reading_id = workspace.readings.take(tmp_path / "a.pdf", name="a.pdf")
    folder = workspace.readings.folder / reading_id
    endless = f"import pathlib, time; pathlib.Path({str(folder / 'progress')!r}).write_text('3'); time.sleep(40)"
    monkeypatch.setattr(readings, "_program", lambda job: [sys.executable, "-c", endless])
    with ThreadPoolExecutor(1) as worker:
        reader = worker.submit(workspace.readings.read, reading_id)
        while workspace.readings.get(reading_id)["n_pages_read"] < 3:
            assert not reader.done()
            time.sleep(0.02)
        workspace.readings.remove(reading_id)
        with pytest.raises(SourceError) as told:
            reader.result(20)
    assert told.value.subject["code"] == "sheet_unknown" and not folder.exists()
