"""Uploads on their way into a layer: known to all processes until they are in the store, one conversion at a time."""

import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from logging import getLogger
from pathlib import Path
from typing import Any

from gis_capture.cores import background
from gis_capture.errors import CaptureError, SourceError
from gis_capture.locate.said import Said
from gis_capture.server.choices import place_rule
from gis_capture.server.errors import NotFoundError, StateError
from gis_capture.server.import_answers import Upload, import_to_json, result_of
from gis_capture.server.shared_jobs import Jobs
from gis_capture.text import LANGUAGES, Text
from gis_capture.workspace import Workspace
from gis_capture.workspace.reimport import NO_EARLIER_VERSION, Reimport

logger = getLogger(__name__)
MAX_WAITING = 50
FORGOTTEN_AFTER_S = 86_400
NOTED_SHARE = 0.01
"""How much further a conversion is when that is written down."""
_CRASHED = Text(
    "思わぬ問題で取り込めませんでした。何も登録していません。サーバーの記録を担当者に見せてください。",
    "The import failed unexpectedly. Nothing was stored. Show the server's log to whoever looks after it.",
)
_CUT = Text(
    "取り込みの途中でサーバーが止まりました。何も登録していません。もう一度取り込んでください。",
    "The server stopped in the midst of the import. Nothing was stored: begin it once more.",
)


@dataclass(slots=True)
class ImportsDesk:
    """Takes uploads, converts them in the background, and knows the state of every import."""

    workspace: Workspace
    jobs: Jobs
    _worker: ThreadPoolExecutor = field(default_factory=partial(background, "import"))

    def __post_init__(self) -> None:
        # What is new may be another server's.
        forgotten_before_s = time.time() - FORGOTTEN_AFTER_S
        for path in self.workspace.folder.uploads_dir.glob("*"):
            with suppress(OSError):
                if path.stat().st_mtime < forgotten_before_s:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        with self.jobs.alone():
            for upload in self._uploads().values():
                if upload.state != "running" and not upload.path.parent.is_dir():
                    self.jobs.drop(upload.import_id)

    def new_folder(self) -> tuple[str, Path]:
        """Makes the folder of a new upload; gives the import's id and the folder."""
        import_id = self.workspace.new_id()
        folder = self.workspace.folder.uploads_dir / import_id
        folder.mkdir(parents=True)
        return import_id, folder

    def add(self, import_id: str, path: Path, *, author: str, owner: str = "") -> Upload:
        """Keeps an upload that was inspected; the oldest waiting ones make room."""
        upload = Upload(import_id, path, self.workspace.clock(), author, owner=owner)
        with self.jobs.alone():
            self.jobs.put(import_id, upload.to_card(), is_mine=True)
            waiting = [other for other in self._uploads().values() if other.state != "running"]
            forgotten = waiting[:-MAX_WAITING]
            for other in forgotten:
                self.jobs.drop(other.import_id)
        for other in forgotten:
            self.drop_folder(other.path.parent)
        return upload

    def drop_folder(self, folder: Path) -> None:
        """Removes the files of an upload."""
        shutil.rmtree(folder, ignore_errors=True)

    def start(self, import_id: str, choice: Mapping[str, Any]) -> Upload:
        """Begins to convert an upload.

        Args:
            import_id: Of the upload.
            choice: Arguments of `Workspace.convert`; with `is_update`, of `Workspace.reimport`.

        Raises:
            NotFoundError: There is no such upload.
            StateError: It is being converted or has been.
        """
        with self.jobs.alone():
            upload = self._upload(import_id)
            if upload is None and self._stored(import_id) is None:
                raise _unknown()
            if upload is None or upload.state not in ("inspected", "failed"):
                raise _under_way(import_id)
            upload.state, upload.progress, upload.problem = "running", 0.0, None
            upload.layer = choice.get("layer")
            self.jobs.put(import_id, upload.to_card(), is_mine=True)
        self._worker.submit(self._convert, upload, dict(choice))
        return upload

    def waiting(self, import_id: str) -> Path:
        """The source of an upload that is not being converted.

        Raises:
            NotFoundError: There is no such upload.
            StateError: It is being converted or has been.
        """
        upload = self._upload(import_id)
        if upload is None or upload.state not in ("inspected", "failed"):
            raise _unknown() if upload is None else _under_way(import_id)
        return upload.path

    def save_recipe(self, import_id: str, name: str, choice: Mapping[str, Any]) -> str:
        """Keeps how a source is read and where it goes; gives the name of the recipe.

        Raises:
            NotFoundError: There is no such upload or import, or no copy of its source.
        """
        upload, record = self._upload(import_id), self._stored(import_id)
        path = upload.path if upload else None
        if record is not None:
            # What is in the store may still be known as an upload, whose files are about to go.
            path = self.workspace.folder.sources_dir / str(record["sha256"]) / str(record["source_name"])
            given, placed = dict(record.get("given") or {}), record.get("placed_by") or {}
            if given.get("said"):
                given["said"] = Said.from_json(given["said"])
            names = {"place_by": "way", "against": "layers", "place_column": "column"}
            given |= {name: placed[key] for name, key in names.items() if placed.get(key)}
            choice = {**given, "layer": record["layer"], **choice}
        if path is None or not path.is_file():
            raise _unknown()
        kept = {key: choice[key] for key in ("layer", "table", "crs", "matches", "said") if choice.get(key)}
        inspection = self.workspace.inspect(path)
        recipe = self.workspace.make_recipe(inspection, name=name, place_by=place_rule(choice), **kept)
        return self.workspace.recipes.keep(recipe, name)

    def _convert(self, upload: Upload, choice: dict[str, Any]) -> None:
        def report(share: float) -> None:
            share = min(share, 0.99)
            if share >= upload.progress + NOTED_SHARE:
                upload.progress = share
                self._note(upload)

        with self.jobs.turn():
            self._convert_now(upload, choice, report)

    def _convert_now(self, upload: Upload, choice: dict[str, Any], report: Callable[[float], None]) -> None:
        try:
            identity: dict[str, Any] = {"import_id": upload.import_id, "author": upload.author, "on_progress": report}
            if choice.pop("is_update", False):
                for name in ("is_repeat_allowed", "is_list"):
                    choice.pop(name, None)
                done = self.workspace.reimport(upload.path, **identity, **choice)
                if done.import_id is None:
                    upload.result = {language: result_of(done, language) for language in LANGUAGES}
            else:
                self.workspace.convert(upload.path, **identity, **_without_update(choice))
        except CaptureError as error:
            self._fail(upload, str(error.subject.get("code") or type(error).__name__), error.message)
        except Exception:
            logger.exception("Import of %s failed", upload.path.name)
            self._fail(upload, "unexpected", _CRASHED)
        else:
            if upload.result is None:
                self.jobs.drop(upload.import_id)
            else:
                upload.state, upload.progress = "done", 1.0
                self._note(upload)
            self.drop_folder(upload.path.parent)

    def compare(self, import_id: str, choice: Mapping[str, Any]) -> Reimport | None:
        """Tells what an upload would change as the next version of a ledger; None = it is none.

        Args:
            import_id: Of the upload.
            choice: Arguments of `Workspace.reimport`.

        Raises:
            NotFoundError: There is no such upload.
            StateError: It is being converted or has been.
        """
        path = self.waiting(import_id)
        layer = choice.get("layer")
        if layer is not None and all(record["layer"] != layer for record in self.workspace.imports()):
            return None
        try:
            return self.workspace.reimport(path, is_dry_run=True, **choice)
        except SourceError as error:
            if error.subject.get("code") == NO_EARLIER_VERSION:
                return None
            raise

    def _fail(self, upload: Upload, code: str, message: Text) -> None:
        upload.state = "failed"
        upload.problem = {"code": code, "detail_ja": message.ja, "detail_en": message.en}
        self._note(upload)

    def _note(self, upload: Upload) -> None:
        """Tells the others how far it is; a disk that is full is no reason to stop."""
        with suppress(OSError):
            self.jobs.put(upload.import_id, upload.to_card(), is_mine=True)

    def _uploads(self) -> dict[str, Upload]:
        """All uploads, the oldest first."""
        found = {}
        for import_id, card in self.jobs.all().items():
            upload = Upload.from_card(card, self.workspace.folder.uploads_dir / import_id)
            if upload.state == "running" and self.jobs.is_lost(card):
                upload.state = "failed"
                upload.problem = {"code": "import_cut", "detail_ja": _CUT.ja, "detail_en": _CUT.en}
            found[import_id] = upload
        return found

    def _upload(self, import_id: str) -> Upload | None:
        return self._uploads().get(import_id)

    def owner(self, import_id: str) -> str | None:
        """Whose an upload is, as the id of an account; None for what is in the store, or is not there."""
        upload = self._upload(import_id)
        return upload.owner if upload and self._stored(import_id) is None else None

    def get(self, import_id: str, language: str) -> dict[str, Any]:
        """Gives the state of an import.

        Raises:
            NotFoundError: There is none of that id.
        """
        # Before the store is read: one that ends in between is then in both, not in neither.
        upload = self._upload(import_id)
        record = self._stored(import_id)
        if record is not None:
            return import_to_json(record, language)
        if upload is None:
            raise _unknown()
        return upload.to_json(language)

    def list(self, language: str, is_seen: Callable[[str], bool] = lambda owner: True) -> list[dict[str, Any]]:
        """Gives all imports, newest first; those under way before those in the store.

        Args:
            language: Of their words.
            is_seen: Tells by its owner whether an upload is among them.
        """
        # Before the store is read: one that ends in between is then in both, not in neither.
        uploads = self._uploads().values()
        waiting = [upload for upload in uploads if upload.state != "inspected" and is_seen(upload.owner)]
        stored = [import_to_json(record, language) for record in self.workspace.imports()]
        known = {record["import_id"] for record in stored}
        return [*(upload.to_json(language) for upload in reversed(waiting) if upload.import_id not in known), *stored]

    def _stored(self, import_id: str) -> dict[str, Any] | None:
        return next((record for record in self.workspace.imports() if record["import_id"] == import_id), None)


def _without_update(choice: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in choice.items() if name not in ("key", "base")}


def _under_way(import_id: str) -> StateError:
    return StateError(
        Text("この取り込みはもう始まっているか、終わっています。", "This import is running or done already."),
        import_id=import_id,
    )


def _unknown() -> NotFoundError:
    return NotFoundError(
        Text(
            "その取り込みはありません。サーバーを起動し直した場合は、もう一度ファイルを選んでください。",
            "There is no such import. If the server was restarted, choose the file again.",
        )
    )
