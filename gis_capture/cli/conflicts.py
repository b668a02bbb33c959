"""`gis-capture conflicts`."""

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
    type=click.Choice(["stored", "incoming"]),
    default=None,
    help=Text("stored: 今の値のまま。incoming: 届いた値にする。", "stored: as it is; incoming: as it came."),
)
@option("--note", default="", help=Text("決めた理由。", "Why."))
@option("--author", default="", help=Text("決めた人の名前。", "Who decides."))
@workspace_option
def command(conflict_id: str | None, take: str | None, note: str, author: str, folder: Path | None) -> None:
    """Lists the open conflicts, oldest first, or closes all fields of one."""
    from gis_capture.sync.conflicts import get_conflict, list_conflicts, resolve

    if (conflict_id is None) != (take is None):
        wrong = Text("--resolve と --take は一緒に指定してください。", "--resolve and --take belong together.")
        raise click.UsageError(wrong.in_language(language_of()), click.get_current_context())
    with open_workspace(folder) as workspace:
        if conflict_id is None:
            conflicts = list_conflicts(workspace.store)
            for conflict in conflicts:
                _print_conflict(conflict, workspace)
            say(Text(f"くい違い {len(conflicts):,} 件", f"{len(conflicts):,} conflicts"))
            return
        record = get_conflict(workspace.store, conflict_id)
        decisions = {name: {"take": take} for name, clash in _clashes(record) if clash["state"] == "open"}
        resolve(workspace.office(author), conflict_id, decisions, note=note)
    say(
        Text(
            f"決めました: {len(decisions):,} 項目。タブレットには次の同期で伝わります。",
            f"Decided {len(decisions):,} fields; the tablets hear of it when they next sync.",
        )
    )


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
        if clash["state"] == "open":
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
