"""What an office has set, where it comes from, and changes of it: `workspace.toml`, its top, `[settings]`, `[oidc]`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.settings import SETTINGS, find_setting
from gis_capture.text import Text
from gis_capture.workspace.document import change_document, write_value
from gis_capture.workspace.folder import FILE_NAME
from gis_capture.workspace.office import OFFICE, VARIABLES, change_at_top, with_environment
from gis_capture.workspace.outside import CLIENT_ID, TITLE, told_outside
from gis_capture.workspace.outside import SETTINGS as OUTSIDE

_DEFAULTS = {"oidc.client_id": CLIENT_ID, "oidc.title": TITLE}


@dataclass(frozen=True, slots=True)
class SettingState:
    """A setting as it is now.

    Attributes:
        value: What counts; None where nothing is given and there is no default.
        source: "default", "file" (workspace.toml) or "environment", which wins over the file.
        variable: Its name in the environment.
    """

    name: str
    value: str | int | float | None
    default: str | int | float | None
    source: str
    variable: str
    help: Text

    def to_json(self) -> dict[str, Any]:
        """As a message."""
        shown = {name: getattr(self, name) for name in ("name", "value", "default", "source", "variable")}
        return {**shown, "help": self.help.to_json()}

    @property
    def value_words(self) -> str:
        """The value as it is written in a setting."""
        return (
            str(self.value).lower() if isinstance(self.value, bool) else str("" if self.value is None else self.value)
        )


def list_settings(folder: Path, environ: Mapping[str, str]) -> tuple[SettingState, ...]:
    """Gives what tells of the office and of what it trusts outside, then all settings, as the file says now.

    Raises:
        WorkspaceError: The file cannot be read.
    """
    document = tomllib.loads((folder / FILE_NAME).read_text(encoding="utf-8-sig"))
    written = document.get("settings", {})
    document = with_environment(document, environ)

    def at_top(name: str, words: Text) -> SettingState:
        value, default, variable = told_outside(document, name), _DEFAULTS.get(name), VARIABLES[name]
        source = "environment" if environ.get(variable) else "default" if value is None else "file"
        return SettingState(name, default if value is None else value, default, source, variable, words)

    settings = (
        SettingState(
            setting.name,
            setting.read(environ.get(setting.variable, written.get(setting.name, setting.default))),
            setting.default,
            "environment" if setting.variable in environ else "file" if setting.name in written else "default",
            setting.variable,
            setting.help,
        )
        for setting in SETTINGS
    )
    return (*(at_top(name, words) for name, words in {**OFFICE, **OUTSIDE}.items()), *settings)


def write_setting(folder: Path, name: str, value: str | None) -> None:
    """Writes a setting into `workspace.toml`; it counts from the next start on.

    Args:
        folder: Of the workspace.
        name: Of a setting, or of what tells of the office.
        value: As a person writes it; None takes it back to the default.

    Raises:
        WorkspaceError: No such setting, a value that does not fit, or the file cannot be written.
    """
    file = folder / FILE_NAME
    if name in VARIABLES:
        change_document(file, lambda document: change_at_top(document, name, value))
    else:
        setting = find_setting(name, VARIABLES)
        write_value(file, name, None if value is None else setting.read(value), table="settings")
