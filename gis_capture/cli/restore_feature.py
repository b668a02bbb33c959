"""`gis-capture restore-feature`."""

from pathlib import Path

import click

from gis_capture.cli.feature_choice import find_feature
from gis_capture.cli.language import Command, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text


@click.command(
    "restore-feature",
    cls=Command,
    words=Text(
        "削除されたものを1件、最後の状態に戻します。写真も戻ります。一覧は gis-capture history LAYER で見ます。",
        "Brings one deleted feature back as it was last, photos included. gis-capture history LAYER lists them.",
    ),
)
@click.argument("layer")
@click.argument("feature")
@option("--note", default="", help=Text("戻す理由。", "Why."))
@option("--author", default="", help=Text("戻す人の名前。", "Who does it."))
@workspace_option
def command(layer: str, feature: str, note: str, author: str, folder: Path | None) -> None:
    """Restores a feature."""
    from gis_capture.model import Receipt
    from gis_capture.sync.office import demand_stored

    with open_workspace(folder) as workspace:
        workspace.adopt_direct_edits()
        feature_id = find_feature(workspace, layer, feature)
        demand_stored(Receipt.from_json(workspace.office(author).restore(layer, feature_id, note=note)))
    say(Text(f"戻しました: {feature}", f"Restored: {feature}"))
