"""Where a table keeps its positions, and how they are written."""

from collections.abc import Sequence
from dataclasses import replace

from gis_capture.locate.layouts import FORMS_OF_DEGREES, Columns, Layout, find_layouts
from gis_capture.locate.reading import Reading, read_layout
from gis_capture.locate.result import NO_COORDINATES, Coordinates
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.locate.stated import Stated, stated_crs
from gis_capture.model import BBox

SAMPLE_SIZE = 400
# Degrees for half of the rows win over metres, which are never out of range, and over cells, which are coarse.
_WEIGHTS = {"plane": 0.5, "grid": 0.4, "mesh": 0.1}


def find_coordinates(columns: Columns, *, context: Sequence[str] = (), said: Said = NOTHING_SAID) -> Coordinates:
    """Finds the positions of a table without locating its rows.

    Args:
        columns: Texts by column name, all of one length.
        context: Title, sheet name, notes beside the table: they may name the CRS.
        said: What a person says of the columns.
    """
    reading = read_positions(columns, said=said)
    return NO_COORDINATES if reading is None else describe(reading, stated_crs(columns, reading, context, said))


def describe(reading: Reading, stated: Stated) -> Coordinates:
    """Sums a reading up."""
    x, y = reading.x[reading.is_valid], reading.y[reading.is_valid]
    return Coordinates(
        kind=reading.kind,
        columns=reading.layout.columns,
        crs=f"EPSG:{stated.code}" if stated.code and not stated.is_found else "unknown",
        n_valid=len(x),
        bbox=BBox(float(x.min()), float(y.min()), float(x.max()), float(y.max())) if len(x) else None,
        first=(float(x[0]), float(y[0])) if len(x) else None,
    )


def read_positions(columns: Columns, *, wants_plane: bool | None = None, said: Said = NOTHING_SAID) -> Reading | None:
    """Reads the positions of a table from the columns that hold most of them; None where no column does.

    Args:
        columns: Texts by column name.
        wants_plane: The CRS is known to be a plane (True) or geographic (False).
        said: What a person says of the columns.
    """
    said = said.paired(columns)
    if layout := said.layout():
        return read_layout(columns, layout)
    columns = said.free(columns)
    n_rows = max((len(values) for values in columns.values()), default=0)
    step = max(1, n_rows // SAMPLE_SIZE)
    layout = _best_layout({name: values[::step] for name, values in columns.items()}, wants_plane)
    if layout is None and step > 1:
        layout = _best_layout(columns, wants_plane)
    if layout is None:
        return None
    if said.notation and layout.form in FORMS_OF_DEGREES:
        layout = replace(layout, notation=said.notation)
    reading = read_layout(columns, layout)
    return reading if layout.form not in ("plane", "grid", "mesh") or reading.is_valid.any() else None


def _best_layout(sample: Columns, wants_plane: bool | None) -> Layout | None:
    best: tuple[float, Layout] | None = None
    for layout in find_layouts(sample):
        if wants_plane is not None and wants_plane != (layout.form in ("plane", "grid")):
            continue
        reading = read_layout(sample, layout)
        n_filled = int((~reading.is_empty).sum())
        share = reading.is_valid.sum() / n_filled if n_filled else 0.0
        if share < 0.8 and not layout.is_named:
            continue
        # Rows that are placed count; among equals, what stands first in the list of layouts.
        score = float(reading.is_valid.sum()) * _WEIGHTS.get(layout.form, 1.0) + 1e-6 * n_filled
        if n_filled and (share > 0 or layout.form in ("degrees", "parts")) and (best is None or score > best[0]):
            best = score, layout
    return best[1] if best else None
