"""`gis-capture audit`: who did what, when, from where."""

import os
from pathlib import Path

import click

from gis_capture.cli.language import Command, Group, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import PeopleError
from gis_capture.text import Text

command = Group(
    "audit",
    modules={},
    words=Text(
        "だれが、いつ、どこから、何をしたかの記録。書き足すだけで、変えると分かります。",
        "The account of who did what, when, from where; lines are only added, and a change of one is found.",
    ),
)


@command.command(
    "verify",
    cls=Command,
    words=Text(
        "記録が変えられていないかを確かめます。表示される番号を控えておくと、あとで切り詰めも見つかります。",
        "Tells whether a line was changed. Note the number it shows: with it lines that were cut off are found later.",
    ),
)
@option("--expect", default="", help=Text("前に控えた番号。", "The number that was noted before."))
@workspace_option
def verify(expect: str, folder: Path | None) -> int:
    """Exit code 3 where it is not whole."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE

    with open_workspace(folder) as workspace:
        verdict = workspace.people.audit.verify(expect)
    if verdict.is_whole:
        say(Text(f"記録 {verdict.n_lines:,} 行、異常なし。", f"{verdict.n_lines:,} lines, all as they were written."))
        say(Text(f"番号: {verdict.head}", f"Number: {verdict.head}"))
        return EXIT_DONE
    if verdict.broken_at is not None:
        line = verdict.broken_at
        say(Text(f"{line:,} 行目から、変えられたか消されています。", f"Changed or cut off from line {line:,} on."))
    else:
        say(Text("控えた番号の行がありません。", "The line of the noted number is not there."))
    return EXIT_ATTENTION


@command.command("export", cls=Command, words=Text("記録を CSV に書き出します。", "Writes the account as CSV."))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
def export(file: Path, folder: Path | None) -> None:
    """Writes all lines with their hashes; nothing half-written stays."""
    from gis_capture.durability import replace_durably

    with open_workspace(folder) as workspace:
        unfinished = file.with_name(f"{file.name}.new")
        try:
            # Names and addresses of everybody are no matter of others on the machine.
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
                n_lines = workspace.people.audit.write_csv(out)
            replace_durably(unfinished, file)
        except OSError as error:
            raise PeopleError(
                Text(f"「{file}」に書けません({error.strerror})。", f'Cannot write "{file}" ({error.strerror}).'),
                path=file,
            ) from error
        finally:
            unfinished.unlink(missing_ok=True)
        workspace.people.audit.add("audit_export", at=workspace.clock(), who=("console", "", ""))
    say(Text(f"{n_lines:,} 行を「{file}」に書きました。", f'{n_lines:,} lines written to "{file}".'))
