"""The scanned ledgers of a workspace, one folder each.

scanned/ID/original.pdf, job.json      what came, and from whom
           read/ledger.json, page-*    what was read: straightened pages, tables, cells
           progress.json               how far it is read
           problem.json                why it could not be read
           decisions.jsonl             what people decided on cells; it only grows
           finished.xlsx, .json        the confirmed tables, as an ordinary source
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gis_capture.durability import held, replace_durably
from gis_capture.errors import CaptureError, SourceError
from gis_capture.paper import codes
from gis_capture.paper.extra import demand_extra
from gis_capture.paper.ledgers.table import FILE_NAME, ScannedLedger, ScannedPage, read_ledger
from gis_capture.paper.sheet import SCAN_SUFFIXES
from gis_capture.text import Text
from gis_capture.workspace.scanned.decisions import Choice, DecisionLog, Outcome, checked_text
from gis_capture.workspace.scanned.review import Review

MAX_SCAN_BYTES = 1_000_000_000
FINISHED = "finished.xlsx"
_ID = re.compile(r"[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class ScannedLedgers:
    """The scanned ledgers in a folder.

    Attributes:
        known: Gives what values are checked against, as the reading takes it.
    """

    folder: Path
    clock: Callable[[], str]
    new_id: Callable[[], str]
    known: Callable[[], Any] = lambda: None

    def take(self, scan: Path, *, name: str, author: str = "") -> str:
        """Takes a copy of a scan in, to be read; gives its id.

        Raises:
            SourceError: It is of no format that is read, too large, or not there.
            ResourceError: The extra `paper` is missing.
        """
        demand_extra()
        suffix = Path(name).suffix.lower()
        try:
            if suffix not in SCAN_SUFFIXES or scan.stat().st_size > MAX_SCAN_BYTES:
                raise OSError(f"{suffix}, {scan.stat().st_size:,} bytes")
            scan_id = self.new_id()
            folder = self.folder / scan_id
            folder.mkdir(parents=True)
            shutil.copyfile(scan, folder / f"original{suffix}")
        except OSError as error:
            raise SourceError(
                Text(
                    f"「{name}」は読み取れません({error})。PDF・JPEG・PNG・TIFF のスキャンを選んでください。",
                    f'"{name}" cannot be read ({error}): choose a scan as PDF, JPEG, PNG or TIFF.',
                ),
                path=scan,
                code=codes.SCAN_BROKEN,
            ) from error
        job = {"original": f"original{suffix}", "name": name, "author": author, "taken_at": self.clock()}
        _write(folder, "job.json", job)
        return scan_id

    def read(self, scan_id: str, on_progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
        """Reads what was taken, unless that is done; what was cut goes on. Gives what is known of it then.

        Raises:
            SourceError: There is none of this id, or it was taken away meanwhile.
        """
        folder, job = self._folder(scan_id), self._job(scan_id)

        def report(done: int, total: int) -> None:
            with suppress(OSError):
                _write(folder, "progress.json", {"n_done": done, "n_total": total})
            if on_progress:
                on_progress(done, total)

        def is_unwanted() -> bool:
            return not (folder / "job.json").is_file()

        with held(folder / "lock") as is_ours:
            # Where it is not, another process reads it.
            if is_ours and not self._is_done(folder):
                (folder / "read").mkdir(exist_ok=True)
                try:
                    reader().read_scan(
                        folder / job["original"],
                        folder / "read",
                        known=self.known(),
                        on_progress=report,
                        is_cancelled=is_unwanted,
                    )
                except CaptureError as error:
                    if not is_unwanted():
                        code = str(error.subject.get("code") or type(error).__name__)
                        _write(folder, "problem.json", {"code": code, **error.message.to_json()})
            if is_unwanted():
                shutil.rmtree(folder, ignore_errors=True)
                raise _unknown(scan_id)
        return self.get(scan_id)

    def get(self, scan_id: str) -> dict[str, Any]:
        """Tells of one of them.

        Returns:
            `{"scan_id", "name", "author", "taken_at", "state", "n_done", "n_total", "problem", "finished", …}`; `state`
            is "waiting", "failed" or "read", and then there are `pages`, `tables` and the counts of `Review.counts`.

        Raises:
            SourceError: There is none of this id.
        """
        folder, job = self._folder(scan_id), self._job(scan_id)
        about: dict[str, Any] = {"scan_id": scan_id, **{key: job[key] for key in ("name", "author", "taken_at")}}
        about |= {"n_done": 0, "n_total": 0, **(_read(folder, "progress.json") or {})}
        about |= {"problem": _read(folder, "problem.json"), "finished": _read(folder, "finished.json")}
        if not (folder / "read" / FILE_NAME).is_file():
            return about | {"state": "failed" if about["problem"] else "waiting"}
        try:
            review = self.review(scan_id)
        except SourceError as error:
            return about | {"state": "failed", "problem": {"code": codes.SCAN_DAMAGED, **error.message.to_json()}}
        return about | {"state": "read", "pages": _pages(review), "tables": _tables(review), **_counts(review)}

    def list(self) -> list[dict[str, Any]]:
        """Tells of all of them, newest first."""
        return [self.get(one) for one in sorted(self._ids(), reverse=True)]

    def waiting(self) -> Sequence[str]:
        """The ids of those that are not read yet, oldest first."""
        return [one for one in sorted(self._ids()) if not self._is_done(self.folder / one)]

    def remove(self, scan_id: str) -> None:
        """Takes one away with its decisions, and stops its reading; what was imported of it stays."""
        folder = self._folder(scan_id)
        (folder / "job.json").unlink()
        shutil.rmtree(folder, ignore_errors=True)

    def review(self, scan_id: str) -> Review:
        """What was read of it and decided so far.

        Raises:
            SourceError: There is none of this id, or it is not read.
        """
        folder = self._folder(scan_id)
        return Review(_ledger_in(folder / "read"), DecisionLog(folder / "decisions.jsonl").read())

    def decide(self, scan_id: str, choices: Sequence[Choice], *, seen: int, author: str) -> Outcome:
        """Keeps choices with their author.

        Args:
            scan_id: Of the ledger.
            choices: All on cells that there are.
            seen: How many decisions the author had seen; a cell that somebody decided otherwise since stays.
            author: Who decides.

        Raises:
            SourceError: There is no such ledger or cell, or a text is none.
        """
        review = self.review(scan_id)
        for choice in choices:
            if choice.place not in review.by_place:
                raise _unknown(f"{scan_id} {tuple(choice.place)}")
        checked = [Choice(one.place, None if one.text is None else checked_text(one.text)) for one in choices]
        log = DecisionLog(self._folder(scan_id) / "decisions.jsonl")
        return log.add(checked, seen=seen, author=author, at=self.clock())

    def finish(self, scan_id: str, *, author: str) -> dict[str, Any]:
        """Writes the confirmed tables as a workbook that is read like any ledger; gives `{"file_name", "n_rows", …}`.

        Raises:
            SourceError: Cells wait for a person (`scanned_open`), or there is no table.
        """
        folder, review = self._folder(scan_id), self.review(scan_id)
        if n_open := len(review.open_places()):
            raise SourceError(
                Text(
                    f"確かめていないマスが {n_open:,}あります。すべて確かめてから台帳にしてください。",
                    f"{n_open:,} cells wait to be confirmed: confirm them all first.",
                ),
                path=folder,
                code=codes.SCANNED_OPEN,
            )
        if not review.ledger.tables:
            raise SourceError(
                Text("表が見つかっていないので、台帳にできません。", "No table was found on it."),
                path=folder,
                code=codes.SCANNED_EMPTY,
            )
        # Imported here, because openpyxl takes long to load.
        from gis_capture.workspace.scanned.finishing import write_source

        unfinished = folder / f"{FINISHED}.new"
        n_rows = write_source(review, unfinished, scan_id=scan_id)
        replace_durably(unfinished, folder / FINISHED)
        made = {
            "file_name": f"{Path(self._job(scan_id)['name']).stem}.xlsx",
            "n_rows": n_rows,
            "author": author,
            "at": self.clock(),
            "n_decisions": len(review.decisions),
        }
        _write(folder, "finished.json", made)
        return made

    def finished(self, scan_id: str) -> tuple[Path, str]:
        """The workbook of the confirmed tables, and the name under which it goes out.

        Raises:
            SourceError: It is not finished.
        """
        folder = self._folder(scan_id)
        made = _read(folder, "finished.json")
        if made is None or not (folder / FINISHED).is_file():
            raise SourceError(
                Text("まだ台帳になっていません。", "It is not finished yet."), path=folder, code=codes.SCANNED_OPEN
            )
        return folder / FINISHED, str(made["file_name"])

    def page(self, scan_id: str, number: int) -> tuple[Path, ScannedPage]:
        """The picture of a straightened page.

        Raises:
            SourceError: There is none.
        """
        folder = self._folder(scan_id) / "read"
        for page in _ledger_in(folder).pages:
            if page.number == number and (folder / page.picture).is_file():
                return folder / page.picture, page
        raise _unknown(f"{scan_id} p{number}")

    def name_of(self, scan_id: str) -> str | None:
        """The name of the file that came; None where there is no such ledger any more."""
        try:
            return str(self._job(scan_id)["name"])
        except SourceError:
            return None

    def has_any(self) -> bool:
        """Whether any ledger came on paper and was kept."""
        return next(self._ids(), None) is not None

    def _ids(self) -> Iterator[str]:
        for one in self.folder.glob("*"):
            if _ID.fullmatch(one.name) and (one / "job.json").is_file():
                yield one.name

    def _folder(self, scan_id: str) -> Path:
        folder = self.folder / scan_id
        if not _ID.fullmatch(scan_id) or not (folder / "job.json").is_file():
            raise _unknown(scan_id)
        return folder

    def _job(self, scan_id: str) -> Mapping[str, Any]:
        job = _read(self._folder(scan_id), "job.json")
        if job is None:
            raise _unknown(scan_id)
        return job

    @staticmethod
    def _is_done(folder: Path) -> bool:
        return (folder / "read" / FILE_NAME).is_file() or (folder / "problem.json").is_file()


def reader() -> Any:
    """What reads scans; its libraries are an extra."""
    from gis_capture.paper.ledgers import scan

    return scan


def _ledger_in(folder: Path) -> ScannedLedger:
    try:
        state = (folder / FILE_NAME).stat().st_mtime_ns
    except OSError:
        state = 0
    return _cached(folder, state)


@lru_cache(maxsize=4)
def _cached(folder: Path, _: int) -> ScannedLedger:
    return read_ledger(folder)


def _counts(review: Review) -> dict[str, int]:
    return {**review.counts(), "n_decisions": len(review.decisions)}


def _pages(review: Review) -> list[dict[str, Any]]:
    names = ("number", "width_px", "height_px", "dpi", "state")
    return [{name: getattr(page, name) for name in names} for page in review.ledger.pages]


def _tables(review: Review) -> list[dict[str, Any]]:
    return [
        {
            "title": table.title,
            **{name: getattr(table, name) for name in ("n_rows", "n_columns", "header_rows")},
            "columns": review.column_titles(number),
            **review.counts(number),
        }
        for number, table in enumerate(review.ledger.tables)
    ]


def _read(folder: Path, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _write(folder: Path, name: str, document: Mapping[str, Any]) -> None:
    unfinished = folder / f"{name}.new"
    unfinished.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    replace_durably(unfinished, folder / name)


def _unknown(name: str) -> SourceError:
    return SourceError(
        Text(f"読み取った台帳「{name[:80]}」はありません。", f'There is no scanned ledger "{name[:80]}".'),
        path=Path(name[:80]),
        code=codes.SCANNED_UNKNOWN,
    )
