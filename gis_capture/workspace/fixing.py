"""The fix list of an import that the store remembers, from the copy of its source."""

from pathlib import Path
from typing import TYPE_CHECKING

from gis_capture.convert.imports import find_import
from gis_capture.errors import SourceError
from gis_capture.ledger.recipes.files import parse_recipe
from gis_capture.report.export import replacing
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace.workspace import Workspace


def write_fix_list_of(workspace: "Workspace", import_id: str, path: Path, *, language: str) -> int:
    """Writes it; gives the number of marked cells.

    Raises:
        StoreError: There is no such import, or the file cannot be written.
        SourceError: The copy of the source is not there.
    """
    # Imported here, because openpyxl takes long to load.
    from gis_capture.report.fix_list import write_fix_list

    record = find_import(workspace.store, import_id)
    source = workspace.folder.sources_dir / str(record["sha256"]) / str(record["source_name"])
    if not source.is_file():
        raise SourceError(
            Text(
                f"取り込んだ「{record['source_name']}」の控えが作業フォルダーにありません。",
                f'The workspace holds no copy of "{record["source_name"]}".',
            ),
            path=source,
        )
    result = (record.get("result_en") if language == "en" else None) or record["result"]
    recipe = (record.get("given") or {}).get("recipe")
    with replacing(path) as unfinished:
        return write_fix_list(
            source,
            result.get("problems", ()),
            unfinished,
            tables=record.get("tables", ()),
            language=language,
            recipe=parse_recipe(recipe) if recipe else None,
        )
