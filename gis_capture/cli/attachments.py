"""`gis-capture attachments`."""

import time
from pathlib import Path

import click

from gis_capture.cli.language import Command, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.text import Text

MAX_LINES = 100


@click.command(
    "attachments",
    cls=Command,
    words=Text(
        "写真と添付ファイルを調べます。--missing は届いていないもの、--unused はどの変更にも名前のないもの、"
        "--clean はそれを消します。\n\n"
        "変更に一度でも名前の出た写真は、けっして消しません。",
        "Looks after photos: --missing have not come, --unused are named by no change, --clean removes those. \n\n"
        "A photo that a change has ever named is never removed.",
    ),
)
@option("--missing", "task", flag_value="missing", default="missing", help=Text("届いていない写真。", "Not here yet."))
@option("--unused", "task", flag_value="unused", help=Text("どの変更にも名前のない写真。", "Named by no change."))
@option(
    "--clean", "task", flag_value="clean", help=Text("どの変更にも名前のない古い写真を消します。", "Removes those.")
)
@option(
    "--older-than-days",
    type=click.FloatRange(min=1),
    default=30,
    show_default=True,
    help=Text("届いてからこの日数がたったものだけ。", "Only those that have been here for so long."),
)
@workspace_option
def command(task: str, older_than_days: float, folder: Path | None) -> int:
    """Lists or removes; the exit code is 3 where photos are missing."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.sync.attachments import list_missing
    from gis_capture.sync.garbage import find_unused, remove_unused

    with open_workspace(folder) as workspace:
        store, photos = workspace.store, workspace.attachments
        if task == "missing":
            missing = list_missing(store, photos)
            for one in missing[:MAX_LINES]:
                click.echo(
                    f"{one['sha256']}  {one['name']}  {one['n_bytes_here']:,}/{one['size_bytes']:,}  {one['layer']}"
                )
            say(Text(f"届いていない写真 {len(missing):,} 枚", f"{len(missing):,} photos have not come"))
            return EXIT_ATTENTION if missing else EXIT_DONE
        when = {"now_s": time.time(), "older_than_days": older_than_days}
        if task == "unused":
            unused = find_unused(store, photos, **when)
        else:
            unused = remove_unused(store, photos, **when, at=workspace.clock())
    part = Text("途中まで", "part").in_language(language_of())
    for file in unused[:MAX_LINES]:
        click.echo(f"{file.sha256}  {file.size_bytes:,}  {part if file.is_part else ''}")
    megabytes = sum(file.size_bytes for file in unused) / 1e6
    n = len(unused)
    if task == "clean":
        say(Text(f"{n:,} 個を消しました({megabytes:,.1f} MB)。", f"{n:,} files removed ({megabytes:,.1f} MB)."))
    else:
        say(
            Text(
                f"どの変更にも名前のないもの {n:,} 個({megabytes:,.1f} MB)", f"{n:,} unused files ({megabytes:,.1f} MB)"
            )
        )
    return EXIT_DONE
