"""Copies of imported sources, known by their SHA-256."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from gis_capture.durability import replace_durably
from gis_capture.errors import SourceError
from gis_capture.text import Text

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_BLOCK_BYTES = 1 << 20


def keep_source(path: Path, sources_dir: Path, *, new_id: Callable[[], str]) -> Path:
    """Copies a source, with the other parts of a shapefile, to `<sources_dir>/<sha256>/<name>`; gives the copy.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        parts = source_parts(path)
        target = sources_dir / hash_files(parts)
        if not (target / path.name).is_file():
            unfinished = sources_dir / f"unfinished-{new_id()}"
            unfinished.mkdir(parents=True)
            for part in parts:
                shutil.copyfile(part, unfinished / part.name)
            if target.exists():
                # The same bytes came under another name before.
                for part in parts:
                    replace_durably(unfinished / part.name, target / part.name)
                unfinished.rmdir()
            else:
                replace_durably(unfinished, target)
    except OSError as error:
        raise SourceError(
            Text(
                f"「{path}」を読めません({error.strerror})。ファイルの場所と名前を確かめてください。",
                f'Cannot read "{path}" ({error.strerror}): check its place and name.',
            ),
            path=path,
        ) from error
    return target / path.name


def source_parts(path: Path) -> list[Path]:
    """The files of a source: one, or for a shapefile all that belong together."""
    if path.suffix.lower() not in SHAPEFILE_PARTS:
        return [path]
    others = [
        other
        for other in sorted(path.parent.iterdir())
        if other != path and other.stem == path.stem and other.suffix.lower() in SHAPEFILE_PARTS
    ]
    return [path, *others]


def hash_files(paths: list[Path]) -> str:
    """The SHA-256 of one file; of several that of their hashes in order."""
    hashes = []
    for path in paths:
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
        hashes.append(digest.hexdigest())
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
