"""Folders of ledgers, of drawings or of photos: every file in it is read as if it had been chosen alone."""

from gis_capture.errors import SourceError
from gis_capture.ledger.drivers.archive import read_nested
from gis_capture.ledger.drivers.collection import Entry, is_ignored, read_entries
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.files import files_in
from gis_capture.ledger.opening import Opened, size_text, too_large
from gis_capture.ledger.table import Reading
from gis_capture.text import Text


def accepts(opened: Opened) -> bool:
    """Whether the source is a folder."""
    return opened.is_folder


def read(opened: Opened) -> Reading:
    """Reads every ledger in the folder and below; links, pipes and devices are passed over."""
    entries: list[Entry] = []
    n_bytes = 0
    for path in files_in(opened.path):
        name = path.relative_to(opened.path)
        if is_ignored(name.parts):
            continue
        entries.append((name.as_posix(), path))
        n_bytes += path.stat().st_size
        if len(entries) > opened.limits.max_entries:
            raise too_large(opened.path, f"{len(entries):,} files", f"{opened.limits.max_entries:,} files")
        if n_bytes > opened.limits.max_source_bytes:
            raise too_large(opened.path, size_text(n_bytes), size_text(opened.limits.max_source_bytes))
    reading = read_entries(opened, entries, "folder", nested=lambda inner: read_nested(inner, depth=1))
    if not reading.tables:
        raise SourceError(
            Text(
                f"フォルダー「{opened.path.name}」に台帳がありません。台帳の入ったフォルダーか、ファイルを指定してください。",
                f'There is no ledger in the folder "{opened.path.name}". Name a folder that holds some, or a file.',
            ),
            path=opened.path,
        )
    return reading


DRIVER = Driver("folder", ("",), accepts, read)
