"""Sheets as they come back to an office: printed ones with red marks on them."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis_capture.paper.pages import clean_page
from gis_capture.workspace.sheets import SheetFolder
from tests.e2e.serving import Server
from tests.paper.marked import MarkedSheet, Wear, mark_sheet

PX_PER_MM = 8.0


def print_sheet(server: Server, order: dict[str, Any]) -> int:
    """Prints the sheets of an area; gives the number of the fullest."""
    body = json.dumps(order).encode()
    asked = urllib.request.Request(f"{server.url}/sheets", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(asked, timeout=60).close()
    return int(max(server.read_json("/sheets")["sheets"], key=lambda one: int(one["n_features"]))["number"])


def mark_printed(server: Server, number: int, path: Path, *, seed: int = 5, n_marks: int = 4) -> MarkedSheet:
    """Scans a printed sheet with a loop, a cross, a tick and an arrow on it."""
    sheets = SheetFolder(server.workspace / "sheets")
    record = sheets.read(number)
    places = record.sheet.to_paper(
        np.array([shapely.get_coordinates(one.geometry)[0] for one in record.features if one.geometry is not None])
    )
    clean = clean_page(sheets.pdf_of(number), PX_PER_MM)
    wear = Wear(is_photo=False, long_edge_px=2400, noise=2.0)
    made = mark_sheet(clean, PX_PER_MM, places, seed=seed, wear=wear, n_marks=n_marks)
    path.write_bytes(made.jpeg())
    return made
