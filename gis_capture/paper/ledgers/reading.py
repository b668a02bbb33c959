"""Reads the pages of a scanned ledger; run as a process of its own: `python -m` this module, JOB as JSON.

Writes page-N.jpg and page-N.json for each page, whole or not at all, and goes on after those that are there.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from gis_capture.errors import CaptureError
from gis_capture.paper.ledgers.assembling import PageTable
from gis_capture.paper.ledgers.cells import read_cells
from gis_capture.paper.ledgers.engines import N_THREADS, Engine, open_engines
from gis_capture.paper.ledgers.grid import find_grids
from gis_capture.paper.ledgers.orientation import find_turn, turned
from gis_capture.paper.ledgers.straighten import LONG_EDGE_MM, FlatPage, Pixels, straighten
from gis_capture.paper.ledgers.table import ScannedPage
from gis_capture.paper.pages import numbered_pages

READ_DPI = 300
_PICTURE_QUALITY = 82
_LEAST_PX = 200


def read_page(picture: Pixels, number: int, dpi: float | None, engines: Sequence[Engine]
) -> tuple[ScannedPage, FlatPage, list[PageTable]]:  # fmt: skip
    """Reads one page.

    Args:
        picture: Blue, green, red.
        number: Of the page.
        dpi: As the file says it; None takes a sheet of A4.
        engines: That read.
    """
    begun = time.monotonic()
    # Next to nothing is no page; the others of the scan are read.
    below, beside = (max(_LEAST_PX - edge, 0) for edge in picture.shape[:2])
    picture = cv2.copyMakeBorder(picture, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    px_per_mm = dpi / 25.4 if dpi else max(picture.shape) / LONG_EDGE_MM
    flat = straighten(picture)
    degrees = find_turn(flat.gray, engines[0], px_per_mm)
    if degrees:
        flat = straighten(turned(picture, degrees))
    grids, plain = find_grids(flat.gray, px_per_mm)
    tables = []
    for grid in grids:
        left, _, right, _ = grid.box
        edges = tuple((edge - left) / max(right - left, 1) for edge in grid.edges)
        cells = read_cells(flat, plain, grid, number, engines, px_per_mm)
        tables.append(PageTable(grid.n_rows, grid.n_columns, edges, tuple(cells)))
    height, width = flat.gray.shape
    page = ScannedPage(
        number,
        width,
        height,
        f"page-{number}.jpg",
        round(px_per_mm * 25.4, 1),
        degrees,
        round(flat.skew_deg, 2),
        "read" if tables else "no_table",
        round(time.monotonic() - begun, 1),
    )
    return page, flat, tables


def run(job: Mapping[str, Any]) -> None:
    """Reads all pages that are not there yet."""
    folder = Path(job["folder"])
    engines: list[Engine] = []
    done = {int(path.stem[5:]) for path in folder.glob("page-*.json")}
    for number, n_pages, picture, dpi in numbered_pages(Path(job["scan"]), dpi=READ_DPI, without=done):
        (folder / "total").write_text(str(n_pages))
        if picture is None:
            continue
        if not engines:
            engines = open_engines()
        page, flat, tables = read_page(picture, number, dpi, engines)
        quality = [cv2.IMWRITE_JPEG_QUALITY, _PICTURE_QUALITY]
        (folder / page.picture).write_bytes(cv2.imencode(".jpg", flat.pixels, quality)[1].tobytes())
        document = {"page": asdict(page), "tables": [asdict(table) for table in tables]}
        unfinished = folder / f"page-{number}.json.new"
        unfinished.write_text(json.dumps(document, ensure_ascii=False, default=_plain), encoding="utf-8")
        unfinished.replace(folder / f"page-{number}.json")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{value!r} is not plain")


def main(arguments: Sequence[str]) -> None:
    """Reads; what went wrong is told as `error.json`."""
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    try:
        run(job)
    except CaptureError as error:
        problem = {"code": str(error.subject.get("code", "")), "kind": type(error).__name__, **error.message.to_json()}
        (Path(job["folder"]) / "error.json").write_text(json.dumps(problem, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    cv2.setNumThreads(N_THREADS)
    main(sys.argv[1:])
