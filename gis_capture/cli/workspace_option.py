"""The option that most commands share, and what it opens."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gis_capture.cli.language import option
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

workspace_option = option(
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help=Text(
        "作業フォルダー。省くと、今のフォルダーから上にさがします。",
        "The workspace; by default it is searched from the current folder upwards.",
    ),
)


def open_workspace(folder: Path | None) -> "Workspace":
    """Opens the named workspace, or the one around the current folder."""
    from gis_capture.workspace import Workspace, find_workspace

    return Workspace.open(folder or find_workspace(Path.cwd()))
