"""What `workspace.toml` says outside of `[settings]`: of the office, and of what it trusts; the environment wins."""

from collections.abc import Mapping, MutableMapping
from copy import deepcopy
from typing import Any

from gis_capture.errors import WorkspaceError
from gis_capture.settings import PREFIX
from gis_capture.text import Text
from gis_capture.workspace.online_tiles import read_online_tiles
from gis_capture.workspace.outside import SETTINGS as OUTSIDE
from gis_capture.workspace.outside import change_outside

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
    "online_tiles": Text(
        "インターネットの地理院タイルを選べるようにするとき、その URL(例: "
        "https://cyberjapandata.gsi.go.jp/xyz/std/{z}/{x}/{y}.png)。空なら使いません。",
        "Address of the GSI tiles of the internet, where people may choose them, such as "
        "https://cyberjapandata.gsi.go.jp/xyz/std/{z}/{x}/{y}.png. Empty: they are not used.",
    ),
}
MAX_TEXT = 100
VARIABLES = {name: PREFIX + name.upper().replace(".", "_") for name in (*OFFICE, *OUTSIDE)}
"""By its name, where it is in the environment: GIS_CAPTURE_CITY, GIS_CAPTURE_OIDC_ISSUER."""


def with_environment(document: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """A document of `workspace.toml` with what the environment says instead.

    Raises:
        WorkspaceError: A value does not fit.
    """
    found = deepcopy(dict(document))
    for name, variable in VARIABLES.items():
        if environ.get(variable, "").strip():
            change_at_top(found, name, environ[variable])
    return found


def change_at_top(document: MutableMapping[str, Any], name: str, value: str | None) -> None:
    """Changes what tells of the office, or of what it trusts, as a person writes it; None takes it back to the default.

    Raises:
        WorkspaceError: The value does not fit.
    """
    given = None if value is None else value.strip()
    if name in OFFICE:
        if given is None:
            document.pop(name, None)
        else:
            document[name] = read_office(name, given)
        return
    try:
        change_outside(document, name, given or None)
    except ValueError as error:
        raise _unfit(
            name,
            value or "",
            "プロキシは IP アドレスを、認証基盤は https:// で始まるアドレスを先に書いた形",
            "a proxy by its IP address, and of a provider first its address, which begins with https://",
        ) from error


def read_office(name: str, value: str) -> str | int:
    """Makes a value of what tells of the office.

    Raises:
        WorkspaceError: It does not fit.
    """
    if name == "online_tiles":
        try:
            return read_online_tiles(value).template
        except ValueError as error:
            ja, en = "https:// で始まり {z} {x} {y} が1つずつある URL", "an address https://… with {z}, {x} and {y}"
            raise _unfit(name, value, ja, en) from error
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
