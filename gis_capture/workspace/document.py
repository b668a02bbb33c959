"""Changes of `workspace.toml`: comments, order and every other line stay as a person wrote them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.toml_document import TOMLDocument

from gis_capture.errors import WorkspaceError
from gis_capture.text import Text


def change_document(file: Path, change: Callable[[TOMLDocument], None]) -> None:
    """Reads a document, lets it be changed, and replaces the file as a whole.

    Raises:
        WorkspaceError: The file cannot be read or written, or `change` does not fit what is in it.
    """
    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8-sig"))
        change(document)
        unfinished = file.with_name(f"{file.name}.new")
        unfinished.write_text(tomlkit.dumps(document), encoding="utf-8")
        os.replace(unfinished, file)
    except WorkspaceError:
        raise
    except (OSError, UnicodeDecodeError, TOMLKitError, TypeError) as error:
        raise WorkspaceError(
            Text(f"「{file}」を変更できません({error})。", f'Cannot change "{file}" ({error}).'), path=file
        ) from error


def write_table(file: Path, name: str, values: Mapping[str, Any]) -> None:
    """Puts a table in the place of the one of that name, or at the end."""
    change_document(file, lambda document: document.update({name: dict(values)}))


def write_value(file: Path, name: str, value: Any, *, table: str | None = None) -> None:
    """Writes a value, at the top or in a table; None takes it out."""

    def change(document: TOMLDocument) -> None:
        if table is not None and table not in document:
            document[table] = tomlkit.table()
        place: Any = document if table is None else document[table]
        if value is None:
            place.pop(name, None)
        else:
            place[name] = value

    change_document(file, change)
