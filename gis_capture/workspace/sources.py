"""Copies of imported sources, known by their SHA-256."""

import shutil
from collections.abc import Callable
from pathlib import Path

from gis_capture.durability import replace_durably
from gis_capture.errors import SourceError
from gis_capture.ledger import copybook_of, files_in, hash_files, layout_beside
from gis_capture.text import Text

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".dbt", ".fpt")


def keep_source(path: Path, sources_dir: Path, *, new_id: Callable[[], str], layout: Path | None = None) -> Path:
    """Copies a source, with all that belongs to it, to `<sources_dir>/<sha256>/<name>`; gives the copy.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        parts = source_parts(path, layout)
        target = sources_dir / hash_files(list(parts), is_list=path.is_dir())
        if not all((target / name).is_file() for name in parts.values()):
            unfinished = sources_dir / f"unfinished-{new_id()}"
            unfinished.mkdir(parents=True)
            for part, name in parts.items():
                (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(part, unfinished / name)
            if target.exists():
                # The same bytes came under another name before.
                for name in parts.values():
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    replace_durably(unfinished / name, target / name)
                shutil.rmtree(unfinished)
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


def source_parts(path: Path, layout: Path | None = None) -> dict[Path, str]:
    """The files of a source, each with its name among the copies.

    Mostly one; of a shapefile all that belong together, of a folder all in it, with records of a fixed length
    their layout, under the name by which it is found beside them.
    """
    if path.is_dir():
        return {part: f"{path.name}/{part.relative_to(path).as_posix()}" for part in files_in(path)}
    parts = {path: path.name}
    if path.suffix.lower() in SHAPEFILE_PARTS:
        for other in sorted(path.parent.iterdir()):
            if other != path and other.stem == path.stem and other.suffix.lower() in SHAPEFILE_PARTS:
                parts[other] = other.name
    layout = layout or layout_beside(path)
    if layout is not None:
        parts[layout] = f"{path.stem}.toml"
        copybook = copybook_of(layout)
        if copybook is not None:
            parts[copybook] = copybook.name
    return parts
