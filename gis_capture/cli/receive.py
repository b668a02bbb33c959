"""`gis-capture receive`."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.language import Command, language_of, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

MAX_REASONS = 20
STATUSES = {
    "applied": Text("登録しました", "stored"),
    "merged": Text("ほかの人の変更と合わせて登録しました", "stored beside the changes of others"),
    "conflict": Text("くい違い(gis-capture conflicts で確認)", "in conflict (see gis-capture conflicts)"),
    "held": Text("保留(前の変更を待っています)", "held: waits for the change before it"),
    "rejected": Text("受け付けできませんでした", "rejected"),
}


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
    counts = Counter[str](receipt["status"] for receipt in receipts)
    say(Text(f"変更 {len(receipts):,} 件を受け取りました。", f"{len(receipts):,} changes came."))
    for status, words in STATUSES.items():
        if counts[status]:
            click.echo(f"  {words.in_language(language_of())}: {counts[status]:,}")
    _print_reasons(receipts)
    say(
        Text(
            f"写真 {photos.n:,} 枚のうち {photos.n_here:,} 枚を受け取りました。",
            f"{photos.n_here:,} of {photos.n:,} photos came.",
        )
    )
    is_clear = photos.n_here == photos.n and not any(counts[status] for status in ("conflict", "held", "rejected"))
    return EXIT_DONE if is_clear else EXIT_ATTENTION


def _print_reasons(receipts: list[dict[str, Any]]) -> None:
    """Prints why changes were not stored, each reason once."""
    reasons = Counter(
        receipt["problem"]["message"][language_of()]
        for receipt in receipts
        if receipt["status"] == "rejected" and receipt["problem"]
    )
    for reason, n in reasons.most_common(MAX_REASONS):
        click.echo(f"    {reason}" + (f" ({n:,})" if n > 1 else ""))
