"""`gis-capture settings`."""

import json
import os
from pathlib import Path

import click

from gis_capture.cli.language import Command, Group, language_of, option, say
from gis_capture.cli.workspace_option import workspace_option
from gis_capture.text import Text

SOURCES = {
    "default": Text("既定", "default"),
    "file": Text("workspace.toml", "workspace.toml"),
    "environment": Text("環境変数", "environment"),
}
command = Group(
    "settings",
    modules={},
    words=Text(
        "設定を見て、変えます(上限、控えの数、市町村、認証基盤、プロキシなど)。",
        "Shows and changes settings: limits, backups, the office's city, identity provider and proxies.",
    ),
)


@command.command("list", cls=Command, words=Text("すべての設定と今の値。", "All settings with their present values."))
@workspace_option
@option("--json", "is_json", is_flag=True, help=Text("JSON で出力します。", "Prints JSON."))
def list_all(folder: Path | None, is_json: bool) -> None:
    """Prints them."""
    from gis_capture.workspace.folder import find_workspace
    from gis_capture.workspace.office_settings import list_settings

    states = list_settings(find_workspace(folder or Path.cwd()), os.environ)
    if is_json:
        click.echo(json.dumps([state.to_json() for state in states], ensure_ascii=False, indent=2))
        return
    language = language_of()
    for state in states:
        click.echo(f"{state.name} = {state.value_words or '–'}  ({SOURCES[state.source].in_language(language)})")
        click.echo(f"    {state.help.in_language(language)}")


@command.command("set", cls=Command, words=Text("設定を変えます。", "Changes a setting."))
@click.argument("name")
@click.argument("value")
@workspace_option
def set_one(folder: Path | None, name: str, value: str) -> None:
    """Writes a value into workspace.toml."""
    _write(folder, name, value)


@command.command("unset", cls=Command, words=Text("設定を既定に戻します。", "Takes a setting back to its default."))
@click.argument("name")
@workspace_option
def unset_one(folder: Path | None, name: str) -> None:
    """Takes a value out of workspace.toml."""
    _write(folder, name, None)


@command.command(
    "oidc-secret",
    cls=Command,
    words=Text(
        "市の認証基盤から受け取った秘密(client_secret)をしまいます。",
        "Keeps the client secret that the identity provider gave.",
    ),
)
@workspace_option
def keep_secret(folder: Path | None) -> None:
    """Asks for it, so that no list of commands keeps it."""
    from gis_capture.workspace.folder import find_workspace
    from gis_capture.workspace.outside import write_secret

    words = Text("client_secret(空なら消します)", "client_secret (empty takes it away)").in_language(language_of())
    secret = click.prompt(words, hide_input=True, default="", show_default=False)
    write_secret(find_workspace(folder or Path.cwd()), secret)
    say(Text("次に起動したときから有効です。", "It counts from the next start."))


def _write(folder: Path | None, name: str, value: str | None) -> None:
    from gis_capture.workspace.folder import find_workspace
    from gis_capture.workspace.office_settings import list_settings, write_setting

    # Not opened: a value that does not fit must not keep a person from mending it.
    found = find_workspace(folder or Path.cwd())
    write_setting(found, name, value)
    state = next(state for state in list_settings(found, os.environ) if state.name == name)
    say(
        Text(
            f"{name} = {state.value_words}(次に起動したときから有効です。動いているサーバーは起動し直してください)",
            f"{name} = {state.value_words}; it counts from the next start: start a running server anew.",
        )
    )
    if state.source == "environment":
        say(
            Text(
                f"環境変数 {state.variable} があるので、そちらの値が使われます。",
                f"The environment has {state.variable}, which wins.",
            )
        )
