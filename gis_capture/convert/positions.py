"""The position of every row of a table: from its own geometry, or from the columns that hold coordinates."""

from collections.abc import Sequence
from pathlib import Path

from shapely import Geometry

from gis_capture.convert import codes
from gis_capture.convert.geometries import Bools, as_array, fit_type, to_crs
from gis_capture.convert.geometry_doubts import columns_of
from gis_capture.convert.photo_track import PhotoTrack, are_photos, told_of_photos
from gis_capture.convert.placed import Positions, tell_rows, with_reasons
from gis_capture.convert.source_geometries import place_geometries
from gis_capture.ledger import Table
from gis_capture.locate import Coordinates, find_coordinates, locate_rows
from gis_capture.locate.crs import GEOGRAPHIC, parse_crs, tells_of_two_datums
from gis_capture.locate.evidence import RankedReading
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.keys import KeyLayer, add_key_places
from gis_capture.locate.plane import Beside, nowhere
from gis_capture.locate.result import NO_COORDINATES
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import Layer

_SAMPLE_SIZE = 400
_TYPES_OF_AREAS = ("Polygon", "MultiPolygon", "Geometry")


def has_geometries(table: Table) -> bool:
    """True when the source brings at least one geometry."""
    return table.geometries is not None and any(geometry is not None for geometry in table.geometries)


def context_of(table: Table) -> tuple[str, ...]:
    """Words beside the table that may name its CRS: titles and notes, names of sheet and file."""
    remarks = (text for text in table.remarks if not tells_of_two_datums(text))
    return tuple(filter(None, (*remarks, table.name, table.sheet, table.source.path.stem)))


def coordinates_of(table: Table) -> Coordinates:
    """Finds the columns of a table that hold positions; none where the source brings geometries."""
    if has_geometries(table):
        return NO_COORDINATES
    return find_coordinates(columns_of(table), context=context_of(table))


def readings_of(
    table: Table, *, grids_dir: Path | None, gazetteer: Gazetteer | None, beside: Beside = nowhere
) -> tuple[RankedReading, ...]:
    """Compares the ways to read the coordinates of a table, by some hundred of its rows; () = nothing to compare."""
    if has_geometries(table):
        return ()
    step = max(1, len(table.row_numbers) // _SAMPLE_SIZE)
    sample = {name: texts[::step] for name, texts in columns_of(table).items()}
    located = locate_rows(
        sample,
        crs=None,
        layer_crs="EPSG:6668",
        context=context_of(table),
        grids_dir=grids_dir,
        gazetteer=gazetteer,
        beside=beside,
    )
    return located.readings


def position_rows(
    table: Table,
    layer: Layer,
    *,
    crs: str | None = None,
    grids_dir: Path | None = None,
    gazetteer: Gazetteer | None = None,
    against: KeyLayer | None = None,
    said: Said = NOTHING_SAID,
    track: PhotoTrack | None = None,
    beside: Beside = nowhere,
) -> Positions:
    """Gives every row of a table its position in a layer.

    Args:
        table: Its rows.
        layer: Gives the CRS and the type of the geometries.
        crs: What a person says about the source's CRS.
        grids_dir: Folder of datum grids.
        gazetteer: Places rows without coordinates by their addresses.
        against: Places them by lots, posts, numbers or names, which are nearer.
        said: What a person says of the columns.
        track: Places photos by when they were taken.
        beside: Gives the box of what is surely placed already.

    Raises:
        CRSError: `crs` is not known.
    """
    if track is not None and are_photos(table):
        return told_of_photos(
            table, track.place(table, lambda filled: place_geometries(filled, layer, crs, grids_dir, gazetteer))
        )
    if has_geometries(table):
        return told_of_photos(table, place_geometries(table, layer, crs, grids_dir, gazetteer))
    located = locate_rows(
        columns_of(table),
        crs=crs,
        layer_crs=layer.crs,
        row_numbers=table.row_numbers,
        context=context_of(table),
        grids_dir=grids_dir,
        gazetteer=gazetteer,
        wants_areas=layer.geometry_type in _TYPES_OF_AREAS,
        said=said,
        beside=beside,
    )
    if against is not None:
        located = add_key_places(
            located,
            columns_of(table),
            against,
            row_numbers=table.row_numbers,
            layer_crs=layer.crs,
            grids_dir=grids_dir,
            gazetteer=gazetteer,
        )
    geometries: Sequence[Geometry | None] = located.geometries
    if located.areas:
        # A row without a cell may yet have a place by its address.
        geometries = [area or point for area, point in zip(located.areas, located.geometries, strict=True)]
    if located.shapes and layer.geometry_type in ("Polygon", "MultiPolygon"):
        # Land that a lot names is wanted as the area that it is.
        moved, _ = to_crs(
            as_array(list(located.shapes.values())),
            source=GEOGRAPHIC["jgd2011"],
            target=parse_crs(layer.crs),
            grids_dir=grids_dir,
        )
        shapes = dict(zip(located.shapes, moved.tolist(), strict=True))
        geometries = [shapes.get(row, geometry) for row, geometry in enumerate(geometries)]
    found: dict[str, Bools] = {}
    if layer.geometry_type not in ("Point", "Geometry"):
        fitted, found[codes.GEOMETRY_TYPE_DIFFERS], _ = fit_type(as_array(list(geometries)), layer.geometry_type)
        geometries = fitted.tolist()
    return Positions(
        geometries=geometries,
        methods=located.methods,
        accuracies_m=located.accuracies_m,
        notes=located.notes,
        reasons=with_reasons(located.reasons, found),
        problems=(*located.problems, *tell_rows(table, found)),
        coordinates=located.coordinates,
        crs=crs or located.coordinates.crs,
        operation=located.operation,
        address_columns=located.address_columns,
        key_columns=located.key_columns,
        readings=located.readings,
        crs_columns=located.crs_columns,
    )
