"""Files of a form become the files of one source."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from werkzeug.datastructures import FileStorage

from gis_capture.server.errors import RequestError
from gis_capture.text import Text

MAX_FILES = 12
MAX_NAME_BYTES = 200
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MAIN = (".shp", ".dbf")
_BESIDE = (".toml", ".cpy")


def save_source(files: Sequence[FileStorage], folder: Path) -> Path:
    """Saves the files of one source; gives the one to read.

    A layout of fixed records comes to lie beside its data under the data's name, whatever its own is.

    Raises:
        RequestError: No file, or several that do not belong together.
    """
    names = [safe_name(file.filename or "") for file in files]
    if not names or not all(names):
        raise RequestError(
            Text("取り込むファイルを選んでください。", 'Choose a file (a part named "file").'), code="no_file"
        )
    names = _with_layouts(names)
    data = [name for name in names if Path(name).suffix.lower() not in _BESIDE] or names
    if len({Path(name).stem for name in data}) > 1 or len(set(names)) < len(names) or len(names) > MAX_FILES:
        raise RequestError(
            Text(
                "一度に取り込める台帳は1つです。シェープファイルは .shp .shx .dbf .prj をまとめて選んでください。",
                "Only one ledger at a time. Of a shapefile choose .shp, .shx, .dbf and .prj together.",
            ),
            code="several_sources",
        )
    for file, name in zip(files, names, strict=True):
        file.save(folder / name)
    return folder / main_part(names)


def _with_layouts(names: Sequence[str]) -> list[str]:
    """Gives a layout the name under which it is found beside the only data; a copybook keeps its own."""
    data = {Path(name).stem for name in names if Path(name).suffix.lower() not in _BESIDE}
    if len(data) != 1:
        return list(names)
    return [f"{next(iter(data))}.toml" if Path(name).suffix.lower() == ".toml" else name for name in names]


def main_part(names: Iterable[str]) -> str:
    """Finds the file to read among the parts of a source."""
    by_suffix = {Path(name).suffix.lower(): name for name in names}
    others = {suffix: name for suffix, name in by_suffix.items() if suffix not in _BESIDE} or by_suffix
    return next((by_suffix[suffix] for suffix in _MAIN if suffix in by_suffix), next(iter(others.values())))


def safe_name(name: str) -> str:
    """Gives a file's own name without folders and signs that a file system might refuse; Japanese stays.

    A name of which nothing is left gives "".
    """
    own = _FORBIDDEN.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .")
    if _DEVICES.fullmatch(own):
        own = f"_{own}"
    stem, dot, suffix = own.rpartition(".")
    stem, suffix = (stem, dot + suffix) if dot and len(suffix) <= 10 else (own, "")
    room = MAX_NAME_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore") + suffix
