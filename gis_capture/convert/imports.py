"""Imports that a store remembers: no source twice by accident, and every import can be undone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gis_capture.convert.planning import Plan
from gis_capture.errors import SourceError, StoreError
from gis_capture.ledger import Reading
from gis_capture.ledger import codes as ledger_codes
from gis_capture.model import Text
from gis_capture.store.protocol import Author, Store


@dataclass(frozen=True, slots=True)
class Undo:
    """What undoing an import did.

    Attributes:
        n_removed: Features taken out of the layer.
        kept: Ids of features that stay, because somebody has edited them since.
        n_gone: Features that had been deleted before.
        n_taken_back: Features that got the values back which a re-import had changed.
        n_conflicts: Features where somebody has written such a value since; both are in a conflict record.
    """

    import_id: str
    n_removed: int
    kept: tuple[str, ...]
    n_gone: int
    revision: int
    n_taken_back: int = 0
    n_conflicts: int = 0

    def __add__(self, other: "Undo") -> "Undo":
        """What undoing both did; the import is the first one."""
        return Undo(
            self.import_id,
            self.n_removed + other.n_removed,
            self.kept + other.kept,
            self.n_gone + other.n_gone,
            max(self.revision, other.revision),
            self.n_taken_back + other.n_taken_back,
            self.n_conflicts + other.n_conflicts,
        )

    def to_json(self) -> dict[str, Any]:
        """Gives `{"import_id", "n_removed", "kept", "n_gone", "revision", "n_taken_back", "n_conflicts"}`."""
        return {
            "import_id": self.import_id,
            "n_removed": self.n_removed,
            "kept": list(self.kept),
            "n_gone": self.n_gone,
            "revision": self.revision,
            "n_taken_back": self.n_taken_back,
            "n_conflicts": self.n_conflicts,
        }


def refuse_forms(reading: Reading) -> None:
    """Stops where the sheets seem to be forms, of which tables would make columns without names.

    Raises:
        SourceError: Subject code: "may_be_forms".
    """
    told = next((problem for problem in reading.problems if problem.code == ledger_codes.MAY_BE_FORMS), None)
    if told is None:
        return
    path = reading.source.path
    raise SourceError(
        Text(
            f"「{path.name}」の{len(reading.sheets)}枚のシートは、1シートが1件の様式(個票)のようです。何も取り込んでいません。"
            "gis-capture inspect --form --save-recipe でレシピを作り、convert --recipe で取り込んでください"
            "（画面では「様式として読む」）。表であれば convert --as-list で取り込めます。",
            f'The {len(reading.sheets)} sheets of "{path.name}" seem to be forms of one record each. Nothing was '
            "brought in. Make a recipe with gis-capture inspect --form --save-recipe and convert with --recipe (on the "
            "page: read as forms). If they are tables after all: convert --as-list.",
        ),
        path=path,
        code=ledger_codes.MAY_BE_FORMS,
    )


def refuse_repeat(reading: Reading, plan: Plan, imports: Iterable[Mapping[str, Any]]) -> None:
    """Stops a source whose tables went into the layer before, unless that import was undone.

    Raises:
        SourceError: Subject code: "already_imported"; import_id: the earlier import.
    """
    names = {table.name for table, _ in plan.tables}
    for record in imports:
        is_same = record.get("sha256") == reading.source.sha256 and record.get("layer") == plan.layer.key
        if is_same and not record.get("undone_at") and names & set(record.get("tables", names)):
            name = reading.source.path.name
            # The day as the office's calendar has it, not UTC's.
            day = datetime.fromisoformat(record["created_at"]).astimezone().date()
            raise SourceError(
                Text(
                    f"「{name}」は{day.year}年{day.month}月{day.day}日に取り込み済みです。"
                    "もう一度取り込むと同じ行が二重になります。前の取り込みを取り消してから"
                    "(「取り込みの記録」、コマンドでは imports --undo)やり直すか、"
                    "二重でよければ「もう一度取り込む」を選んでください（コマンドでは --again）。",
                    f'"{name}" was imported on {day} already; importing it again would double its rows. '
                    'Undo that import first (page "Imports", or on the command line: imports --undo), '
                    "or choose to import it again (on the command line: --again).",
                ),
                code="already_imported",
                path=reading.source.path,
                import_id=record.get("import_id"),
            )


def find_import(store: Store, import_id: str) -> dict[str, Any]:
    """Finds the record of an import.

    Raises:
        StoreError: There is none of that id.
    """
    for record in store.imports():
        if record.get("import_id") == import_id:
            return record
    raise StoreError(
        Text(
            "その取り込みの記録がありません。一覧を開き直してください。",
            "There is no such import: open the list again.",
        ),
        import_id=import_id,
        code="import_unknown",
    )


def refuse_followed(store: Store, record: Mapping[str, Any]) -> None:
    """Stops what must be done to the newest version of a ledger only.

    Raises:
        StoreError: A later version was imported on top of this one.
    """
    for later in store.imports():
        if later.get("updates") == record["import_id"] and not later.get("undone_at"):
            raise StoreError(
                Text(
                    f"この台帳には、後の版「{later['source_name']}」が取り込まれています。先にそちらを取り消してください。",
                    f'A later version of this ledger, "{later["source_name"]}", was imported: undo that one first.',
                ),
                import_id=record["import_id"],
                code="import_followed",
            )


def together(store: Store, import_id: str) -> list[dict[str, Any]]:
    """The records of an import and of those that brought the same file into other layers, the asked one first.

    Raises:
        StoreError: There is no such import.
    """
    first = find_import(store, import_id)
    others = set(first.get("together", ()))
    return [first, *(record for record in store.imports() if record["import_id"] in others)]


def undo_import(store: Store, import_id: str, *, author: str, clock: Callable[[], str]) -> Undo:
    """Takes the features of an import out of their layers again, except those that somebody has edited since.

    All layers that the file went into are undone. Undoing twice changes nothing more. The account of the rows stays.

    Raises:
        StoreError: There is no such import, or a later version of its ledger is on top of it.
    """
    records, at = together(store, import_id), clock()
    for record in records:
        refuse_followed(store, record)
    live = [record for record in records if not record.get("undone_at")]
    if not live:
        return Undo(import_id, 0, tuple(records[0].get("kept", ())), 0, store.revision())
    n_removed, n_gone, all_kept = 0, 0, list[str]()
    with store.transact(Author("office", author), at=at, note=str(live[0].get("source_name", ""))) as transaction:
        for record in live:
            layer = str(record["layer"])
            # Read behind the door for writing, so that no edit can slip in between.
            rows = store.source_rows(str(record["import_id"]))
            imported = [row.feature_id for row in rows if row.feature_id is not None]
            revisions = {feature.feature_id: feature.revision for feature in transaction.features(layer)}
            present = [feature_id for feature_id in imported if feature_id in revisions]
            kept = [feature_id for feature_id in present if revisions[feature_id] != record["revision"]]
            for feature_id in present:
                if revisions[feature_id] == record["revision"]:
                    transaction.delete(layer, feature_id)
            transaction.put_import(
                {**record, "state": "undone", "undone_at": at, "undone_by": author, "kept": kept}, ()
            )
            n_removed, n_gone = n_removed + len(present) - len(kept), n_gone + len(imported) - len(present)
            all_kept += kept
        revision = transaction.revision
    return Undo(import_id, n_removed, tuple(all_kept), n_gone, revision)
