"""How imports are told: those on their way, and those in the store."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gis_capture.server.shared_jobs import Card
from gis_capture.workspace.reimport import Reimport


@dataclass(slots=True)
class Upload:
    """A source that was uploaded, and how far it has come.

    Attributes:
        owner: Id of the account that sent it; until it is in the store it is that one's and the administrator's.
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
    owner: str = ""

    @classmethod
    def from_card(cls, card: Card, folder: Path) -> "Upload":
        """Reads what `to_card` gave; `folder` is that of the upload."""
        values = {name: value for name, value in card.items() if name != "worker"}
        return cls(**{**values, "path": folder / card["path"]})

    def to_card(self) -> Card:
        """What all processes may know of it."""
        return asdict(self) | {"path": self.path.name}

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
