"""`gis-capture backup`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli.accounting import print_problems
from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace.backups import BackupListing


@click.command(
    "backup",
    cls=Command,
    words=Text(
        "控えを作ります(レイヤー、写真、取り込んだ台帳、背景地図、図面・航空写真、レイヤー定義、設定)。サーバーを動かしたままで構いません。\n\n"
        "作ったあとすべて読み返して確かめます。別のディスクを --to で指定すると、このパソコンが壊れても戻せます。",
        "Makes a backup: layers, photos, sources, base maps, scans, definitions, settings. The server may go on. \n\n"
        "It is read back after it was written. Name a folder of another disk with --to, so that it outlives this one.",
    ),
)
@option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help=Text("控えを置くフォルダー。省くと作業フォルダーの backups。", "Folder for backups; by default backups/."),
)
@option("--list", "is_list", is_flag=True, help=Text("控えの一覧を見ます。", "Lists the backups."))
@option(
    "--check",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help=Text("この控えをすべて読み、戻せる状態かを確かめます。", "Reads this backup from end to end."),
)
@workspace_option
def command(target: Path | None, is_list: bool, check: Path | None, folder: Path | None) -> int:
    """Makes, lists or checks backups; gives the exit code."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.workspace.backups import list_backups, verify_backup

    if check is not None:
        manifest = verify_backup(check)
        n_files, revision = len(manifest.files), manifest.revision
        say(
            Text(
                f"異常ありません: {check}({n_files:,} ファイル、版 {revision:,})",
                f"Sound: {check} ({n_files:,} files, revision {revision:,})",
            )
        )
        return EXIT_DONE
    with open_workspace(folder) as workspace:
        if is_list:
            listings = list_backups(target or workspace.backups_dir)
            for listing in listings:
                click.echo(_line(listing).in_language(language_of()))
            say(Text(f"控え {len(listings):,} 個", f"{len(listings):,} backups"))
            return EXIT_DONE
        made = workspace.back_up(target)
    n_photos = sum(file.path.startswith("attachments/") for file in made.manifest.files)
    megabytes, revision = made.manifest.size_bytes / 1e6, made.manifest.revision
    say(
        Text(
            f"控えを作り、読み返して確かめました: {made.path}\n"
            f"  地物 {made.manifest.n_features:,} 件、写真 {n_photos:,} 枚、{megabytes:,.1f} MB(版 {revision:,})",
            f"Made and read back: {made.path}\n"
            f"  {made.manifest.n_features:,} features, {n_photos:,} photos, {megabytes:,.1f} MB"
            f" (revision {revision:,})",
        )
    )
    if made.manifest.n_missing:
        n = made.manifest.n_missing
        say(
            Text(
                f"  まだタブレットにある写真が {n:,} 枚あります。控えには入っていません。",
                f"  {n:,} photos are still on tablets and not in this backup.",
            )
        )
    if made.n_removed:
        n = made.n_removed
        say(Text(f"  古い控え {n:,} 個を消しました。", f"  {n:,} old backups were removed."))
    print_problems(made.problems, language=language_of())
    return EXIT_ATTENTION if made.problems else EXIT_DONE


def _line(listing: "BackupListing") -> Text:
    manifest = listing.manifest
    if manifest is None:
        return Text(f"{listing.path}  使えません(記録が読めません)", f"{listing.path}  not usable (no manifest)")
    head = f"{listing.path}  {manifest.created_at}"
    size = f"{manifest.size_bytes / 1e6:,.1f} MB"
    is_aside = manifest.reason == "before_restore"
    return Text(
        f"{head}  版 {manifest.revision:,}  {manifest.n_features:,} 件  {size}"
        + ("  (復元の前の状態)" if is_aside else ""),
        f"{head}  revision {manifest.revision:,}  {manifest.n_features:,} features  {size}"
        + ("  (before a restore)" if is_aside else ""),
    )
