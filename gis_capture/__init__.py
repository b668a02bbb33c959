"""GIS Capture: from a ledger to a map that crews edit offline, and back.

    from gis_capture import create_workspace, open_workspace, read_ledger

    for table in read_ledger("外灯台帳.xlsx").tables:      # any ledger as tables of text, every cell with its place
        print(table.to_frame())

    with create_workspace("作業", name="道路維持課") as workspace:
        conversion = workspace.convert("外灯台帳.xlsx")      # every row accounted for
        lights = workspace.read_layer("street_light", bbox=(137.2, 36.1, 137.3, 36.2), equals={"status": "球切れ"})
        lights["status"] = "点灯"
        workspace.write_layer(lights, "street_light", author="山田")
        workspace.export("street_light", "外灯.csv", file_format="csv", encoding="cp932")

What is named here is imported when it is first used, so that `import gis_capture` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from gis_capture.convert import Conversion, Inspection, inspect_source
    from gis_capture.errors import CaptureError
    from gis_capture.ledger import read_ledger
    from gis_capture.model import BBox, Feature, Field, Layer, Problem
    from gis_capture.workspace import Workspace

__all__ = [
    "BBox",
    "CaptureError",
    "Conversion",
    "Feature",
    "Field",
    "Inspection",
    "Layer",
    "Problem",
    "Workspace",
    "create_workspace",
    "inspect_source",
    "open_workspace",
    "read_ledger",
]

_HOMES = {
    "BBox": "gis_capture.model",
    "CaptureError": "gis_capture.errors",
    "Conversion": "gis_capture.convert",
    "Feature": "gis_capture.model",
    "Field": "gis_capture.model",
    "Inspection": "gis_capture.convert",
    "Layer": "gis_capture.model",
    "Problem": "gis_capture.model",
    "Workspace": "gis_capture.workspace",
    "inspect_source": "gis_capture.convert",
    "read_ledger": "gis_capture.ledger",
}


def create_workspace(path: "Path | str", *, name: str = "") -> "Workspace":
    """Makes a workspace in a new or empty folder and opens it; close it, or use it in a `with` block.

    Raises:
        WorkspaceError: The folder holds something else or cannot be written.
    """
    from gis_capture.workspace import Workspace

    return Workspace.create(path, name=name)


def open_workspace(path: "Path | str | None" = None) -> "Workspace":
    """Opens a workspace; without a path the one around the current folder.

    Raises:
        WorkspaceError: There is none.
        StoreError: Its layers cannot be read.
    """
    from pathlib import Path

    from gis_capture.workspace import Workspace, find_workspace

    return Workspace.open(path if path is not None else find_workspace(Path.cwd()))


def __getattr__(name: str) -> Any:
    """Imports what is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
