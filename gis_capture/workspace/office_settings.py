"""What an office has set, where it comes from, and changes of it: `workspace.toml`, its top and its `[settings]`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.errors import WorkspaceError
from gis_capture.settings import SETTINGS, find_setting
from gis_capture.text import Text
from gis_capture.workspace.document import write_value
from gis_capture.workspace.folder import FILE_NAME

# What stands at the top of the file, because it tells of the office and not of the program.
OFFICE = {
    "name": Text("作業フォルダーの名前(部署など)。", "Name of the workspace, such as that of the department."),
    "city": Text(
        "都道府県と市町村(例: 岐阜県高山市)。市町村のない住所をここの住所として読みます。",
        "Prefecture and city, such as 岐阜県高山市: addresses that name no city are read as being there.",
    ),
    "plane_zone": Text("平面直角座標系の系番号(1〜19)。", "Zone of the plane rectangular CRS, 1–19."),
    "backup_to": Text(
        "毎日の控えを置くフォルダー。別のディスクがよいでしょう。空なら作業フォルダーの backups。",
        "Folder of the daily backups; on another disk they outlive this one. By default backups/ of the workspace.",
    ),
}
MAX_TEXT = 100


@dataclass(frozen=True, slots=True)
class SettingState:
    """A setting as it is now.

    Attributes:
        value: What counts; None where nothing is given and there is no default.
        source: "default", "file" (workspace.toml) or "environment", which wins over the file.
        variable: Its name in the environment; "" where it is read from the file alone.
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
    """Gives what tells of the office, then all settings, as the file says now.

    Raises:
        WorkspaceError: The file cannot be read.
    """
    document = tomllib.loads((folder / FILE_NAME).read_text(encoding="utf-8-sig"))
    written = document.get("settings", {})
    office = (
        SettingState(name, document.get(name), None, "file" if name in document else "default", "", words)
        for name, words in OFFICE.items()
    )
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
    return (*office, *settings)


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
    if name not in OFFICE:
        setting = find_setting(name, OFFICE)
        write_value(file, name, None if value is None else setting.read(value), table="settings")
    else:
        write_value(file, name, None if value is None else _read_office(name, value.strip()))


def _read_office(name: str, value: str) -> str | int:
    if name != "plane_zone":
        if not 0 < len(value) <= MAX_TEXT or not value.isprintable():
            raise _unfit(name, value, f"1〜{MAX_TEXT} 文字", f"1–{MAX_TEXT} characters")
        return value
    if not (value.isdecimal() and 1 <= int(value) <= 19):
        raise _unfit(name, value, "1〜19 の数", "a number from 1 to 19")
    return int(value)


def _unfit(name: str, value: str, ja: str, en: str) -> WorkspaceError:
    return WorkspaceError(
        Text(
            f"設定「{name}」の値「{value[:50]}」が正しくありません。{ja}にしてください。",
            f'"{value[:50]}" is no value for the setting {name}: give {en}.',
        ),
        code="setting_unfit",
        setting=name,
    )
