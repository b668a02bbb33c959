"""Files that were handed out to be edited elsewhere, and how they come back."""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from shapely import Geometry

from gis_capture.errors import CaptureError, StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.geopackage.files import put_in_place
from gis_capture.ledger import hash_files
from gis_capture.model import Problem
from gis_capture.store.checkout import Checkout, checkout_id_in, read_checkout, write_checkout
from gis_capture.store.export import refuse_store
from gis_capture.store.protocol import Store
from gis_capture.sync.attachments import AttachmentFolder
from gis_capture.sync.checkin import (
    LayerCounts,
    Photos,
    Plan,
    codes,
    is_delta_file,
    plan_checkin,
    plan_deltas,
    push_plan,
)
from gis_capture.text import Text
from gis_capture.workspace.returned_files import unpacked

FORMAT = "gis-capture.checkin/v1"
_MAX_NAMED = 10
_WAL_VERSION = 2


@dataclass(frozen=True, slots=True)
class Checkin:
    """What a returned file brought.

    Attributes:
        receipts: One for each change, those that had come before among them; none after a dry run.
        is_dry_run: Nothing was stored.
    """

    checkout_id: str
    layers: tuple[LayerCounts, ...]
    n_changes: int
    receipts: tuple[Mapping[str, Any], ...]
    problems: tuple[Problem, ...]
    is_dry_run: bool = False

    @property
    def counts(self) -> Counter[str]:
        """Number of receipts by status."""
        return Counter(str(receipt["status"]) for receipt in self.receipts)

    @property
    def needs_attention(self) -> bool:
        """Whether something wants a person's eye."""
        is_waiting = any(self.counts[status] for status in ("conflict", "held", "rejected"))
        return is_waiting or any(problem.severity != "info" for problem in self.problems)

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives `gis-capture.checkin/v1`."""
        return {
            "format": FORMAT,
            "checkout_id": self.checkout_id,
            "is_dry_run": self.is_dry_run,
            "n_changes": self.n_changes,
            "layers": [counts.to_json() for counts in self.layers],
            "counts": dict(self.counts),
            "receipts": list(self.receipts),
            "problems": [problem.to_json(language) for problem in self.problems],
        }


class Checkouts:
    """The folder of files that were handed out, each as it was then."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        *,
        clock: Callable[[], str],
        new_id: Callable[[], str],
        attachments: AttachmentFolder,
    ) -> None:
        self.folder, self._store, self._clock, self._new_id = folder, store, clock, new_id
        self._attachments = attachments

    def make(
        self,
        path: Path | None,
        layers: Sequence[str],
        *,
        author: str = "",
        area: Geometry | None = None,
        with_personal: bool = False,
    ) -> Checkout:
        """Writes a file to hand out; a copy stays here to compare with.

        Args:
            path: Of the file; None = only the copy is made, to be downloaded.
            layers: Keys; none = all of the store.
            author: Who takes it.
            area: In EPSG:4326; None = everywhere.
            with_personal: Whether fields with personal data are in it.

        Raises:
            LayerError: There is no such layer.
            StoreError: The file cannot be written, or is a store.
        """
        if path is not None:
            refuse_store(path)
        checkout_id = self._new_id()
        kept = self.folder / f"{checkout_id}.gpkg"
        try:
            self.folder.mkdir(exist_ok=True)
            checkout = write_checkout(
                kept,
                self._store,
                layers or [layer.key for layer in self._store.layers()],
                checkout_id=checkout_id,
                made_at=self._clock(),
                author=author,
                area=area,
                with_personal=with_personal,
            )
            if path is not None:
                _copy(kept, path)
        except BaseException as error:
            kept.unlink(missing_ok=True)
            if isinstance(error, OSError) and not isinstance(error, CaptureError):
                raise _not_written(path or kept, error) from error
            raise
        return checkout

    def list(self) -> list[Checkout]:
        """All that was handed out, newest first."""
        found = [read_checkout(path) for path in self.folder.glob("*.gpkg") if _is_id(path.stem)]
        return sorted(found, key=lambda one: (one.made_at, one.checkout_id), reverse=True)

    def get(self, checkout_id: str) -> Checkout:
        """What a file was cut from.

        Raises:
            SourceError: It was not handed out here (code `checkout_unknown`).
        """
        return read_checkout(self.path_of(checkout_id))

    def path_of(self, checkout_id: str) -> Path:
        """The file as it was handed out.

        Raises:
            SourceError: There is none (code `checkout_unknown`).
        """
        path = self.folder / f"{checkout_id}.gpkg"
        if not (_is_id(checkout_id) and path.is_file()):
            raise codes.error(codes.CHECKOUT_UNKNOWN, checkout_id=checkout_id)
        return path

    def n_taken(self, checkout_id: str) -> int:
        """How many changes have come back from a check-out, in files and journals."""
        device_id = self.get(checkout_id).device_id
        with self._store.snapshot() as moment:
            return sum(1 for one in (device_id, f"{device_id}:delta") for _ in moment.sync.changes(device_id=one))

    def forget(self, checkout_id: str) -> None:
        """Removes what a file would be compared with: it cannot be taken back in any more.

        Files that are kept because they hold values which became no changes stay.

        Raises:
            SourceError: It was not handed out here (code `checkout_unknown`).
        """
        self.path_of(checkout_id).unlink()

    def take(
        self,
        path: Path,
        *,
        checkout_id: str | None = None,
        photos: Path | None = None,
        author: str = "",
        is_dry_run: bool = False,
        are_deletions_allowed: bool = False,
        is_after_restore: bool = False,
        on_progress: Callable[[float], None] | None = None,
    ) -> Checkin:
        """Takes a file back in; the same file twice adds nothing.

        Args:
            path: The file as it came back, a ZIP of it with its photos, or the journal that QField kept of its edits.
            checkout_id: What it was cut from, where the file does not say it any more.
            photos: The folder from which the paths of photos lead; None = the one the file lies in.
            author: Who edited it; "" = who took it.
            is_dry_run: Nothing is stored.
            are_deletions_allowed: Also deletions of more than a fifth of a layer are meant.
            is_after_restore: The store was restored or moved meanwhile; changes are merged by the values they saw.
            on_progress: Called with the share that is done, 0 to 1.

        Raises:
            SourceError: The file is damaged, unknown here, or of another epoch.
        """
        with unpacked(path, self.folder) as file:
            plan, is_held_open = self._plan(
                file, checkout_id, photos or file.parent, are_deletions_allowed, is_after_restore
            )
            if is_held_open:
                plan.problems.append(codes.problem(codes.FILE_STILL_OPEN))
            if plan.left:
                self._keep_returned(file, plan, is_dry_run=is_dry_run)
            receipts: list[dict[str, Any]] = []
            if not is_dry_run:
                sender = author or plan.checkout.author
                receipts = push_plan(
                    self._store, plan, author=sender, clock=self._clock, new_id=self._new_id, on_progress=on_progress
                )
        return Checkin(
            plan.checkout.checkout_id,
            tuple(plan.layers),
            len(plan.bodies),
            tuple(receipts),
            tuple(plan.problems),
            is_dry_run=is_dry_run,
        )

    def _plan(
        self, path: Path, checkout_id: str | None, photos: Path, are_deletions_allowed: bool, is_after_restore: bool
    ) -> tuple[Plan, bool]:
        """What a file amounts to, and whether a program may still hold it open."""
        is_delta = path.is_file() and is_delta_file(path)
        is_held_open = path.is_file() and not is_delta and _is_held_open(path)
        found = None if is_delta else _checkout_named_in(path)
        named = checkout_id or found
        if named is None:
            known = ", ".join(one.checkout_id for one in self.list()[:_MAX_NAMED]) or "-"
            raise codes.error(codes.CHECKOUT_UNNAMED, file=path.name, known=known)
        base = self.path_of(named)
        checkout = read_checkout(base)
        if checkout.epoch != self._store.epoch and not is_after_restore:
            raise codes.error(codes.CHECKOUT_OTHER_EPOCH, file=path.name)
        is_by_value, found_photos = checkout.epoch != self._store.epoch, Photos(photos, self._attachments)
        if is_delta:
            plan = plan_deltas(self._store, path, checkout, base, is_by_value=is_by_value, photos=found_photos)
            return plan, False
        plan = plan_checkin(
            self._store,
            path,
            checkout,
            base,
            are_deletions_allowed=are_deletions_allowed,
            is_by_value=is_by_value,
            photos=found_photos,
        )
        return plan, is_held_open

    def _keep_returned(self, path: Path, plan: Plan, *, is_dry_run: bool) -> None:
        """Keeps a file that holds values which become no changes."""
        kept = self.folder / f"{plan.checkout.checkout_id}-{hash_files([path])[:16]}.returned"
        if not is_dry_run and not kept.exists():
            _copy(path, kept)
        for layer, column, n in plan.left:
            about: dict[str, Any] = {"layer": layer.title, "n": f"{n:,}", "kept": f"{self.folder.name}/{kept.name}"}
            plan.problems.append(codes.problem(codes.COLUMN_LEFT, column=column, **about))


def _checkout_named_in(path: Path) -> str | None:
    """What a file says it was cut from; None where it does not say.

    Raises:
        SourceError: Not a GeoPackage.
    """
    if not path.is_file():
        nothing = Text("ファイルがありません", "there is no such file")
        raise codes.error(codes.FILE_UNREADABLE, file=path.name, reason=nothing)
    try:
        with closing(connect(path, is_read_only=True)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone():
                other = Text("別の種類のデータベースです", "a database of another kind")
                raise codes.error(codes.FILE_UNREADABLE, file=path.name, reason=other)
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'gis_capture_meta'").fetchone():
                store = Text("作業フォルダーの本体です", "it is the store of a workspace")
                raise codes.error(codes.FILE_UNREADABLE, file=path.name, reason=store)
            return checkout_id_in(connection)
    except (StoreError, sqlite3.Error) as error:
        raise codes.error(codes.FILE_UNREADABLE, file=path.name, reason=_first_line(error)) from error


def _is_held_open(path: Path) -> bool:
    """Whether a program that writes beside the file (WAL) has not ended its work, and its journal is not here."""
    with path.open("rb") as file:
        header = file.read(20)
    journal = path.with_name(path.name + "-wal")
    return header[18:20] == bytes([_WAL_VERSION] * 2) and not journal.exists()


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, partial)
        put_in_place(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _first_line(error: Exception) -> str:
    return str(error.__cause__ or error).splitlines()[0][:200]


def _not_written(path: Path, error: OSError) -> StoreError:
    return StoreError(
        Text(
            f"「{path}」に書けません({error.strerror})。空き容量と、ほかに開いているプログラムを確かめてください。",
            f'"{path}" cannot be written ({error.strerror}). Check free space and programs that hold it.',
        ),
        path=path,
    )
