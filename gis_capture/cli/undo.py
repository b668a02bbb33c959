"""`gis-capture undo`."""

from pathlib import Path

import click

from gis_capture.cli.feature_choice import find_feature
from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

DONE = {
    "applied": Text("取り消しました。", "Undone."),
    "merged": Text("取り消しました(ほかの人の変更は残しました)。", "Undone; what others changed since stays."),
    "conflict": Text(
        "あとから別の人が同じ項目を変えているので、くい違いとして残しました。gis-capture conflicts で決めてください。",
        "Somebody has changed the same since: it is kept as a conflict, to be decided with gis-capture conflicts.",
    ),
}


@click.command(
    "undo",
    cls=Command,
    words=Text(
        "変更を1つ取り消します。変更番号(UUID)か、レイヤー・地物・版で指定します。取り消しも履歴に残ります。",
        "Takes a change back, given by its id or by layer, feature and revision. The undo is part of the history too.",
    ),
)
@click.argument("what", nargs=-1, required=True, metavar="CHANGE_ID | LAYER FEATURE REVISION")
@option("--note", default="", help=Text("取り消す理由。", "Why."))
@option("--author", default="", help=Text("取り消す人の名前。", "Who does it."))
@workspace_option
def command(what: tuple[str, ...], note: str, author: str, folder: Path | None) -> int:
    """Undoes; the exit code is 3 where it became a conflict."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.model import Receipt
    from gis_capture.sync.office import demand_stored

    if len(what) not in (1, 3) or (len(what) == 3 and not what[2].isdigit()):
        wrong = Text(
            "変更番号、またはレイヤー・地物・版の3つを指定してください。",
            "Give a change id, or layer, feature and revision.",
        )
        raise click.UsageError(wrong.in_language(language_of()), click.get_current_context())
    with open_workspace(folder) as workspace:
        workspace.adopt_direct_edits()
        office = workspace.office(author)
        if len(what) == 1:
            receipt = office.undo(what[0], note=note)
        else:
            layer, feature, revision = what
            feature_id = find_feature(workspace, layer, feature)
            receipt = office.undo_revision(layer, feature_id, int(revision), note=note)
    demand_stored(Receipt.from_json(receipt))
    say(DONE[receipt["status"]])
    return EXIT_ATTENTION if receipt["status"] == "conflict" else EXIT_DONE
