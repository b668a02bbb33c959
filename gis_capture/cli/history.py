"""`gis-capture history`."""

from pathlib import Path
from typing import Any

import click

from gis_capture.cli.feature_choice import find_feature
from gis_capture.cli.language import Command, language_of, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.model import Layer
from gis_capture.text import Text

KINDS = {
    "insert": Text("登録", "added"),
    "update": Text("変更", "changed"),
    "delete": Text("削除", "deleted"),
    "restore": Text("復元", "restored"),
}
SENDERS = {"office": Text("庁内", "office"), "checkout": Text("持ち出したファイル", "checked-out file")}
MAX_VALUE, MAX_DELETED = 60, 200


@click.command(
    "history",
    cls=Command,
    words=Text(
        "1件の履歴を見ます(だれが、いつ、何を、何から何に)。地物を省くと、削除されたものの一覧を出します。",
        "Shows who changed what of a feature, when, from which value to which. Without one, lists what was deleted.",
    ),
)
@click.argument("layer")
@click.argument("feature", required=False)
@workspace_option
def command(layer: str, feature: str | None, folder: Path | None) -> None:
    """Prints the history of a feature, newest first, or the deleted features of a layer."""
    from gis_capture.sync.history import feature_history, list_deleted
    from gis_capture.times import in_japan

    with open_workspace(folder) as workspace:
        workspace.adopt_direct_edits()
        definition = workspace.store.layer(layer)
        if feature is None:
            deleted = list_deleted(workspace.store, layer, limit=MAX_DELETED)
            for one in deleted["features"]:
                who = one["author"] or _sender(one["device_id"], language_of())
                click.echo(f"{one['feature_id']}  {one['label'] or ''}  {in_japan(one['at'])}  {who}")
            n = len(deleted["features"])
            more = "+" if deleted["has_more"] else ""
            say(Text(f"削除されたもの {n:,}{more} 件", f"{n:,}{more} deleted features"))
            return
        feature_id = find_feature(workspace, layer, feature)
        history = feature_history(workspace.store, layer, feature_id)
    click.echo(feature_id)
    for entry in history["entries"]:
        _print_entry(entry, definition)


def _print_entry(entry: dict[str, Any], layer: Layer) -> None:
    from gis_capture.times import in_japan

    language = language_of()
    who = entry["author"] or entry["source_name"] or _sender(entry["device_id"], language)
    kind = KINDS[entry["kind"]].in_language(language)
    revision = Text(f"版 {entry['revision']:,}", f"revision {entry['revision']:,}").in_language(language)
    click.echo(f"{revision}  {in_japan(entry['at'])}  {who}  {kind}")
    if entry["kind"] == "delete":
        return
    titles = {field.name: field.title.in_language(language) for field in layer.fields}
    for one in entry["fields"]:
        was, now = (_shown(one[side], language) for side in ("from", "to"))
        title = titles.get(one["field"], one["field"])
        click.echo(f"  {title}: {now}" if entry["kind"] == "insert" else f"  {title}: {was} → {now}")
    if entry["geometry"] and entry["kind"] != "insert":
        click.echo("  " + Text("位置・形を変更", "position changed").in_language(language))
    for name, mark in (("attached", "+"), ("detached", "-")):
        for photo in entry[name]:
            click.echo(f"  {mark} {photo['name']}")
    for change in entry["changes"]:
        click.echo("  " + Text("変更番号 ", "change ").in_language(language) + str(change["change_id"]))


def _sender(device_id: str, language: str) -> str:
    """Who nobody gave a name to: the office, a checked-out file, or a tablet by its number."""
    kind = SENDERS.get(device_id.partition(":")[0])
    return kind.in_language(language) if kind else device_id


def _shown(value: Any, language: str) -> str:
    if value in (None, ""):
        return Text("(空)", "(empty)").in_language(language)
    text = str(value)
    return text if len(text) <= MAX_VALUE else text[:MAX_VALUE] + "…"
