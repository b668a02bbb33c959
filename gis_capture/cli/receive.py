"""`gis-capture receive`."""

from pathlib import Path

import click

from gis_capture.cli.language import Command, say
from gis_capture.cli.receipts import is_all_stored, print_receipts
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text


@click.command(
    "receive",
    cls=Command,
    words=Text(
        "タブレットが書き出した未送信データ(ZIP など)を受け取ります。同じファイルを二度受け取っても増えません。",
        "Takes in what a tablet has written out (a ZIP of changes and photos). Reading it twice adds nothing.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
def command(file: Path, folder: Path | None) -> int:
    """Takes in an outbox file; gives the exit code."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.sync.outbox_file import push_file, take_photos

    with open_workspace(folder) as workspace:
        answer = push_file(workspace.store, file, clock=workspace.clock, new_id=workspace.new_id)
        photos = take_photos(file, workspace.attachments)
    receipts = answer["receipts"]
    say(Text(f"変更 {len(receipts):,} 件を受け取りました。", f"{len(receipts):,} changes came."))
    print_receipts(receipts)
    say(
        Text(
            f"写真 {photos.n:,} 枚のうち {photos.n_here:,} 枚を受け取りました。",
            f"{photos.n_here:,} of {photos.n:,} photos came.",
        )
    )
    return EXIT_DONE if photos.n_here == photos.n and is_all_stored(receipts) else EXIT_ATTENTION
