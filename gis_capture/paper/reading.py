"""Reads a scan of marked sheets; run as a process of its own: `python -m` this module, JOB as JSON.

Beside the result there is a picture of each page laid flat, and one of each mark. Prints a line for each page.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gis_capture.errors import SourceError
from gis_capture.paper.marks import Mark, read_marks
from gis_capture.paper.pages import clean_page, read_pages
from gis_capture.paper.pen import find_ink
from gis_capture.paper.registration import PX_PER_MM, Flat, Pixels, Seen, could_be, lay_flat, look
from gis_capture.paper.sheet import Sheet, SheetFeature

FORMAT = "gis-capture.sheet-reading/v1"
# Of sheets whose numbers the markers leave open, the newest are tried.
_TRIED = 6
_AGREES_AT = 0.35
_LEAST_CHROMA = 12
_AROUND_MM = 6.0
_OVERVIEW_PX_PER_MM = 4.0


@dataclass(frozen=True, slots=True)
class Kept:
    """The sheets that were printed, by their folders: NUMBER/sheet.json and sheet.pdf."""

    folder: Path
    epoch: str

    def numbers(self) -> list[int]:
        """All numbers, newest first."""
        return sorted((int(one.name) for one in self.folder.iterdir() if one.name.isdigit()), reverse=True)

    def read(self, number: int) -> tuple[Sheet, list[SheetFeature]]:
        """What was printed on a sheet."""
        document = json.loads((self.folder / f"{number:06}" / "sheet.json").read_text(encoding="utf-8"))
        return Sheet(**document["sheet"]), [SheetFeature.from_json(one) for one in document["features"]]

    def clean(self, number: int) -> Pixels:
        """It as it was printed."""
        return clean_page(self.folder / f"{number:06}" / "sheet.pdf", PX_PER_MM)


def read_page(picture: Pixels, page: int, kept: Kept, target: Path) -> dict[str, Any]:
    """Reads one page, and writes its pictures.

    Returns:
        `{"page", "state", "sheet", "n_markers", "told_by", "error_mm", "error_m", "marks"}`; `state` is "read",
        "no_sheet" (a back, or another paper), "other_store", "unknown_sheet", "few_markers" or "no_color" (red cannot
        be told from black).
    """
    seen = look(picture)
    about: dict[str, Any] = {"page": page, "n_markers": len(seen.corners), "sheet": seen.qr[1] if seen.qr else None}
    if seen.qr is None and not seen.corners:
        return {**about, "state": "no_sheet", "marks": []}
    if seen.qr is not None and seen.qr[0] != kept.epoch:
        return {**about, "state": "other_store", "marks": []}
    if not _has_color(picture):
        return {**about, "state": "no_color", "marks": []}
    numbers = kept.numbers()
    named = [seen.qr[1]] if seen.qr else could_be(seen, numbers)[:_TRIED]
    found = [one for number in named if number in numbers and (one := _lay(picture, seen, kept, number))]
    if not found:
        is_known = any(number in numbers for number in named)
        return {**about, "state": "few_markers" if is_known else "unknown_sheet", "marks": []}
    number, flat, clean = max(found, key=lambda one: one[1].agreement)
    if seen.qr is None and flat.agreement < _AGREES_AT:
        return {**about, "state": "unknown_sheet", "marks": []}
    sheet, features = kept.read(number)
    box = sheet.frame
    marks = read_marks(
        find_ink(flat.pixels, clean, (box.x, box.y, box.x + box.width, box.y + box.height)), sheet, features
    )
    marks.sort(key=lambda mark: (round(mark.box_mm[1] / 15), mark.box_mm[0]))
    factor = _OVERVIEW_PX_PER_MM / PX_PER_MM
    _write(
        target / f"page-{page}.jpg", cv2.resize(flat.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    )
    for n, mark in enumerate(marks, 1):
        _write(target / f"mark-{page}-{n}.jpg", _crop(flat.pixels, mark))
    error_m = None if flat.error_mm is None else round(flat.error_mm * sheet.scale / 1000, 3)
    return {
        **about,
        "state": "read",
        "sheet": number,
        "told_by": "qr" if seen.qr else "markers",
        "is_doubtful": flat.agreement < _AGREES_AT,
        "error_mm": None if flat.error_mm is None else round(flat.error_mm, 3),
        "error_m": error_m,
        "marks": [_described(mark, sheet, f"{page}-{n}") for n, mark in enumerate(marks, 1)],
    }


def _has_color(picture: Pixels) -> bool:
    """Whether anything has a colour: the numbers of a sheet are blue, so that one scanned in colour always has some."""
    some = picture[::2, ::2]
    chroma = some.max(axis=2) - some.min(axis=2)
    return float(np.percentile(chroma, 99.95)) > _LEAST_CHROMA


def _lay(picture: Pixels, seen: Seen, kept: Kept, number: int) -> tuple[int, Flat, Pixels] | None:
    clean = kept.clean(number)
    flat = lay_flat(picture, seen, clean, kept.read(number)[0].paper)
    return (number, flat, clean) if flat else None


def _described(mark: Mark, sheet: Sheet, mark_id: str) -> dict[str, Any]:
    ground = sheet.to_ground(np.asarray(mark.line))
    return {
        "mark_id": mark_id,
        "kind": mark.kind,
        "box_mm": [round(edge, 2) for edge in mark.box_mm],
        "line": ground.round(3).tolist(),
        "numbers": list(mark.numbers),
    }


def _crop(pixels: Pixels, mark: Mark) -> Pixels:
    height, width = pixels.shape[:2]
    left, top, right, bottom = mark.box_mm
    x, y = (max(int((edge - _AROUND_MM) * PX_PER_MM), 0) for edge in (left, top))
    end_x, end_y = (int((edge + _AROUND_MM) * PX_PER_MM) for edge in (right, bottom))
    return pixels[y : min(end_y, height), x : min(end_x, width)]


def _write(path: Path, pixels: Pixels) -> None:
    path.write_bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes())


def run(job: Mapping[str, Any]) -> dict[str, Any]:
    """Reads all pages of a scan; a file that cannot be read is told as `error`."""
    kept, target, pages = Kept(Path(job["sheets"]), job["epoch"]), Path(job["target"]), []
    try:
        for page, picture in enumerate(read_pages(Path(job["scan"])), 1):
            pages.append(read_page(picture, page, kept, target))
            (target / "progress").write_text(str(page))
    except SourceError as error:
        problem = {"code": str(error.subject.get("code", "")), **error.message.to_json()}
        return {"format": FORMAT, "pages": pages, "error": problem}
    return {"format": FORMAT, "pages": pages}


def main(arguments: Sequence[str]) -> None:
    """Writes `result.json`, whole or not at all."""
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    result, target = run(job), Path(job["target"])
    unfinished = target / "result.json.new"
    unfinished.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(target / "result.json")


if __name__ == "__main__":
    cv2.setNumThreads(2)
    main(sys.argv[1:])
