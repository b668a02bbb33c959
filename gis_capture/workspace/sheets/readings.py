"""Scans of marked sheets that came back: read in a process with limits, each mark a proposal for a person to decide on.

sheets/readings/ID/scan.pdf, job.json     what came
                   result.json, *.jpg     what was read, with a picture of each mark
                   decisions.json         what a person made of each mark
"""

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.durability import held, replace_durably
from gis_capture.errors import SourceError
from gis_capture.ledger.apart import run_apart
from gis_capture.paper import codes
from gis_capture.paper.extra import demand_extra
from gis_capture.text import Text
from gis_capture.workspace.sheets.records import demand_held

MAX_SCAN_BYTES = 500_000_000
CPU_S = 900
MEMORY_BYTES = 6 << 30
_ID = re.compile(r"[0-9a-f-]{36}")
_PICTURE = re.compile(r"(page|mark)-[0-9]+(-[0-9]+)?\.jpg")
_TRIES = 200
_CRASHED = Text(
    "読み取りの途中で止まりました。ファイルが壊れているか、大きすぎます。",
    "Reading stopped on the way: the file is broken, or too large.",
)


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings in a folder.

    Attributes:
        sheets_dir: The sheets that were printed.
        epoch: Of the store, as it stands in the codes of sheets.
    """

    folder: Path
    sheets_dir: Path
    epoch: str
    clock: Callable[[], str]
    new_id: Callable[[], str]

    def take(self, scan: Path, *, name: str, author: str = "") -> str:
        """Takes a copy of a scan in, to be read; gives the id of the reading.

        Raises:
            SourceError: It is too large, or not there.
            ResourceError: The extra `paper` is missing.
        """
        demand_extra()
        try:
            if scan.stat().st_size > MAX_SCAN_BYTES:
                raise OSError(f"> {MAX_SCAN_BYTES:,} bytes")
            reading_id = self.new_id()
            folder = self.folder / reading_id
            folder.mkdir(parents=True)
            copy = folder / f"scan{scan.suffix.lower()[:6]}"
            shutil.copyfile(scan, copy)
        except OSError as error:
            raise SourceError(
                Text(f"「{scan.name}」を読めません({error})。", f'"{scan.name}" cannot be read: {error}'),
                path=scan,
                code=codes.SCAN_BROKEN,
            ) from error
        job = {"scan": str(copy.absolute()), "sheets": str(self.sheets_dir.absolute()), "epoch": self.epoch}
        about = {"name": name, "author": author, "taken_at": self.clock(), "target": str(folder.absolute())}
        (folder / "job.json").write_text(json.dumps({**job, **about}, ensure_ascii=False), encoding="utf-8")
        return reading_id

    def read(self, reading_id: str) -> dict[str, Any]:
        """Reads what was taken, unless that is done; gives the reading. One that was cut is begun again.

        Raises:
            SourceError: There is none of this id, or it was taken away meanwhile.
        """
        folder = self._folder(reading_id)
        with held(folder / "lock") as is_ours:
            if not is_ours:
                # Another worker reads it.
                return self.get(reading_id)
            if not (folder / "result.json").is_file():
                run_apart(
                    _program(folder / "job.json"),
                    cpu_s=CPU_S,
                    memory_bytes=MEMORY_BYTES,
                    is_wanted=(folder / "job.json").is_file,
                )
            if not (folder / "job.json").is_file():
                shutil.rmtree(folder, ignore_errors=True)
                raise _unknown(reading_id)
            if not (folder / "result.json").is_file():
                self._write(
                    folder, "result.json", {"pages": [], "error": {"code": codes.SCAN_BROKEN, **_CRASHED.to_json()}}
                )
        return self.get(reading_id)

    def get(self, reading_id: str) -> dict[str, Any]:
        """Gives a reading: `{"reading_id", "name", "author", "taken_at", "state", "n_pages_read", "pages", "error"}`.

        Each mark of a page has its `decision`, where there is one; `state` is "waiting" or "read".

        Raises:
            SourceError: There is none of this id.
        """
        folder = self._folder(reading_id)
        job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        about = {"reading_id": reading_id, **{key: job[key] for key in ("name", "author", "taken_at")}}
        try:
            result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            n_pages = 0
            with suppress(OSError, ValueError):
                n_pages = int((folder / "progress").read_text())
            return {**about, "state": "waiting", "n_pages_read": n_pages, "pages": [], "error": None}
        decisions = self._decisions(folder)
        for page in result["pages"]:
            for mark in page["marks"]:
                mark["decision"] = decisions.get(mark["mark_id"])
        n_pages = len(result["pages"])
        return {
            **about,
            "state": "read",
            "n_pages_read": n_pages,
            "pages": result["pages"],
            "error": result.get("error"),
        }

    def list(self) -> list[dict[str, Any]]:
        """Gives all readings, newest first."""
        return [self.get(one) for one in sorted(self._ids(), reverse=True)]

    def waiting(self) -> Sequence[str]:
        """The ids of those that are not read yet, oldest first."""
        return [one for one in sorted(self._ids()) if not (self.folder / one / "result.json").is_file()]

    def _ids(self) -> Iterator[str]:
        for one in self.folder.glob("*"):
            if _ID.fullmatch(one.name) and (one / "job.json").is_file():
                yield one.name

    def picture(self, reading_id: str, name: str) -> Path:
        """Where a picture of a page or a mark is.

        Raises:
            SourceError: There is none.
        """
        path = self._folder(reading_id) / name
        if not _PICTURE.fullmatch(name) or not path.is_file():
            raise _unknown(reading_id)
        return path

    def remove(self, reading_id: str) -> None:
        """Takes a reading away, with its proposals; what was accepted of them stays in the layers."""
        shutil.rmtree(self._folder(reading_id))

    def mark(self, reading_id: str, mark_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Gives the page and the mark of a proposal.

        Raises:
            SourceError: There is none.
        """
        for page in self.get(reading_id)["pages"]:
            for mark in page["marks"]:
                if mark["mark_id"] == mark_id:
                    return page, mark
        raise _unknown(f"{reading_id}/{mark_id}")

    @contextmanager
    def deciding(self, reading_id: str) -> Iterator[dict[str, Any]]:
        """Holds the decisions of a reading, by mark; what is put into them is kept when the block ends well."""
        folder = self._folder(reading_id)
        with held(folder / "deciding", n_tries=_TRIES) as is_ours:
            demand_held(is_ours, folder)
            decisions = self._decisions(folder)
            yield decisions
            self._write(folder, "decisions.json", decisions)

    def _folder(self, reading_id: str) -> Path:
        folder = self.folder / reading_id
        if not _ID.fullmatch(reading_id) or not (folder / "job.json").is_file():
            raise _unknown(reading_id)
        return folder

    @staticmethod
    def _decisions(folder: Path) -> dict[str, Any]:
        path = folder / "decisions.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return found

    @staticmethod
    def _write(folder: Path, name: str, document: dict[str, Any]) -> None:
        unfinished = folder / f"{name}.new"
        unfinished.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        replace_durably(unfinished, folder / name)


def _program(job: Path) -> list[str]:
    return [sys.executable, "-m", "gis_capture.paper.reading", str(job)]


def _unknown(name: str) -> SourceError:
    return SourceError(
        Text(f"読み取った調査図「{name[:80]}」はありません。", f'There is no reading "{name[:80]}" of a field sheet.'),
        path=Path(name[:80]),
        code="sheet_unknown",
    )
