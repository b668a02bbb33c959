"""`gis-capture conflicts`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.model import ATTACHMENTS, GEOMETRY, Layer
from gis_capture.model.label import label_of
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

SPECIAL = {GEOMETRY: Text("位置・形", "position"), ATTACHMENTS: Text("写真", "photos")}
MAX_VALUE = 60


@click.command(
    "conflicts",
    cls=Command,
    words=Text(
        "くい違いを見ます。どちらの値にするかを決めることもできます。",
        "Lists the conflicts. Decides one on wish.",
    ),
)
@option(
    "--resolve", "conflict_id", metavar="ID", default=None, help=Text("このくい違いを決めます。", "Decides this one.")
)
@option(
    "--take",
    type=click.Choice(["stored", "incoming", "other"]),
    default=None,
    help=Text(
        "stored: 今の値のまま。incoming: 届いた値にする。other: --value の値にする。",
        "stored: as it is; incoming: as it came; other: the value of --value.",
    ),
)
@option(
    "--field",
    "fields",
    multiple=True,
    help=Text(
        "決める項目の名前。省くと、まだ決まっていないすべて。", "Fields to decide; by default all that are open."
    ),
)
@option("--value", default=None, help=Text("--take other のときの値(JSON)。", "The value for --take other, as JSON."))
@option(
    "--state",
    type=click.Choice(["open", "closed", "all"]),
    default="open",
    help=Text("一覧に出すもの。", "Which to list."),
)
@option("--note", default="", help=Text("決めた理由。", "Why."))
@option("--author", default="", help=Text("決めた人の名前。", "Who decides."))
@workspace_option
def command(
    conflict_id: str | None,
    take: str | None,
    fields: tuple[str, ...],
    value: str | None,
    state: str,
    note: str,
    author: str,
    folder: Path | None,
) -> None:
    """Lists conflicts, oldest first, or closes fields of one."""
    from gis_capture.sync.conflicts import get_conflict, list_conflicts, resolve

    if (conflict_id is None) != (take is None):
        raise _wrong("--resolve と --take は一緒に指定してください。", "--resolve and --take belong together.")
    decision = {"take": take, **({"value": _parsed(value)} if take == "other" else {})}
    with open_workspace(folder) as workspace:
        if conflict_id is None:
            conflicts = list_conflicts(workspace.store, state=None if state == "all" else state)
            for conflict in conflicts:
                _print_conflict(conflict, workspace)
            say(Text(f"くい違い {len(conflicts):,} 件", f"{len(conflicts):,} conflicts"))
            return
        record = get_conflict(workspace.store, conflict_id)
        still_open = [name for name, clash in _clashes(record) if clash["state"] == "open"]
        decisions = {name: decision for name in fields or still_open}
        resolve(workspace.office(author), conflict_id, decisions, note=note)
    say(
        Text(
            f"決めました: {len(decisions):,} 項目。タブレットには次の同期で伝わります。",
            f"Decided {len(decisions):,} fields; the tablets hear of it when they next sync.",
        )
    )


def _wrong(ja: str, en: str) -> click.UsageError:
    return click.UsageError(Text(ja, en).in_language(language_of()), click.get_current_context())


def _parsed(value: str | None) -> Any:
    try:
        return json.loads(value or "")
    except ValueError as error:
        ja = "--take other には --value を JSON で付けてください(例 --value 4.5)。文字は引用符で囲みます。"
        raise _wrong(ja, "--take other needs --value as JSON, such as 4.5 or '\"on\"'.") from error


def _clashes(conflict: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    special = [(name, conflict[name]) for name in SPECIAL if conflict[name] is not None]
    return [*((clash["field"], clash) for clash in conflict["fields"]), *special]


def _print_conflict(conflict: dict[str, Any], workspace: "Workspace") -> None:
    language = language_of()
    layer = workspace.store.layer(conflict["layer"])
    feature = workspace.store.feature(layer.key, conflict["feature_id"])
    label = (label_of(layer, feature.fields) if feature else None) or conflict["feature_id"]
    click.echo(f"{conflict['conflict_id']}  {layer.title.in_language(language)} {label}")
    for name, clash in _clashes(conflict):
        if clash["state"] == "closed":
            made = clash["decision"]
            click.echo(
                f"  {_title(layer, name).in_language(language)}: {made['take']}  {made['author']}  {made['note']}"
            )
        else:
            stored, incoming = (_shown(clash, side, language) for side in ("stored", "incoming"))
            click.echo(
                Text(
                    f"  {_title(layer, name).ja}: 今の値 {stored} / 届いた値 {incoming}",
                    f"  {_title(layer, name).en}: stored {stored} / incoming {incoming}",
                ).in_language(language)
            )


def _title(layer: Layer, name: str) -> Text:
    titles = {field.name: field.title for field in layer.fields}
    return SPECIAL.get(name) or titles.get(name) or Text(name, name)


def _shown(clash: dict[str, Any], side: str, language: str) -> str:
    if side not in clash:
        return Text("(削除)", "(deleted)").in_language(language)
    text = Text("(空)", "(empty)").in_language(language) if clash[side] in (None, "") else str(clash[side])
    return text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"
