"""Shapefiles: geometries by GDAL, attributes from the dbf by ourselves; missing parts are told."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis_capture.errors import SourceError
from gis_capture.ledger import codes
from gis_capture.ledger.drivers import shapefile_index
from gis_capture.ledger.drivers.dbf import DbfTable, columns_of, read_dbf
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import Opened
from gis_capture.ledger.table import Reading, SkippedRow, Table
from gis_capture.model import Problem
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.ledger.drivers.gdal import GdalLayer

_MAGIC = b"\0\0\x27\x0a"
_COMPANIONS = frozenset({".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj"})
"""Parts of a shapefile that hold no rows."""


def accepts(opened: Opened) -> bool:
    """Whether this is the main file, the index, or beside a main file another part of a shapefile without rows."""
    return opened.head.startswith(_MAGIC) or (
        opened.suffix in _COMPANIONS and opened.path.with_suffix(".shp").is_file()
    )


def read(opened: Opened) -> Reading:
    """Reads the features; a row number is that of the record. Raises SourceError for a broken main file."""
    if opened.suffix in _COMPANIONS:
        raise SourceError(
            Text(
                f"「{opened.path.name}」はシェープファイルの一部で、行がありません。同じ名前の.shpを指定してください。",
                f'"{opened.path.name}" is a part of a shapefile and holds no rows. Name the .shp beside it.',
            ),
            path=opened.path,
        )
    problems: list[Problem] = []
    parts = {p.suffix.lower(): p for p in opened.path.parent.glob(f"{_escape(opened.path.stem)}.*")}
    fids, geometries, crs = _read_geometries(opened, parts, problems)
    attributes = _read_attributes(opened, parts, problems)
    if crs is None:
        problems.append(
            Problem(
                codes.NO_CRS,
                "warning",
                _unreadable_prj(opened) if ".prj" in parts else _missing_prj(opened),
                Text("座標系を選んで読み込んでください。", "Choose the coordinate system."),
            )
        )
    source = opened.source("shapefile", attributes.encoding if attributes else None)
    of_record = dict(zip((fid + 1 for fid in fids), geometries, strict=True))
    records = attributes.records if attributes and attributes.records else [r for r in sorted(of_record)]
    if attributes and len(of_record) != len(attributes.records) + len(attributes.deleted):
        problems.append(_unequal(len(of_record), len(attributes.records)))
        records = sorted({*attributes.records, *of_record} - {*attributes.deleted})
    table = Table(
        name=opened.path.stem,
        source=source,
        sheet=None,
        header_rows=(),
        columns=columns_of(attributes.names) if attributes else (),
        row_numbers=records,
        values=_aligned(attributes, records) if attributes else (),
        skipped=tuple(SkippedRow(number, "deleted") for number in (attributes.deleted if attributes else ())),
        geometries=[of_record.get(record) for record in records],
        crs=crs,
        date_cells={name: frozenset(records) for name in attributes.date_fields} if attributes else {},
    )
    return Reading(source, (table,), tuple(problems))


def _missing_prj(opened: Opened) -> Text:
    return Text(
        f"座標系のファイル（{opened.path.stem}.prj）がありません。",
        f"There is no {opened.path.stem}.prj saying the coordinate system.",
    )


def _unreadable_prj(opened: Opened) -> Text:
    return Text(
        f"座標系のファイル（{opened.path.stem}.prj）の中身を読み取れません。",
        f"What {opened.path.stem}.prj says of the coordinate system cannot be read.",
    )


def _escape(stem: str) -> str:
    return "".join(f"[{c}]" if c in "[*?" else c for c in stem)


def _aligned(attributes: DbfTable, records: Sequence[int]) -> tuple[Sequence[str | None], ...]:
    if records == attributes.records:
        return tuple(attributes.values)
    place = {record: at for at, record in enumerate(attributes.records)}
    return tuple([values[place[r]] if r in place else None for r in records] for values in attributes.values)


def _read_attributes(opened: Opened, parts: dict[str, Path], problems: list[Problem]) -> DbfTable | None:
    dbf = parts.get(".dbf")
    if dbf is None:
        problems.append(
            Problem(
                codes.NO_ATTRIBUTES,
                "warning",
                Text(
                    f"属性のファイル（{opened.path.stem}.dbf）がありません。図形だけを読みました。",
                    f"There is no {opened.path.stem}.dbf; only geometries were read.",
                ),
                Text("同じ名前の.dbfと一緒に読み込んでください。", "Read it together with its .dbf."),
            )
        )
        return None
    cpg = parts[".cpg"].read_text("utf-8-sig", "replace")[:100] if ".cpg" in parts else None
    attributes = read_dbf(opened, dbf, cpg=cpg)
    problems += attributes.problems
    return attributes


def _unequal(n_geometries: int, n_records: int) -> Problem:
    return Problem(
        codes.GEOMETRY_NOT_READ,
        "warning",
        Text(
            f"図形は{n_geometries:,}件、属性は{n_records:,}件で数が合いません。",
            f"There are {n_geometries:,} geometries but {n_records:,} records of attributes.",
        ),
        Text("元のデータを書き出し直してください。", "Export the data again."),
    )


def _read_geometries(
    opened: Opened, parts: dict[str, Path], problems: list[Problem]
) -> tuple[Sequence[int], Sequence[Any], str | None]:
    """Reads the main file in a folder of its own.

    Beside it GDAL would take names and number of the records from the dbf, and write the index where it is rebuilt.
    """
    index = parts.get(".shx")
    is_rebuilt = index is None or not shapefile_index.is_usable(index, opened.path)
    if is_rebuilt:
        problems.append(_rebuilt(opened, is_missing=index is None))
    from gis_capture.ledger.drivers import gdal

    with tempfile.TemporaryDirectory() as folder, gdal.telling(opened, problems):
        copy = Path(folder) / "copy.shp"
        wanted = [".shp", *([] if is_rebuilt else [".shx"])]
        if ".prj" in parts and _is_text(parts[".prj"]):
            wanted.append(".prj")
        for suffix in wanted:
            _link(parts[suffix], copy.with_suffix(suffix))
        gdal.restore_missing_index(is_wanted=is_rebuilt)
        try:
            layer = gdal.read_layer_or_rows(opened, copy, problems, columns=())
        finally:
            gdal.restore_missing_index(is_wanted=False)
        lost = shapefile_index.lost_shapes(copy, copy.with_suffix(".shx"), _without_geometry(layer))
    if lost:
        problems.append(gdal.geometries_not_read(lost))
    return layer.fids, layer.geometries or (), layer.crs


def _rebuilt(opened: Opened, *, is_missing: bool) -> Problem:
    name = f"{opened.path.stem}.shx"
    if is_missing:
        message = Text(
            f"索引（{name}）がないので、作り直して読みました。", f"There is no {name}; it was rebuilt for reading."
        )
        return Problem(codes.INDEX_REBUILT, "info", message)
    return Problem(
        codes.INDEX_REBUILT,
        "warning",
        Text(
            f"索引（{name}）が壊れているので使わず、{opened.path.name}だけから図形を読みました。",
            f"{name} is broken and was not used; the shapes were read by {opened.path.name} alone.",
        ),
        Text("元のデータを書き出し直してください。", "Export the data again."),
    )


def _without_geometry(layer: "GdalLayer") -> list[int]:
    """Records that came without a geometry and without a word: GDAL says nothing of broken and cut-off ones."""
    told = {layer.fids[place - 1] for place in layer.unread}
    shapes = zip(layer.fids, layer.geometries or (), strict=False)
    return [fid for fid, shape in shapes if shape is None and fid not in told]


def _is_text(path: Path) -> bool:
    """Whether a file is UTF-8 at all; on anything else GDAL stumbles."""
    try:
        path.read_bytes()[:100_000].decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _link(source: Path, target: Path) -> None:
    """Links a file, or copies it where the system does not let us link."""
    try:
        target.symlink_to(source.resolve())
    except OSError:
        shutil.copyfile(source, target)


DRIVER = Driver("shapefile", (".shp",), accepts, read)
