"""The command line: thin commands over the workspace. Exit codes: 0 done, 1 error, 2 usage, 3 rows need attention."""

import sys
from collections.abc import Sequence
from importlib.metadata import version

import click

from gis_capture.cli.language import Group, Option, language_of, language_option, tell_error
from gis_capture.cli.misuse import describe_misuse
from gis_capture.errors import CaptureError
from gis_capture.text import Text

EXIT_DONE, EXIT_ERROR, EXIT_USAGE, EXIT_ATTENTION = 0, 1, 2, 3

COMMANDS = {
    name: f"gis_capture.cli.{name.replace('-', '_')}"
    for name in (
        "demo",
        "init",
        "layers",
        "inspect",
        "lint",
        "convert",
        "imports",
        "serve",
        "https",
        "service",
        "people",
        "audit",
        "settings",
        "receive",
        "checkout",
        "checkin",
        "day",
        "conflicts",
        "history",
        "undo",
        "restore-feature",
        "export",
        "gazetteer",
        "sheet",
        "paper",
        "raster",
        "basemap",
        "pack",
        "style",
        "migrate",
        "attachments",
        "backup",
        "restore",
        "doctor",
    )
}


def _print_version(ctx: click.Context, _: click.Parameter, is_asked: bool) -> None:
    if is_asked and not ctx.resilient_parsing:
        click.echo(f"gis-capture {version('gis-capture')}")
        ctx.exit()


cli = Group(
    "gis-capture",
    modules=COMMANDS,
    words=Text(
        "台帳を地図にし、現場のタブレットで直し、また台帳に戻します。\n\n"
        "終了コード: 0 完了、1 エラー、2 使い方の誤り、3 完了したが確認の必要な行がある。",
        "Turns ledgers into a map, lets crews edit it on tablets, and brings it back. \n\n"
        "Exit codes: 0 done, 1 error, 2 usage, 3 done but rows need attention.",
    ),
    params=[
        Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help=Text("バージョンを表示します。", "Shows the version."),
        ),
    ],
)
language_option(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code."""
    language = "ja"
    try:
        with cli.make_context("gis-capture", list(sys.argv[1:] if arguments is None else arguments)) as context:
            language = language_of(context)
            code = cli.invoke(context)
        sys.exit(code if isinstance(code, int) else EXIT_DONE)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        language = language_of(error.ctx) if error.ctx else language
        hint = Text("使い方が違います: ", "Usage: ").in_language(language)
        click.echo(hint + describe_misuse(error, language), err=True)
        if error.ctx:
            click.echo(error.ctx.get_usage(), err=True)
        sys.exit(EXIT_USAGE)
    except click.Abort:
        sys.exit(EXIT_ERROR)
    except CaptureError as error:
        tell_error(error, language)
        sys.exit(EXIT_ERROR)
    except BrokenPipeError:
        # The reader of a pipe has gone (`| head`); nobody is left to tell.
        sys.stderr.close()
        sys.exit(EXIT_ERROR)
