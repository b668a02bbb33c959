"""Which layers a request is about, by the ids in its address: nobody gets at a layer by guessing one of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gis_capture.server.context import Served
from gis_capture.sync.conflicts import get_conflict


def layers_of(served: Served, arguments: Mapping[str, Any]) -> set[str]:
    """The layers that an address is about; none where its ids are those of nothing that is in a layer."""
    found: set[str] = set()
    for name, value in arguments.items():
        if name in RESOLVERS:
            found.update(key for key in RESOLVERS[name](served, str(value)) if key)
    return found


def owner_of(served: Served, arguments: Mapping[str, Any]) -> str | None:
    """Whose an upload is that is in no layer yet, as the id of an account; None where an address is about none."""
    import_id = arguments.get("import_id")
    return served.imports.owner(str(import_id)) if import_id else None


def _of_change(served: Served, change_id: str) -> Iterable[str]:
    with served.workspace.store.snapshot() as snapshot:
        change = snapshot.sync.change(change_id)
    return [str(change.body.get("layer") or "")] if change else []


def _of_file(served: Served, file: str) -> Iterable[str]:
    return [
        key for pack in served.workspace.packs.ready() if file in (pack.file_name, pack.name) for key in pack.layers
    ]


def _of_reading(served: Served, reading_id: str) -> Iterable[str]:
    kept = served.workspace.sheets.kept
    pages = served.workspace.readings.get(reading_id)["pages"]
    return [key for page in pages if page["state"] == "read" for key in kept.read(page["sheet"]).layers]


RESOLVERS: dict[str, Callable[[Served, str], Iterable[str]]] = {
    "layer": lambda _, key: [key],
    "layers": lambda _, keys: keys.split(","),
    "change_id": _of_change,
    "conflict_id": lambda served, one: [str(get_conflict(served.workspace.store, one).get("layer") or "")],
    "checkout_id": lambda served, one: [layer.key for layer in served.workspace.checkouts.get(one).layers],
    "import_id": lambda served, one: [served.imports.get(one, "ja")["layer"] or ""],
    "sheet": lambda served, number: served.workspace.sheets.kept.find(number).layers,
    "reading_id": _of_reading,
    "file": _of_file,
    # Of a pack; rasters are of no layer, and their names are not those of packs.
    "name": _of_file,
}
"""By the name of an argument in an address."""


OF_NO_LAYER = frozenset(
    {
        "feature_id",
        "z",
        "x",
        "y",
        "row",
        "kind",
        "day",
        "account_id",
        "device_id",
        "mark_id",
        "picture",
        "scan_id",
        "number",
        # It may be in several layers, one of which is enough: `server.seen` knows.
        "sha256",
    }
)
"""Arguments that tell nothing about a layer, or stand beside one that does."""
