"""Reads a scanned ledger in a process of its own, page by page: what is done is kept, so that a restart goes on."""

import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gis_capture.errors import ResourceError, SourceError
from gis_capture.ledger.apart import run_apart
from gis_capture.paper import codes
from gis_capture.paper.extra import demand_extra
from gis_capture.paper.ledgers.assembling import PageTable, assemble
from gis_capture.paper.ledgers.checks import Known
from gis_capture.paper.ledgers.table import ScannedLedger, ScannedPage, write_ledger
from gis_capture.text import Text

__all__ = ["Known", "read_scan"]
PAGE_S = 300
MAX_CPU_S = 40_000
MEMORY_BYTES = 6 << 30


def read_scan(
    path: Path,
    folder: Path,
    *,
    known: Known | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> ScannedLedger:
    """Reads a scan, and writes `ledger.json` and the straightened pages into a folder.

    Args:
        path: PDF, TIFF of several pages, JPEG, PNG or WebP.
        folder: Is made; pages that are in it already are not read again.
        known: What values are checked against.
        on_progress: Is told pages done and pages in all.
        is_cancelled: Is asked several times a second; pages done stay.

    Raises:
        SourceError: Not a picture, broken, too large, a page took too long; or cancelled (code "scan_cancelled").
        ResourceError: The extra `paper` or every engine is missing.
    """
    demand_extra()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "error.json").unlink(missing_ok=True)
    job = folder / "read-job.json"
    job.write_text(json.dumps({"scan": str(path.absolute()), "folder": str(folder.absolute())}), encoding="utf-8")
    watch = _Watch(folder, on_progress or (lambda done, total: None), is_cancelled or (lambda: False))
    ended = run_apart(
        [sys.executable, "-m", "gis_capture.paper.ledgers.reading", str(job)],
        cpu_s=MAX_CPU_S,
        memory_bytes=MEMORY_BYTES,
        is_wanted=watch,
    )
    watch.tell()
    job.unlink(missing_ok=True)
    if watch.is_cancelled():
        raise SourceError(
            Text(
                f"「{path.name}」の読み取りを中止しました({watch.n_done}ページまで済み)。もう一度読むと続きから始まります。",
                f'Reading "{path.name}" was cancelled after {watch.n_done} pages: read it again to go on from there.',
            ),
            path=path,
            code=codes.SCAN_CANCELLED,
        )
    _demand_good_end(path, folder, watch, ended.returncode)
    return _assembled(folder, known or Known())


class _Watch:
    """Whether the reading shall go on; tells how far it is."""

    def __init__(self, folder: Path, on_progress: Callable[[int, int], None], is_cancelled: Callable[[], bool]) -> None:
        self.folder, self.on_progress, self.is_cancelled = folder, on_progress, is_cancelled
        self.n_done, self.is_late, self._since = -1, False, time.monotonic()

    def __call__(self) -> bool:
        self.tell()
        self.is_late = time.monotonic() - self._since > PAGE_S
        return not self.is_late and not self.is_cancelled()

    def tell(self) -> None:
        n_done, n_pages = len([*self.folder.glob("page-*.json")]), 0
        with suppress(OSError, ValueError):
            n_pages = int((self.folder / "total").read_text())
        if n_done != self.n_done and n_pages:
            self.n_done, self._since = n_done, time.monotonic()
            self.on_progress(n_done, n_pages)


def _demand_good_end(path: Path, folder: Path, watch: _Watch, returncode: int) -> None:
    told = None
    with suppress(OSError, ValueError):
        told = json.loads((folder / "error.json").read_text(encoding="utf-8"))
    if told is not None:
        kind = ResourceError if told["kind"] == "ResourceError" else SourceError
        raise kind(Text.from_json(told), path=path, code=told["code"])
    page = watch.n_done + 1 if watch.n_done >= 0 else 1
    if watch.is_late:
        raise SourceError(
            Text(
                f"「{path.name}」の{page}ページ目に {PAGE_S}秒を超えてかかるため止めました。300dpi にしてください。",
                f'Page {page} of "{path.name}" took more than {PAGE_S} seconds: scan it at about 300 dpi.',
            ),
            path=path,
            code=codes.SCAN_LATE,
        )
    if returncode != 0:
        raise SourceError(
            Text(
                f"「{path.name}」の{page}ページ目で読み取りが止まりました。ファイルが壊れているか、大きすぎます。",
                f'Reading "{path.name}" stopped at page {page}: the file is broken, or too large.',
            ),
            path=path,
            code=codes.SCAN_BROKEN,
        )


def _assembled(folder: Path, known: Known) -> ScannedLedger:
    files = sorted(folder.glob("page-*.json"), key=lambda one: int(one.stem[5:]))
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    tables = assemble([[PageTable.from_json(one) for one in document["tables"]] for document in documents], known)
    engines = dict.fromkeys(one.engine for table in tables for cell in table.cells for one in cell.readings)
    ledger = ScannedLedger(tuple(ScannedPage(**document["page"]) for document in documents), tables, tuple(engines))
    write_ledger(ledger, folder)
    return ledger
