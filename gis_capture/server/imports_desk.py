"""Uploads on their way into a layer: kept in memory until they are in the store, one conversion at a time."""

import shutil
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from logging import getLogger
from pathlib import Path
from threading import Lock
from typing import Any

from gis_capture.errors import CaptureError, SourceError
from gis_capture.locate.said import Said
from gis_capture.server.choices import place_rule
from gis_capture.server.errors import NotFoundError, StateError
from gis_capture.text import LANGUAGES, Text
from gis_capture.workspace import Workspace
from gis_capture.workspace.reimport import NO_EARLIER_VERSION, Reimport

logger = getLogger(__name__)
MAX_WAITING = 50
FORGOTTEN_AFTER_S = 86_400
_CRASHED = Text(
    "思わぬ問題で取り込めませんでした。何も登録していません。サーバーの記録を担当者に見せてください。",
    "The import failed unexpectedly. Nothing was stored. Show the server's log to whoever looks after it.",
)


@dataclass(slots=True)
class Upload:
    """A source that was uploaded, and how far it has come.

    Attributes:
        result: By language, of a next version of a ledger that changed nothing, so that the store keeps no import.
    """

    import_id: str
    path: Path
    created_at: str
    author: str
    state: str = "inspected"
    progress: float = 0.0
    layer: str | None = None
    problem: dict[str, Any] | None = None
    result: dict[str, dict[str, Any]] | None = None

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives the form of `GET /imports/<import_id>`."""
        return {
            "import_id": self.import_id,
            "state": self.state,
            "progress": self.progress,
            "source_name": self.path.name,
            "layer": self.layer,
            "author": self.author,
            "created_at": self.created_at,
            "revision": None,
            "result": (self.result or {}).get(language),
            "problem": self.problem,
        }


@dataclass(slots=True)
class ImportsDesk:
    """Takes uploads, converts them in the background, and knows the state of every import."""

    workspace: Workspace
    _uploads: dict[str, Upload] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="import"))

    def __post_init__(self) -> None:
        # What was uploaded to a server that has stopped is known to nobody; what is new may be another server's.
        forgotten_before_s = time.time() - FORGOTTEN_AFTER_S
        for path in self.workspace.folder.uploads_dir.glob("*"):
            with suppress(OSError):
                if path.stat().st_mtime < forgotten_before_s:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    def new_folder(self) -> tuple[str, Path]:
        """Makes the folder of a new upload; gives the import's id and the folder."""
        import_id = self.workspace.new_id()
        folder = self.workspace.folder.uploads_dir / import_id
        folder.mkdir(parents=True)
        return import_id, folder

    def add(self, import_id: str, path: Path, *, author: str) -> Upload:
        """Keeps an upload that was inspected; the oldest waiting ones make room."""
        upload = Upload(import_id, path, self.workspace.clock(), author)
        with self._lock:
            self._uploads[import_id] = upload
            waiting = [other for other in self._uploads.values() if other.state in ("inspected", "failed")]
            forgotten = waiting[:-MAX_WAITING]
            for other in forgotten:
                del self._uploads[other.import_id]
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
        with self._lock:
            upload = self._uploads.get(import_id)
            if upload is None and self._stored(import_id) is None:
                raise _unknown()
            if upload is None or upload.state not in ("inspected", "failed"):
                raise _under_way(import_id)
            upload.state, upload.progress, upload.problem = "running", 0.0, None
            upload.layer = choice.get("layer")
        self._worker.submit(self._convert, upload, dict(choice))
        return upload

    def waiting(self, import_id: str) -> Path:
        """The source of an upload that is not being converted.

        Raises:
            NotFoundError: There is no such upload.
            StateError: It is being converted or has been.
        """
        with self._lock:
            upload = self._uploads.get(import_id)
        if upload is None or upload.state not in ("inspected", "failed"):
            raise _unknown() if upload is None else _under_way(import_id)
        return upload.path

    def save_recipe(self, import_id: str, name: str, choice: Mapping[str, Any]) -> str:
        """Keeps how a source is read and where it goes; gives the name of the recipe.

        Raises:
            NotFoundError: There is no such upload or import, or no copy of its source.
        """
        upload, record = self._uploads.get(import_id), self._stored(import_id)
        path = upload.path if upload else None
        if path is None and record is not None:
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
            upload.progress = min(max(share, upload.progress), 0.99)

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
            with self._lock:
                if upload.result is None:
                    self._uploads.pop(upload.import_id, None)
                else:
                    upload.state, upload.progress = "done", 1.0
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
        with self._lock:
            upload.state = "failed"
            upload.problem = {"code": code, "detail_ja": message.ja, "detail_en": message.en}

    def get(self, import_id: str, language: str) -> dict[str, Any]:
        """Gives the state of an import.

        Raises:
            NotFoundError: There is none of that id.
        """
        upload = self._uploads.get(import_id)
        record = self._stored(import_id)
        if record is not None:
            return import_to_json(record, language)
        if upload is None:
            raise _unknown()
        return upload.to_json(language)

    def list(self, language: str) -> list[dict[str, Any]]:
        """Gives all imports, newest first; those under way before those in the store."""
        # Before the store is read: one that ends in between is then in both, not in neither.
        with self._lock:
            waiting = [upload for upload in self._uploads.values() if upload.state != "inspected"]
        stored = [import_to_json(record, language) for record in self.workspace.imports()]
        known = {record["import_id"] for record in stored}
        return [*(upload.to_json(language) for upload in reversed(waiting) if upload.import_id not in known), *stored]

    def _stored(self, import_id: str) -> dict[str, Any] | None:
        return next((record for record in self.workspace.imports() if record["import_id"] == import_id), None)


def import_to_json(record: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Gives the form of `GET /imports/<import_id>` of an import in the store."""
    result = record.get("result_en") if language == "en" else None
    return {
        "import_id": record["import_id"],
        "state": record.get("state", "done"),
        "progress": 1.0,
        "source_name": record["source_name"],
        "layer": record["layer"],
        "author": record.get("author"),
        "created_at": record.get("created_at"),
        "undone_at": record.get("undone_at"),
        "updates": record.get("updates"),
        "revision": record.get("revision"),
        "result": result or record.get("result"),
        "problem": None,
        "kept": record.get("kept", []),
    }


def last_imports(records: Iterable[Mapping[str, Any]], language: str) -> dict[str, dict[str, Any]]:
    """Gives the newest import of each layer that was not undone, without its problems, which may be thousands.

    `records` are newest first.
    """
    newest: dict[str, dict[str, Any]] = {}
    for record in records:
        if not record.get("undone_at") and record["layer"] not in newest:
            document = import_to_json(record, language)
            result = document["result"] or {}
            document["result"] = {key: value for key, value in result.items() if key != "problems"} or None
            newest[record["layer"]] = document
    return newest


def result_of(reimport: Reimport, language: str) -> dict[str, Any]:
    """The account of a next version, in the form of a conversion's."""
    counts = {"base": reimport.base["import_id"], "key_columns": list(reimport.key_columns), **reimport.counts}
    return {**reimport.conversion.to_json(language), "update": counts}


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
