"""Opens a source: is it there, how large is it, and what do its first bytes say it is."""

import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gis_capture.errors import SourceError
from gis_capture.ledger.files import hash_source
from gis_capture.ledger.limits import Limits
from gis_capture.ledger.recipes.recipe import Recipe
from gis_capture.ledger.table import Source
from gis_capture.text import Text

_HEAD_BYTES = 1 << 16
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What reading damaged containers, and the XML in them, raises."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Refused(Exception):
    """What is whole, but is not read: for what it could do to the program; `reason` says what was found."""

    def __init__(self, reason: Text) -> None:
        """Keeps the reason."""
        super().__init__(reason.en)
        self.reason = reason


DOCTYPE = Text(
    "文書型宣言（DOCTYPE）が入っています。ほかのファイルを読ませたり、際限なく膨らんだりできる書き方です",
    "it holds a document type (DOCTYPE), by which a file can have others read or grow without end",
)


@dataclass(frozen=True)
class Opened:
    """A source that exists and is not too large.

    Attributes:
        head: Its first 64 KiB.
        recipe: What it is read by.
        layout: How records of a fixed length are cut.
    """

    path: Path
    head: bytes
    size_bytes: int
    limits: Limits
    recipe: Recipe | None = None
    layout: Path | None = None

    @cached_property
    def sha256(self) -> str:
        """Hash of the whole file, or of all files of a folder, in hexadecimal."""
        return hash_source(self.path)

    @property
    def suffix(self) -> str:
        """Extension in lower case, with the dot."""
        return self.path.suffix.lower()

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder; it has no bytes of its own then."""
        return self.path.is_dir()

    @property
    def is_ole(self) -> bool:
        """Whether this is a compound file: an old workbook, or an encrypted new one."""
        return self.head.startswith(_OLE)

    @cached_property
    def zip_names(self) -> frozenset[str]:
        """Names inside a zip container; empty for other files. Raises SourceError for broken and oversized ones."""
        if not self.head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return frozenset()
        try:
            with zipfile.ZipFile(self.path) as archive:
                entries = archive.infolist()
        except ZIP_ERRORS as error:
            raise broken(self.path, str(error)) from error
        check_zip(self.path, entries, self.limits)
        return frozenset(entry.filename for entry in entries)

    def check_size(self, n_rows: int, n_columns: int = 1) -> None:
        """Raises SourceError for a table beyond the limits of rows or cells."""
        limits, n_cells = self.limits, n_rows * n_columns
        if n_rows > limits.max_rows:
            raise too_large(self.path, f"{n_rows:,} rows", f"{limits.max_rows:,} rows")
        if n_cells > limits.max_cells:
            raise too_large(self.path, f"{n_cells:,} cells", f"{limits.max_cells:,} cells")

    def check_sheet(self, n_rows: int, n_columns: int) -> None:
        """Raises SourceError for a sheet of more cells than the limit, blank ones between others counted."""
        n_cells, limit = n_rows * n_columns, self.limits.max_sheet_cells
        if n_cells > limit:
            raise too_large(self.path, f"{n_cells:,} cells", f"{limit:,} cells")

    def source(self, driver: str, encoding: str | None = None) -> Source:
        """Describes this source as read by a driver."""
        return Source(self.path, driver, encoding, self.sha256, self.recipe)


def open_source(path: Path, limits: Limits, recipe: Recipe | None = None, *, layout: Path | None = None) -> Opened:
    """Opens a file or a folder; raises SourceError when it is missing, unreadable, too large or no file."""
    if not path.exists():
        raise SourceError(
            Text(
                f"ファイル「{path}」が見つかりません。場所と名前を確かめてください。",
                f'There is no file "{path}". Check its place and name.',
            ),
            path=path,
        )
    if path.is_dir():
        return Opened(path, b"", 0, limits, recipe)
    if not path.is_file():
        raise SourceError(
            Text(
                f"「{path}」はファイルではありません（パイプや装置です）。ファイルを指定してください。",
                f'"{path}" is no file but a pipe or a device. Name a file.',
            ),
            path=path,
        )
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise SourceError(
            Text(
                f"「{path.name}」を開けません（{error.strerror}）。ほかのソフトで開いていれば閉じてください。",
                f'"{path.name}" cannot be opened ({error.strerror}). Close it in other programs.',
            ),
            path=path,
        ) from error
    if size > limits.max_source_bytes:
        raise too_large(path, size_text(size), size_text(limits.max_source_bytes))
    return Opened(path, head, size, limits, recipe, layout)


def check_zip(path: Path, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuses containers that are encrypted or unpack to more than the limits; raises SourceError."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted(path)
    if len(entries) > limits.max_entries:
        raise too_large(path, f"{len(entries):,} files", f"{limits.max_entries:,} files")
    if unpacked > limits.max_unpacked_bytes:
        raise too_large(path, size_text(unpacked), size_text(limits.max_unpacked_bytes))
    if unpacked > 50 << 20 and unpacked / packed > limits.max_unpacked_ratio:
        raise too_large(path, f"{unpacked / packed:,.0f} times unpacked", f"{limits.max_unpacked_ratio:,} times")


def broken(path: Path, detail: str | Text) -> SourceError:
    """The error for a file that is not whole; a detail in English alone, as libraries give it, stays in the English."""
    ja = f"（{detail.ja}）" if isinstance(detail, Text) else ""
    en = detail.en if isinstance(detail, Text) else detail
    return SourceError(
        Text(
            f"「{path.name}」は壊れているか、途中で切れています{ja}。元のソフトで開いて保存し直してください。",
            f'"{path.name}" is broken or cut off ({en}). Open it in the program it came from and save it again.',
        ),
        path=path,
    )


def refused_for(path: Path, reason: Text) -> SourceError:
    """The error for a file that is whole, but is not read for what it could do."""
    return SourceError(
        Text(
            f"「{path.name}」は安全のため読み込みません：{reason.ja}。元のソフトから書き出し直してください。",
            f'"{path.name}" is not read, to be safe: {reason.en}. Export it again from the program it came from.',
        ),
        path=path,
    )


def encrypted(path: Path) -> SourceError:
    """The error for a file that needs a password."""
    return SourceError(
        Text(
            f"「{path.name}」はパスワードで保護されています。パスワードを外して保存し直してください。",
            f'"{path.name}" is protected by a password. Save it without one.',
        ),
        path=path,
    )


_UNITS = {
    "rows": "行",
    "records": "件",
    "cells": "セル",
    "columns": "列",
    "files": "ファイル",
    "pages": "ページ",
    "tables": "表",
    "characters": "文字",
    "levels": "段",
    "times unpacked": "倍に膨らむ圧縮",
    "times": "倍",
    "unpacked": "展開後の大きさ",
    "shared strings": "共有文字列",
}


def too_large(path: Path, found: str, limit: str) -> SourceError:
    """The error for a file beyond the limits, such as ("70,000 rows", "50,000 rows")."""
    ja_found, ja_limit = _in_japanese(found), _in_japanese(limit)
    return SourceError(
        Text(
            f"「{path.name}」は大きすぎます（{ja_found}、上限{ja_limit}）。分けて保存してください。",
            f'"{path.name}" is too large ({found}; the limit is {limit}). Split it.',
        ),
        path=path,
    )


def size_text(n_bytes: int) -> str:
    """A size as people say it: "3 MB", "120 KB"."""
    return f"{n_bytes / 2**20:,.0f} MB" if n_bytes >= 10 << 20 else f"{-(-n_bytes // 1024):,} KB"


def _in_japanese(amount: str) -> str:
    for en, ja in _UNITS.items():
        amount = amount.replace(f" {en}", ja).replace(en, ja)
    return amount


def nothing_in(path: Path) -> Text:
    """Says that a source holds no table; of a file without a single byte, that it is empty."""
    if path.is_file() and path.stat().st_size == 0:
        return Text(
            f"「{path.name}」は空のファイルです（0バイト）。元のファイルを確かめてください。",
            f'"{path.name}" is an empty file (0 bytes). Look at the file it was copied from.',
        )
    return Text(f"「{path.name}」に表が見つかりません。", f'"{path.name}" holds no table.')


def unknown(path: Path, what: Text) -> SourceError:
    """The error for a file of a kind that is not read; `what` says which kind it is."""
    return SourceError(
        Text(
            f"「{path.name}」は{what.ja}なので、台帳として読み取れません。Excel・CSV・シェープファイルなどで保存し直してください。",
            f'"{path.name}" is {what.en} and cannot be read as a ledger. Save it as a workbook, CSV or shapefile.',
        ),
        path=path,
    )
