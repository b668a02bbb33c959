"""Photos that a returned file names by their paths, as QGIS and QField keep them, become attachments."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from gis_capture.model import Attachment, Layer, Problem
from gis_capture.sync.attachments import AttachmentFolder, sniff_media_type
from gis_capture.sync.checkin import codes
from gis_capture.text import Text

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
MAX_PHOTOS_TOLD = 20
"""Photos of one kind of problem that are told one by one in a layer."""
MAX_PHOTOS_OF_CHANGE = 100
_MAX_PATH, _BLOCK_BYTES = 1_000, 1 << 20
_ELSEWHERE = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_ABSOLUTE = re.compile(r"/|[a-z]:|file:", re.IGNORECASE)


def is_picture_path(value: object) -> bool:
    """Whether a value names a picture beside the file; an address on the web is none."""
    if not isinstance(value, str) or len(value) > _MAX_PATH or "\0" in value:
        return False
    return value.strip().lower().endswith(SUFFIXES) and not _ELSEWHERE.match(value.strip())


@dataclass(slots=True)
class Photos:
    """The pictures beside a returned file.

    Attributes:
        folder: From which the paths lead; nothing outside it is read.
        attachments: Where they are to be kept; nothing is written before `keep`.
        problems: What was told of them, after `tell_rest`.
    """

    folder: Path
    attachments: AttachmentFolder
    problems: list[Problem] = field(default_factory=list)
    _found: dict[str, Attachment | Problem] = field(default_factory=dict)
    _paths: dict[str, Path] = field(default_factory=dict)
    _told: dict[tuple[str, str], int] = field(default_factory=dict)

    def of_row(
        self, texts: Collection[str], layer: Layer, row: object, known: Collection[Attachment]
    ) -> tuple[Attachment, ...]:
        """The pictures that a row names and that do not belong to its feature already, by their bytes."""
        hashes, names = {one.sha256 for one in known}, {one.name for one in known}
        new: dict[str, Attachment] = {}
        for text in texts:
            found = self._find(text.strip(), layer, row)
            if isinstance(found, Attachment):
                if found.sha256 not in hashes:
                    new.setdefault(found.sha256, found)
            elif _name(text) not in names:
                self._tell(found, layer)
        return tuple(new.values())[:MAX_PHOTOS_OF_CHANGE]

    def tell_rest(self, layer: Layer) -> None:
        """Tells how many more of a layer there are than were told one by one."""
        for (key, _), n in self._told.items():
            if key == layer.key and n > MAX_PHOTOS_TOLD:
                more: dict[str, Any] = {"layer": layer.title, "n": n - MAX_PHOTOS_TOLD}
                self.problems.append(codes.problem(codes.PHOTOS_MORE, **more))

    def keep(self) -> None:
        """Stores the bytes of all that were found.

        Raises:
            SyncError: A picture was changed since it was looked at (code `hash_mismatch`).
            SourceError: It went away.
        """
        for sha256, path in self._paths.items():
            if self.attachments.is_here(sha256):
                continue
            try:
                self.attachments.receive(sha256, _blocks(path), start=0, total=path.stat().st_size)
            except FileNotFoundError as error:
                gone = Text("読んでいるあいだになくなりました", "it went away while it was read")
                raise codes.error(codes.FILE_UNREADABLE, file=path.name, reason=gone) from error

    def _find(self, text: str, layer: Layer, row: object) -> Attachment | Problem:
        if isinstance(found := self._found.get(text), Attachment):
            return found
        about: dict[str, Any] = {"layer": layer.title, "row": row, "path": text[:200]}
        try:
            path = self._locate(text)
            if path is None:
                return codes.problem(codes.PHOTO_OUTSIDE, **about)
            size = path.stat().st_size
            if size > self.attachments.max_bytes:
                limit = f"{self.attachments.max_bytes / 1e6:,.0f}"
                return codes.problem(codes.PHOTO_TOO_LARGE, size=f"{size / 1e6:,.1f}", limit=limit, **about)
            digest, head = hashlib.sha256(), b""
            for block in _blocks(path):
                head = head or block[:32]
                digest.update(block)
        except (OSError, ValueError):
            return codes.problem(codes.PHOTO_MISSING, **about)
        media_type = sniff_media_type(head)
        if not media_type.startswith("image/"):
            return codes.problem(codes.PHOTO_NO_PICTURE, **about)
        sha256 = digest.hexdigest()
        self._paths[sha256] = path
        made = self._found[text] = Attachment(sha256, _name(text), size, media_type)
        return made

    def _locate(self, text: str) -> Path | None:
        """The file that a path leads to; None where it leads out of the folder."""
        way = text.replace("\\", "/")
        if _ABSOLUTE.match(way) or ".." in PurePosixPath(way).parts:
            return None
        root = self.folder.resolve()
        for form in (way, unicodedata.normalize("NFC", way), unicodedata.normalize("NFD", way)):
            path = (root / form).resolve()
            if not path.is_relative_to(root):
                return None
            if path.is_file():
                return path
        raise FileNotFoundError(text)

    def _tell(self, problem: Problem, layer: Layer) -> None:
        key = (layer.key, problem.code)
        self._told[key] = self._told.get(key, 0) + 1
        if self._told[key] <= MAX_PHOTOS_TOLD:
            self.problems.append(problem)


def _name(text: str) -> str:
    """The file's own name, as JSON can hold it."""
    name = PurePosixPath(text.strip().replace("\\", "/")).name
    return name[-200:].encode("utf-8", "replace").decode()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block
