"""`gis-capture checkin`."""

from pathlib import Path

import click

from gis_capture.cli.accounting import print_problems
from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.receipts import print_receipts
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text


@click.command(
    "checkin",
    cls=Command,
    words=Text(
        "checkout で持ち出した GeoPackage を受け取ります。持ち出したときから変わったところだけを登録し、"
        "ほかの人の変更とくい違えば記録します。"
        "写真を入れた ZIP や QField の編集記録(deltafile)も受け取ります。同じファイルを二度受け取っても増えません。",
        "Takes a file back that checkout handed out: what was changed in it is merged with the changes of others."
        " The same file twice adds nothing. A ZIP of it with its photos, or a delta file of QField, will do too.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@option(
    "--author",
    default="",
    help=Text("編集した人の名前。省くと持ち出した人。", "Who edited it; by default who took it."),
)
@option(
    "--dry-run", is_flag=True, help=Text("登録せず、変わったところだけを数えます。", "Stores nothing, only counts.")
)
@option(
    "--allow-deletions",
    is_flag=True,
    help=Text("多くの行がなくなっていても、削除として登録します。", "Deletes also where many rows are gone."),
)
@option(
    "--checkout",
    "checkout_id",
    metavar="ID",
    default=None,
    help=Text("持ち出し番号。ファイルから消えているとき。", "The check-out, where the file does not say it any more."),
)
@option(
    "--photos",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=None,
    metavar="FOLDER",
    help=Text(
        "写真のパス(DCIM/… など)のもとになるフォルダー。省くとファイルのあるフォルダー。",
        "The folder from which the paths of photos (DCIM/…) lead; by default the one the file lies in.",
    ),
)
@option(
    "--after-restore",
    is_flag=True,
    help=Text(
        "持ち出したあとにデータを復元・移転したとき、値どうしを比べて受け取ります。",
        "Compares by values, where the store was restored or moved meanwhile.",
    ),
)
@workspace_option
def command(
    file: Path,
    author: str,
    dry_run: bool,
    allow_deletions: bool,
    checkout_id: str | None,
    photos: Path | None,
    after_restore: bool,
    folder: Path | None,
) -> int:
    """Takes a file in; gives the exit code."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE

    with open_workspace(folder) as workspace:
        result = workspace.checkin(
            file,
            checkout_id=checkout_id,
            photos=photos,
            author=author,
            is_dry_run=dry_run,
            are_deletions_allowed=allow_deletions,
            is_after_restore=after_restore,
        )
        titles = {layer.key: layer.title for layer in workspace.store.layers()}
    for counts in result.layers:
        title = titles.get(counts.key, Text(counts.key, counts.key))
        say(
            Text(
                f"{title.ja}: 追加 {counts.n_inserted:,}、変更 {counts.n_updated:,}、削除 {counts.n_deleted:,}"
                f"、受け取り済み {counts.n_known:,}",
                f"{title.en}: {counts.n_inserted:,} added, {counts.n_updated:,} changed, {counts.n_deleted:,} deleted,"
                f" {counts.n_known:,} came before",
            )
        )
    if dry_run:
        say(Text("登録していません(--dry-run)。", "Nothing was stored (--dry-run)."))
    print_receipts(result.receipts)
    print_problems(result.problems, language=language_of())
    return EXIT_ATTENTION if result.needs_attention else EXIT_DONE
