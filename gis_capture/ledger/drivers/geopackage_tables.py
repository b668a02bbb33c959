"""Makes a GeoPackage ready for GDAL: with its log, and with the tables that it holds and does not declare."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_capture.geopackage.contents import Contents, declare_tables, read_contents
from gis_capture.ledger import codes
from gis_capture.ledger.opening import Opened
from gis_capture.model import Problem
from gis_capture.text import Text

_WRITE_AHEAD = b"\x02\x02"


@contextmanager
def whole(opened: Opened, problems: list[Problem]) -> Iterator[Path]:
    """Gives the file, or a copy with what the list of contents lacks; nothing changes at the source.

    SQLite would move the log (-wal) into the file and delete it, so a file with one is copied, too.
    """
    has_log = opened.head[18:20] == _WRITE_AHEAD
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / opened.path.name
        if has_log:
            _copy(opened.path, copy)
        contents = read_contents(copy if has_log else opened.path)
        if contents.undeclared:
            if not has_log:
                _copy(opened.path, copy)
            declare_tables(copy, contents.undeclared)
        problems += _told(opened.path.name, contents)
        yield copy if has_log or contents.undeclared else opened.path


def _copy(source: Path, target: Path) -> None:
    for ending in ("", "-wal"):
        part = source.with_name(source.name + ending)
        if part.is_file():
            shutil.copyfile(part, target.with_name(target.name + ending))


def _told(name: str, contents: Contents) -> Iterator[Problem]:
    for table in contents.undeclared:
        message = Text(
            f"表「{table}」は「{name}」の一覧（gpkg_contents）に載っていませんが、読みました。",
            f'The table "{table}" is not in the list of contents of "{name}"; it was read all the same.',
        )
        suggestion = Text(
            "要らない表なら、取り込みから外してください。", "Leave it out of the import if nobody needs it."
        )
        yield Problem(codes.CONTENTS_DIFFER, "warning", message, suggestion)
    for table in contents.missing:
        message = Text(
            f"「{name}」の一覧（gpkg_contents）にある表「{table}」が、ファイルの中にありません。",
            f'"{name}" lists the table "{table}", which is not in the file.',
        )
        suggestion = Text("元のデータをもう一度受け取ってください。", "Get the file again.")
        yield Problem(codes.CONTENTS_DIFFER, "error", message, suggestion)
    for table in contents.rasters:
        message = Text(
            f"「{table}」は画像のタイルなので、台帳としては読みませんでした。",
            f'"{table}" holds tiles of pictures and was not read as a ledger.',
        )
        suggestion = Text(
            "地図の背景にするには gis-capture raster add を使ってください。", "Use gis-capture raster add."
        )
        yield Problem(codes.CONTENTS_DIFFER, "info", message, suggestion)
