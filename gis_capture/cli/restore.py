"""`gis-capture restore`."""

from pathlib import Path

import click

from gis_capture.cli.language import Command, say
from gis_capture.cli.workspace_option import workspace_option
from gis_capture.text import Text


@click.command(
    "restore",
    cls=Command,
    words=Text(
        "控えから戻します。今の状態は消さずに、作業フォルダーの backups に取り置きます。\n\n"
        "控えは戻す前にすべて確かめ、壊れていれば何も変えません。サーバーは先に止めてください。"
        "タブレットは次の同期で、戻したデータに合わせ直します。",
        "Restores a backup. The present state is not thrown away but kept in backups/. \n\n"
        "The backup is read from end to end first; a damaged one changes nothing. Stop the server before."
        " Tablets bring their data up to it when they next sync.",
    ),
)
@click.argument("backup", type=click.Path(path_type=Path, file_okay=False))
@workspace_option
def command(backup: Path, folder: Path | None) -> int:
    """Restores; gives the exit code."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.workspace import find_workspace
    from gis_capture.workspace.backups import restore
    from gis_capture.workspace.identity import new_id, utc_now

    path = (folder or find_workspace(Path.cwd())).absolute()
    done = restore(backup.absolute(), path, at=utc_now(), new_id=new_id)
    manifest, n_features = done.manifest, done.manifest.n_features
    say(
        Text(
            f"戻しました: {path}\n  {manifest.created_at} の控え、版 {manifest.revision:,}、地物 {n_features:,} 件",
            f"Restored: {path}\n  backup of {manifest.created_at}, revision {manifest.revision:,},"
            f" {n_features:,} features",
        )
    )
    if done.aside:
        say(Text(f"  前の状態: {done.aside}", f"  The state before: {done.aside}"))
    if not done.left_behind.files:
        return EXIT_DONE
    n = done.left_behind.n_changes
    say(
        Text(
            f"  控えより後に届いた変更が {n:,} 件あります。次のコマンドで登録し直せます。",
            f"  {n:,} changes came after the backup. Take them in again with:",
        )
    )
    for file in done.left_behind.files:
        click.echo(f'    gis-capture receive "{file}"')
    return EXIT_ATTENTION
